package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Options configures [Run].
type Options struct {
	// Command is the adapter: a program and its arguments. It is required, unless Call is set.
	Command []string
	// Call is a client in this process, in place of a command, and Hello describes it.
	Call  Call
	Hello Hello
	// Vectors are the vectors to run. If nil, all vectors are run.
	Vectors []conformance.Vector
	// Features limits the features that the adapter declares to these. If nil, there is no limit.
	Features []string
	// KnownFailing lists the vectors that the client is known to fail.
	KnownFailing KnownFailing
	// Timeout limits the time that the adapter takes for each reply, and the time that it takes to end.
	// The default is 30 seconds.
	Timeout time.Duration
	// Stderr receives the adapter's standard error. If nil, it is discarded.
	Stderr io.Writer

	// If nil, context.WithTimeoutCause.
	withTimeout func(context.Context, time.Duration, error) (context.Context, context.CancelFunc)
}

// Run runs the vectors against the client of an adapter, one after the other. The report includes the vectors that
// failed. It evaluates them after the adapter has ended, so that a late request counts.
//
// If the adapter ends, does not reply in time or violates the protocol in a case, the vector is [Errored], and the
// adapter is started again for the next one. An error means that there is no report: that happened in hello, in bye or
// in 10 cases in a row, or ctx ended. The adapter has ended when Run returns. On Unix, its child processes have been
// killed as well.
func Run(ctx context.Context, options Options) (report *Report, err error) {
	if len(options.Command) == 0 && options.Call == nil {
		return nil, errors.New("there is no command to run")
	}
	if err := checkFeatures(options.Features); err != nil {
		return nil, err
	}
	if options.Vectors == nil {
		if options.Vectors, err = conformance.Vectors(); err != nil {
			return nil, err
		}
	}
	if options.Timeout == 0 {
		options.Timeout = 30 * time.Second
	}
	if options.withTimeout == nil {
		options.withTimeout = context.WithTimeoutCause
	}
	testCases, err := newTestCases(options.Vectors)
	if err != nil {
		return nil, err
	}
	server := newServer()
	defer server.Close()
	hello, err := runTestCases(ctx, options, server, testCases)
	if err != nil {
		return nil, err
	}
	return newReport(hello, testCases, options.KnownFailing), nil
}

// maxErrored is how many cases in a row the adapter may lose.
const maxErrored = 10

// runTestCases runs the test cases that need no feature that the client lacks.
func runTestCases(
	ctx context.Context, options Options, server *server, testCases []*testCase,
) (hello Hello, err error) {
	c := &caller{options: options}
	defer c.kill()
	if hello, err = c.start(ctx); err != nil {
		return Hello{}, err
	}
	has := func(feature string) bool {
		return slices.Contains(hello.Features, feature) &&
			(options.Features == nil || slices.Contains(options.Features, feature))
	}
	errored := 0
	for _, t := range testCases {
		if t.missing = slices.DeleteFunc(t.missing, has); len(t.missing) > 0 {
			continue
		}
		t.without = hello.Without
		server.add(t)
		t.result, t.errored = c.call(ctx, t.message(server.URL))
		if t.errored == nil {
			errored = 0
			continue
		}
		c.kill()
		errored++
		switch {
		case ctx.Err() != nil:
			return Hello{}, context.Cause(ctx)
		case errored == maxErrored:
			return Hello{}, fmt.Errorf("case %s: %w, the last of %d such cases in a row", t.vector.ID, t.errored, errored)
		}
	}
	return hello, c.finish(ctx)
}

// caller makes the calls, through the adapter or in this process.
type caller struct {
	options Options
	adapter *process // It is nil if the adapter is not running.
}

// start starts the adapter and returns its hello.
func (c *caller) start(ctx context.Context) (hello Hello, err error) {
	if c.options.Call != nil {
		return c.options.Hello, nil
	}
	if c.adapter, err = start(c.options); err != nil {
		return Hello{}, err
	}
	line, err := c.adapter.roundTrip(ctx, programMessage{Type: "hello", Protocol: Protocol})
	if err == nil {
		hello, err = decodeHello(line)
	}
	if err != nil {
		return Hello{}, fmt.Errorf("hello: %w", err)
	}
	return hello, nil
}

func (c *caller) call(ctx context.Context, next Case) (Result, error) {
	if c.options.Call != nil {
		result := c.options.Call(ctx, next)
		result.ID = next.ID
		return normalize(result)
	}
	if c.adapter == nil {
		if _, err := c.start(ctx); err != nil {
			return Result{}, err
		}
	}
	line, err := c.adapter.roundTrip(ctx, caseMessage{Type: "case", Case: next})
	if err != nil {
		return Result{}, err
	}
	result, err := decodeResult(line)
	if err == nil && result.ID != next.ID {
		err = invalid(errors.New("/id is the id of another case"))
	}
	return result, err
}

// finish ends the adapter.
func (c *caller) finish(ctx context.Context) error {
	if c.adapter == nil {
		return nil
	}
	if err := c.adapter.finish(ctx); err != nil {
		return fmt.Errorf("bye: %w", err)
	}
	return nil
}

// kill ends the adapter if it is running.
func (c *caller) kill() {
	if c.adapter != nil {
		c.adapter.kill()
		c.adapter = nil
	}
}
