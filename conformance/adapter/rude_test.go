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
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

const goodHello = `{"type":"hello","protocol":1,"name":"rude","features":["create-device","device-sms"]}`

// answers is an adapter that has its lines ready, whatever it is asked, and then waits for its standard input to end.
func answers(lines ...string) func(*bufio.Reader, io.Writer) int {
	return func(in *bufio.Reader, out io.Writer) int {
		for _, line := range lines {
			if _, err := in.ReadBytes('\n'); err != nil {
				return 1
			}
			say(out, line)
		}
		_, _ = io.Copy(io.Discard, in)
		return 0
	}
}

func say(out io.Writer, line string) { _, _ = io.WriteString(out, line+"\n") }

// hang waits for ever, whatever becomes of its standard input.
func hang() int {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err == nil {
		_, err = listener.Accept()
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// rude are adapters that do not keep the protocol.
var rude = map[string]func(in *bufio.Reader, out io.Writer) int{
	"dies at once": func(*bufio.Reader, io.Writer) int { return 7 },
	"dies in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		say(out, goodHello)
		_, _ = in.ReadBytes('\n')
		return 7
	},
	"leaves in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		say(out, goodHello)
		_, _ = in.ReadBytes('\n')
		return 0
	},
	"hangs at once": func(*bufio.Reader, io.Writer) int { return hang() },
	"hangs in a case": func(in *bufio.Reader, out io.Writer) int {
		_, _ = in.ReadBytes('\n')
		say(out, goodHello)
		return hang()
	},
	"hangs in the end": func(in *bufio.Reader, out io.Writer) int {
		answers(goodHello, goodResult)(in, out)
		return hang()
	},
	"says it hangs": func(*bufio.Reader, io.Writer) int {
		fmt.Fprintln(os.Stderr, "hanging")
		return hang()
	},
	"closes its output": func(*bufio.Reader, io.Writer) int {
		_ = os.Stdout.Close()
		return hang()
	},
	"fails in the end": func(in *bufio.Reader, out io.Writer) int {
		answers(goodHello, goodResult)(in, out)
		return 3
	},
	"prints rubbish":           answers("Listening on port 8080"),
	"prints a byte order mark": answers("\ufeff" + goodHello),
	"talks in the end":         answers(goodHello, goodResult+"\n"+goodResult),
	"prints a long line":       answers(`{"type":"hello","name":"` + strings.Repeat("x", 1<<20) + `"}`),
	"prints without end": func(_ *bufio.Reader, out io.Writer) int {
		for {
			if _, err := io.WriteString(out, strings.Repeat("x", 1<<16)); err != nil {
				return 1
			}
		}
	},
	"answers another case": answers(goodHello, strings.Replace(goodResult, "sms", "smt", 1)),
	"answers twice":        answers(goodHello+"\n"+goodHello, goodResult),
	"another class":        answers(goodHello, strings.Replace(goodResult, "success", "ok", 1)),
	"another protocol":     answers(strings.Replace(goodHello, "1", "2", 1)),
	"leaves a child": func(in *bufio.Reader, out io.Writer) int {
		//nolint:gosec // it starts itself
		child := exec.CommandContext(context.Background(), os.Args[0], "adapter", "is a child")
		child.ExtraFiles = []*os.File{os.Stdout} // it holds on to it
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
		return answers(goodHello, goodResult)(in, out)
	},
	"is a child": func(_ *bufio.Reader, out io.Writer) int {
		if _, err := net.Dial("tcp", os.Getenv(childCalls)); err != nil {
			return 1
		}
		say(out, "ready")
		return hang()
	},
	"another feature": answers(strings.Replace(goodHello, "device-sms", "device-fax", 1)),
}

const goodResult = `{"type":"result","id":"create-device/exchange/sms","class":"success","values":{}}`

// What is said of each. That Run comes back is part of it: none of them may hold it up.
func TestRudeAdapters(t *testing.T) {
	said := map[string]string{
		"dies at once":             "hello: the adapter's answer: ended (exit status 7)",
		"dies in a case":           "case create-device/exchange/sms: the adapter's answer: ended (exit status 7)",
		"leaves in a case":         "case create-device/exchange/sms: the adapter's answer: ended",
		"hangs at once":            "hello: the adapter's answer: said nothing for",
		"hangs in a case":          "case create-device/exchange/sms: the adapter's answer: said nothing for",
		"hangs in the end":         "bye: the adapter did not end within",
		"closes its output":        "hello: the adapter's answer: closed its standard output",
		"fails in the end":         "bye: the adapter failed in the end (exit status 3)",
		"prints rubbish":           "hello: the adapter's answer: it is not one line of JSON",
		"prints a byte order mark": "hello: the adapter's answer: it is not one line of JSON",
		"talks in the end":         "bye: the adapter said more than it was asked for",
		"prints a long line":       "hello: the adapter's answer: it is longer than 1048576 bytes",
		"prints without end":       "hello: the adapter's answer: it is longer than 1048576 bytes",
		"answers another case":     "case create-device/exchange/sms: the adapter's answer: /id is that of another case",
		"answers twice":            `case create-device/exchange/sms: the adapter's answer: its type is not "result"`,
		"another class":            "case create-device/exchange/sms: the adapter's answer: /class is none of success,",
		"another protocol":         "hello: the adapter's answer: it speaks protocol 2, and this program 1",
		"another feature":          `hello: the adapter's answer: there is no feature "device-fax"; there are create-device,`,
	}
	assert.Len(t, said, len(rude)-3) // but for those of the tests below
	for name := range said {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			timeout := time.Minute
			if strings.Contains(name, "hangs") || strings.Contains(name, "closes") {
				timeout = 5 * time.Second // long enough for the hello of one that hangs later
			}
			report, err := adapter.Run(t.Context(), adapter.Options{
				Command: command(t, name), Vectors: vectors(t, sms), Timeout: timeout,
			})
			assert.Nil(t, report)
			require.ErrorContains(t, err, said[name])
			require.NotEmpty(t, said[name])
		})
	}
}

// childCalls is the environment variable with the address that a child calls: the connection lives as long as it does.
const childCalls = "ADAPTER_TEST_CHILD_CALLS"

// What an adapter started ends with it, also when it holds on to the adapter's standard output.
func TestNothingIsLeftBehind(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, listener.Close()) }()
	t.Setenv(childCalls, listener.Addr().String())

	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "leaves a child"), Vectors: vectors(t, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"no request came"}, report.Vectors[0].Reasons)

	child, err := listener.Accept()
	require.NoError(t, err)
	require.NoError(t, child.SetReadDeadline(time.Now().Add(time.Minute)))
	_, err = child.Read(make([]byte, 1))
	require.Error(t, err)
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the child lives on")
}

// A context that ends, ends the run.
func TestRunEndsWithItsContext(t *testing.T) {
	stop := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	said := writer(func([]byte) { cancel(stop) })
	_, err := adapter.Run(ctx, adapter.Options{
		Command: command(t, "says it hangs"), Vectors: vectors(t, sms), Stderr: said,
	})
	assert.ErrorIs(t, err, stop)
}

type writer func([]byte)

func (w writer) Write(data []byte) (int, error) {
	w(data)
	return len(data), nil
}

func TestRunRefuses(t *testing.T) {
	for name, options := range map[string]adapter.Options{
		"there is no command to run":   {},
		"start the adapter":            {Command: []string{"/nowhere/there is no such program"}},
		`there is no feature "device"`: {Command: command(t, "right"), Features: []string{"device"}},
	} {
		_, err := adapter.Run(t.Context(), options)
		assert.ErrorContains(t, err, name)
	}
}
