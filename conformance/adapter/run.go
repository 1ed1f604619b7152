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
	// Command is the adapter: a program and its arguments. It is required.
	Command []string
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

	after func(time.Duration) <-chan time.Time // if nil, time.After
}

// Run runs the vectors against the client of an adapter, one after the other. The report includes the vectors that
// failed. It evaluates them after the adapter has ended, so that a late request counts.
//
// An error means that there is no report: the adapter violated the protocol, or ctx ended. The adapter has ended when
// Run returns. On Unix, its child processes have been killed as well.
func Run(ctx context.Context, options Options) (report *Report, err error) {
	if len(options.Command) == 0 {
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
	if options.after == nil {
		options.after = time.After
	}
	testCases, err := newTestCases(options.Vectors)
	if err != nil {
		return nil, err
	}
	server, err := newServer(ctx)
	if err != nil {
		return nil, err
	}
	defer server.close()
	hello, err := runTestCases(ctx, options, server, testCases)
	if err != nil {
		return nil, err
	}
	return newReport(hello, testCases, options.KnownFailing), nil
}

// runTestCases starts the adapter, exchanges all messages with it, and waits until it has ended.
func runTestCases(ctx context.Context, options Options, server *server, testCases []*testCase) (Hello, error) {
	adapter, err := start(options)
	if err != nil {
		return Hello{}, err
	}
	defer adapter.kill()
	hello, err := send(ctx, adapter, programHello{Type: "hello", Protocol: Protocol}, decodeHello)
	if err != nil {
		return Hello{}, fmt.Errorf("hello: %w", err)
	}
	features := hello.Features
	if options.Features != nil {
		features = slices.DeleteFunc(slices.Clone(features), func(name string) bool {
			return !slices.Contains(options.Features, name)
		})
	}
	for _, t := range testCases {
		if t.setMissing(features); len(t.missing) > 0 {
			continue
		}
		t.without = hello.Without
		server.add(t)
		t.result, err = send(ctx, adapter, caseMessage{Type: "case", Case: t.message(server.origin)}, decodeResult)
		if err == nil && t.result.ID != t.vector.ID {
			err = errors.New("invalid reply: /id is the id of another case")
		}
		if err != nil {
			return Hello{}, fmt.Errorf("case %s: %w", t.vector.ID, err)
		}
	}
	if err := adapter.finish(ctx); err != nil {
		return Hello{}, fmt.Errorf("bye: %w", err)
	}
	return hello, nil
}

// send sends a message and returns the decoded reply.
func send[T any](ctx context.Context, p *process, message any, decode func([]byte) (T, error)) (reply T, err error) {
	line, err := p.roundTrip(ctx, message)
	if err != nil {
		return reply, err
	}
	if reply, err = decode(line); err != nil {
		return reply, fmt.Errorf("invalid reply: %w", err)
	}
	return reply, nil
}
