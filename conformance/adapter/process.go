package adapter

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// maxLine is the maximum length of a line from the adapter, in bytes.
const maxLine = 1 << 20

// process is a running adapter and this program's ends of its pipes.
type process struct {
	cmd     *exec.Cmd
	stdin   *os.File
	stdout  *os.File
	timeout time.Duration
	after   func(time.Duration) <-chan time.Time // time.After
	lines   chan line                            // the lines of stdout; closed at its end
	killed  chan struct{}                        // closed to end the goroutine that reads
	exited  chan struct{}                        // closed when the process has ended
	exitErr error                                // set before exited is closed
}

type line struct {
	text []byte
	err  error
}

// start starts the adapter. The caller must call kill.
func start(options Options) (*process, error) {
	childStdin, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout, childStdout, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, childStdin.Close(), stdin.Close())
	}
	cmd := exec.Command(options.Command[0], options.Command[1:]...) //nolint:gosec,noctx // the caller's; kill ends it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = childStdin, childStdout, options.Stderr
	// Some HTTP libraries send requests to a loopback address through the proxy, too.
	noProxy := strings.TrimPrefix(os.Getenv("NO_PROXY")+",127.0.0.1,localhost", ",")
	cmd.Env = append(os.Environ(), "NO_PROXY="+noProxy, "no_proxy="+noProxy)
	cmd.WaitDelay = time.Second // a child of the adapter may still hold standard error
	setProcessGroup(cmd)
	err = cmd.Start()
	_, _ = childStdin.Close(), childStdout.Close() // the child process has its own copies
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the adapter: %w", err), stdin.Close(), stdout.Close())
	}
	p := &process{
		cmd: cmd, stdin: stdin, stdout: stdout, timeout: options.Timeout, after: options.after,
		lines: make(chan line), killed: make(chan struct{}), exited: make(chan struct{}),
	}
	go p.read()
	go func() {
		defer close(p.exited)
		if p.exitErr = cmd.Wait(); errors.Is(p.exitErr, exec.ErrWaitDelay) {
			p.exitErr = nil
		}
	}()
	return p, nil
}

// kill ends the process and its children, and waits until the process has ended.
func (p *process) kill() {
	killProcessGroup(p.cmd)
	<-p.exited
	close(p.killed)
	_, _ = p.stdin.Close(), p.stdout.Close()
}

// read sends the lines of standard output to p.lines. The last line need not end with a newline.
func (p *process) read() {
	defer close(p.lines)
	reader := bufio.NewReaderSize(p.stdout, maxLine)
	for {
		text, err := reader.ReadSlice('\n')
		last := err != nil
		if errors.Is(err, bufio.ErrBufferFull) {
			err = fmt.Errorf("the reply is longer than %d bytes", maxLine)
		} else {
			err = nil
		}
		if len(text) > 0 {
			select {
			case p.lines <- line{text: bytes.Clone(text), err: err}:
			case <-p.killed:
				return
			}
		}
		if last {
			return
		}
	}
}

// roundTrip sends a message and returns the next line of the adapter.
func (p *process) roundTrip(ctx context.Context, message any) ([]byte, error) {
	data, err := encode(message)
	if err != nil {
		return nil, err
	}
	timeout := p.after(p.timeout)
	go p.write(data) // in the background: it blocks if the adapter does not read
	select {
	case line, ok := <-p.lines:
		if !ok {
			return nil, p.endOfOutput()
		}
		return line.text, line.err
	case <-timeout:
		return nil, fmt.Errorf("no reply within %s", p.timeout)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// write ignores the error: if the adapter cannot be written to, it does not reply, and roundTrip reports that.
func (p *process) write(data []byte) { _, _ = p.stdin.Write(data) }

// endOfOutput returns the reason why standard output has ended.
func (p *process) endOfOutput() error {
	select {
	case <-p.exited:
		if p.exitErr != nil {
			return fmt.Errorf("the adapter ended (%w)", p.exitErr)
		}
		return errors.New("the adapter ended")
	case <-p.after(p.timeout):
		return errors.New("the adapter closed its standard output")
	}
}

// finish sends bye and waits until the process has ended. It returns an error if the adapter writes another line.
func (p *process) finish(ctx context.Context) error {
	data, err := encode(bye{Type: "bye"})
	if err != nil {
		return err
	}
	timeout := p.after(p.timeout)
	go func() {
		p.write(data)
		_ = p.stdin.Close()
	}()
	lines, exited := p.lines, p.exited
	for lines != nil || exited != nil {
		select {
		case _, ok := <-lines:
			if ok {
				return errors.New("the adapter wrote a line too many")
			}
			lines = nil
		case <-exited:
			exited = nil
			killProcessGroup(p.cmd) // a child of the adapter may still hold standard output
		case <-timeout:
			return fmt.Errorf("the adapter did not end within %s", p.timeout)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if p.exitErr != nil {
		return fmt.Errorf("the adapter failed (%w)", p.exitErr)
	}
	return nil
}
