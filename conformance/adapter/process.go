package adapter

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// maxLine bounds a line of the adapter's, in bytes. No message comes near it.
const maxLine = 1 << 20

// process is a COMMAND that runs, and both ends of the conversation with it.
type process struct {
	cmd     *exec.Cmd
	stdin   *os.File
	stdout  *os.File
	timeout time.Duration
	lines   chan line     // what it says, line by line; closed when there is no more
	stopped chan struct{} // closed to make the reader stop
	exited  chan struct{} // closed when it ended
	exit    error         // how; set before exited is closed
}

type line struct {
	text []byte
	err  error
}

// start runs a COMMAND, with its standard error passed through. Whoever starts one has to stop it.
func start(command []string, timeout time.Duration, stderr io.Writer) (*process, error) {
	theirStdin, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout, theirStdout, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirStdin.Close(), stdin.Close())
	}
	cmd := exec.Command(command[0], command[1:]...) //nolint:gosec,noctx // to run it is the point; process.stop ends it
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirStdin, theirStdout, stderr
	cmd.Env = append(os.Environ(), "NO_PROXY="+noProxy(), "no_proxy="+noProxy())
	cmd.WaitDelay = time.Second // what it left behind may still hold its standard error
	ownGroup(cmd)
	err = cmd.Start()
	_, _ = theirStdin.Close(), theirStdout.Close() // the other process has its own
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the adapter: %w", err), stdin.Close(), stdout.Close())
	}
	p := &process{
		cmd: cmd, stdin: stdin, stdout: stdout, timeout: timeout,
		lines: make(chan line), stopped: make(chan struct{}), exited: make(chan struct{}),
	}
	go p.read()
	go func() {
		defer close(p.exited)
		if p.exit = cmd.Wait(); errors.Is(p.exit, exec.ErrWaitDelay) {
			p.exit = nil
		}
	}()
	return p, nil
}

// noProxy keeps an adapter's HTTP library from asking a proxy for a loopback address, as some do.
func noProxy() string {
	return strings.TrimPrefix(os.Getenv("NO_PROXY")+",127.0.0.1,localhost", ",")
}

// stop ends the process, with whatever it started, if it has not ended by itself.
func (p *process) stop() {
	killGroup(p.cmd)
	<-p.exited
	close(p.stopped)
	_, _ = p.stdin.Close(), p.stdout.Close()
}

// read passes lines on. A last one may lack its end.
func (p *process) read() {
	defer close(p.lines)
	reader := bufio.NewReaderSize(p.stdout, maxLine)
	for {
		text, err := reader.ReadSlice('\n')
		last := err != nil
		if errors.Is(err, bufio.ErrBufferFull) {
			err = fmt.Errorf("it is longer than %d bytes", maxLine)
		} else {
			err = nil
		}
		if len(text) > 0 {
			select {
			case p.lines <- line{text: bytes.Clone(text), err: err}:
			case <-p.stopped:
				return
			}
		}
		if last {
			return
		}
	}
}

// ask sends a message and waits for the line that answers it. An error says what happened in place of one.
func (p *process) ask(ctx context.Context, message any) ([]byte, error) {
	data, err := encode(message)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	go p.write(data) // not waited for: a process that does not read would hold it up
	select {
	case line, ok := <-p.lines:
		if !ok {
			return nil, p.ended(timer)
		}
		return line.text, line.err
	case <-timer.C:
		return nil, fmt.Errorf("said nothing for %s", p.timeout)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// write ignores its error: a process that cannot be written to says nothing, and that is noticed.
func (p *process) write(data []byte) { _, _ = p.stdin.Write(data) }

// ended says how it ended, once its output is at its end.
func (p *process) ended(timer *time.Timer) error {
	select {
	case <-p.exited:
		if p.exit != nil {
			return fmt.Errorf("ended (%w)", p.exit)
		}
		return errors.New("ended")
	case <-timer.C:
		return errors.New("closed its standard output")
	}
}

// end says goodbye and waits until the process has ended. It is not to say anything more.
func (p *process) end(ctx context.Context) error {
	data, err := encode(bye{Type: "bye"})
	if err != nil {
		return err
	}
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	go func() {
		p.write(data)
		_ = p.stdin.Close()
	}()
	lines, exited := p.lines, p.exited
	for lines != nil || exited != nil {
		select {
		case _, ok := <-lines:
			if ok {
				return errors.New("said more than it was asked for")
			}
			lines = nil
		case <-exited:
			exited = nil
			killGroup(p.cmd) // what it started may hold its standard output
		case <-timer.C:
			return fmt.Errorf("did not end within %s", p.timeout)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if p.exit != nil {
		return fmt.Errorf("failed in the end (%w)", p.exit)
	}
	return nil
}
