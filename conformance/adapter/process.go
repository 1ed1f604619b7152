package adapter

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// maxLine is the maximum length of a line from the adapter, in bytes.
const maxLine = 1 << 20

// process is a running adapter and this program's ends of its pipes.
type process struct {
	options Options
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	stdout  *os.File
	lines   *bufio.Reader // of stdout
	wait    func() error  // waits until the process has ended, and returns how it ended; it may be called again
}

// start starts the adapter. The caller must call kill.
func start(options Options) (*process, error) {
	cmd := exec.Command(options.Command[0], options.Command[1:]...) //nolint:gosec,noctx // the caller's; kill ends it
	// Some HTTP libraries send requests to a loopback address through the proxy, too.
	noProxy := strings.TrimPrefix(os.Getenv("NO_PROXY")+",127.0.0.1,localhost", ",")
	cmd.Env = append(os.Environ(), "NO_PROXY="+noProxy, "no_proxy="+noProxy)
	cmd.WaitDelay = time.Second // a child of the adapter may still hold standard error
	setProcessGroup(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	// The pipe of cmd.StdoutPipe would be closed when the process ends, with lines that are not read yet.
	stdout, childStdout, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, stdin.Close())
	}
	cmd.Stdout, cmd.Stderr = childStdout, options.Stderr
	err = cmd.Start()
	_ = childStdout.Close() // the child process has its own copy
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the adapter: %w", err), stdout.Close())
	}
	return &process{
		options: options, cmd: cmd, stdin: stdin, stdout: stdout, lines: bufio.NewReaderSize(stdout, maxLine),
		wait: sync.OnceValue(func() error {
			if err := cmd.Wait(); !errors.Is(err, exec.ErrWaitDelay) {
				return err
			}
			return nil
		}),
	}, nil
}

// kill ends the process and its children, and waits until the process has ended. It also ends a pending read or write.
func (p *process) kill() {
	killProcessGroup(p.cmd)
	_, _ = p.stdin.Close(), p.stdout.Close()
	_ = p.wait()
}

// send sends a message, and returns the error of read, which reads the reply. When the timeout is over or ctx ends, it
// kills the process.
func (p *process) send(ctx context.Context, message any, late string, read func() error) error {
	data, err := encode(message)
	if err != nil {
		return err
	}
	ctx, cancel := p.options.withTimeout(ctx, p.options.Timeout, fmt.Errorf("%s within %s", late, p.options.Timeout))
	defer cancel()
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	_, _ = p.stdin.Write(data) // an adapter that cannot be written to does not reply
	err = read()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// roundTrip sends a message and returns the next line of the adapter. It is valid until the next call.
func (p *process) roundTrip(ctx context.Context, message any) (line []byte, err error) {
	err = p.send(ctx, message, "no reply", func() (err error) {
		line, err = p.lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("the reply is longer than %d bytes", maxLine)
		case len(line) > 0: // the last line need not end with a newline
			return nil
		}
		if err := p.wait(); err != nil {
			return fmt.Errorf("the adapter ended (%w)", err)
		}
		return errors.New("the adapter ended")
	})
	return line, err
}

// finish sends bye and waits until the process has ended. It returns an error if the adapter writes another line.
func (p *process) finish(ctx context.Context) error {
	return p.send(ctx, programMessage{Type: "bye"}, "the adapter did not end", func() error {
		_ = p.stdin.Close()
		err := p.wait()
		killProcessGroup(p.cmd) // a child of the adapter may still hold standard output
		if _, end := p.lines.Peek(1); end == nil {
			return errors.New("the adapter wrote a line too many")
		}
		if err != nil {
			return fmt.Errorf("the adapter failed (%w)", err)
		}
		return nil
	})
}
