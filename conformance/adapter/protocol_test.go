package adapter_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

const goodHello = `{"type":"hello","protocol":2,"name":"test","features":["create-device","device-sms"]}`

// replies returns an adapter that writes one of the lines for each message, and then reads until its input ends.
func replies(lines ...string) func(*bufio.Reader, io.Writer) int {
	return func(in *bufio.Reader, out io.Writer) int {
		for _, line := range lines {
			if _, err := in.ReadBytes('\n'); err != nil {
				return 1
			}
			writeLine(out, line)
		}
		_, _ = io.Copy(io.Discard, in)
		return 0
	}
}

func writeLine(out io.Writer, line string) { _, _ = io.WriteString(out, line+"\n") }

// hang does not return, even if standard input ends.
func hang() int {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err == nil {
		_, err = listener.Accept()
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// violations are adapters that violate the protocol.
var violations = map[string]func(in *bufio.Reader, out io.Writer) int{
	"fails at once": func(*bufio.Reader, io.Writer) int { return 7 },
	"fails in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		writeLine(out, goodHello)
		_, _ = in.ReadBytes('\n')
		return 7
	},
	"ends in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		writeLine(out, goodHello)
		_, _ = in.ReadBytes('\n')
		return 0
	},
	"hangs at once": func(*bufio.Reader, io.Writer) int { return hang() },
	"hangs in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		writeLine(out, goodHello)
		return hang()
	},
	"hangs at the end": func(in *bufio.Reader, out io.Writer) int {
		replies(goodHello, goodResult)(in, out)
		return hang()
	},
	"logs and hangs": func(*bufio.Reader, io.Writer) int {
		fmt.Fprintln(os.Stderr, "hanging")
		return hang()
	},
	"closes its output": func(*bufio.Reader, io.Writer) int {
		_ = os.Stdout.Close()
		return hang()
	},
	"fails at the end": func(in *bufio.Reader, out io.Writer) int {
		replies(goodHello, goodResult)(in, out)
		return 3
	},
	"prints a log":             replies("Listening on port 8080"),
	"prints a byte order mark": replies("\ufeff" + goodHello),
	"replies twice at the end": replies(goodHello, goodResult+"\n"+goodResult),
	"prints a long line":       replies(`{"type":"hello","name":"` + strings.Repeat("x", 1<<20) + `"}`),
	"prints without end": func(_ *bufio.Reader, out io.Writer) int {
		for {
			if _, err := io.WriteString(out, strings.Repeat("x", 1<<16)); err != nil {
				return 1
			}
		}
	},
	"replies to another case": replies(goodHello, strings.Replace(goodResult, "sms", "smt", 1)),
	"replies twice":           replies(goodHello+"\n"+goodHello, goodResult),
	"another class":           replies(goodHello, strings.Replace(goodResult, "success", "ok", 1)),
	"another protocol":        replies(strings.Replace(goodHello, "2", "1", 1)),
	"has a child": func(in *bufio.Reader, out io.Writer) int {
		//nolint:gosec // the test binary
		child := exec.CommandContext(context.Background(), os.Args[0], "adapter", "is a child")
		child.ExtraFiles = []*os.File{os.Stdout} // so that the child keeps it open
		ready, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err == nil {
			_, err = bufio.NewReader(ready).ReadString('\n')
		}
		if err != nil {
			return 1
		}
		return replies(goodHello, goodResult)(in, out)
	},
	"is a child": func(_ *bufio.Reader, out io.Writer) int {
		if _, err := net.Dial("tcp", os.Getenv(childAddress)); err != nil {
			return 1
		}
		writeLine(out, "ready")
		return hang()
	},
	"another feature": replies(strings.Replace(goodHello, "device-sms", "device-fax", 1)),
}

const goodResult = `{"type":"result","id":"create-device/exchange/sms","class":"success","values":{}}`

// A violation in hello or bye ends the run with an error, and one in a case loses the case. Adapters that hang do not
// delay the test: the number of the timeout that is over at once is given. Timeout 1 is that of hello, timeout 2 that
// of the case.
func TestProtocolViolations(t *testing.T) {
	tests := map[string]struct {
		fires  int
		inCase bool
		want   string
	}{
		"fails at once":            {want: "hello: the adapter ended (exit status 7)"},
		"fails in a case":          {inCase: true, want: "the adapter ended (exit status 7)"},
		"ends in a case":           {inCase: true, want: "the adapter ended"},
		"hangs at once":            {fires: 1, want: "hello: no reply within 1m0s"},
		"hangs in a case":          {fires: 2, inCase: true, want: "no reply within 1m0s"},
		"hangs at the end":         {fires: 3, want: "bye: the adapter did not end within 1m0s"},
		"closes its output":        {fires: 1, want: "hello: no reply within 1m0s"},
		"fails at the end":         {want: "bye: the adapter failed (exit status 3)"},
		"prints a log":             {want: "hello: invalid reply: not one line of JSON"},
		"prints a byte order mark": {want: "hello: invalid reply: not one line of JSON"},
		"replies twice at the end": {want: "bye: the adapter wrote a line too many"},
		"prints a long line":       {want: "hello: the reply is longer than 1048576 bytes"},
		"prints without end":       {want: "hello: the reply is longer than 1048576 bytes"},
		"replies to another case":  {inCase: true, want: "invalid reply: /id is the id of another case"},
		"replies twice":            {inCase: true, want: `invalid reply: its type is not "result"`},
		"another class":            {inCase: true, want: "invalid reply: /class is none of success,"},
		"another protocol":         {want: "hello: invalid reply: unsupported protocol 1, want 2"},
		"another feature": {
			want: `hello: invalid reply: there is no feature "device-fax"; there are activate-device,`,
		},
	}
	assert.Len(t, tests, len(violations)-3) // three have their own tests below
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			started := 0
			report, err := adapter.Run(t.Context(), adapter.WithTimeout(adapter.Options{
				Command: command(t, name), Vectors: vectors(t, sms), Timeout: time.Minute,
			}, func(ctx context.Context, _ time.Duration, cause error) (context.Context, context.CancelFunc) {
				if started++; started != test.fires {
					return context.WithCancel(ctx)
				}
				return context.WithTimeoutCause(ctx, 0, cause)
			}))
			if !test.inCase {
				assert.Nil(t, report)
				require.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, adapter.Errored, report.Vectors[0].State)
			assert.Contains(t, report.Vectors[0].Reasons[0], test.want)
			assert.False(t, report.Score.OK())
		})
	}
}

// An adapter that loses every case is not started for all of them.
func TestTooManyErroredCases(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "fails in a case"), Vectors: slices.Repeat(vectors(t, sms), 11),
	})
	assert.Nil(t, report)
	require.EqualError(t, err,
		"case create-device/exchange/sms: the adapter ended (exit status 7), the last of 10 such cases in a row")
}

// Without the test's timers, a timeout is real time.
func TestTimeout(t *testing.T) {
	_, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "hangs at once"), Vectors: vectors(t, sms), Timeout: time.Nanosecond,
	})
	require.EqualError(t, err, "hello: no reply within 1ns")
}

// childAddress is an environment variable: the address that the child connects to. The connection ends with the child.
const childAddress = "ADAPTER_TEST_CHILD_ADDRESS"

// A child of the adapter is killed when the adapter has ended, even if it holds the adapter's standard output.
func TestChildrenAreKilled(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, listener.Close()) }()
	t.Setenv(childAddress, listener.Addr().String())

	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "has a child"), Vectors: vectors(t, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"no request was sent"}, report.Vectors[0].Reasons)

	child, err := listener.Accept()
	require.NoError(t, err)
	require.NoError(t, child.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = child.Read(make([]byte, 1))
	require.Error(t, err)
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the child was not killed")
}

func TestRunEndsWithItsContext(t *testing.T) {
	stop := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	stderr := writer(func([]byte) { cancel(stop) })
	_, err := adapter.Run(ctx, adapter.Options{
		Command: command(t, "logs and hangs"), Vectors: vectors(t, sms), Stderr: stderr,
	})
	assert.ErrorIs(t, err, stop)
}

type writer func([]byte)

func (w writer) Write(data []byte) (int, error) {
	w(data)
	return len(data), nil
}

func TestInvalidOptions(t *testing.T) {
	for name, options := range map[string]adapter.Options{
		"there is no command to run":   {},
		"start the adapter":            {Command: []string{"/nowhere/there is no such program"}},
		`there is no feature "device"`: {Command: command(t, "right"), Features: []string{"device"}},
	} {
		_, err := adapter.Run(t.Context(), options)
		assert.ErrorContains(t, err, name)
	}
}
