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

// Options says what [Run] is to run.
type Options struct {
	// Command is the adapter: a program and its arguments.
	Command []string
	// Vectors are what it has to show. Nil: all.
	Vectors []conformance.Vector
	// Features are those to be used of what the adapter has. Nil: all that it has.
	Features []string
	// KnownFailing are the vectors that the client is known to fail.
	KnownFailing KnownFailing
	// Timeout is how long the adapter may take for one answer, and to end. 0: 30 seconds.
	Timeout time.Duration
	// Stderr gets the adapter's standard error. Nil: nobody does.
	Stderr io.Writer
}

// Run proves a client. It runs the cases one after the other, and judges them when the adapter has ended, so that
// a request that comes late counts as well. A client that fails is in the report; an error means that there is none:
// the adapter does not keep the protocol, or the context ended. When Run returns, the adapter and what it started (on
// Windows: the adapter alone) have ended.
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
	trials, err := newTrials(options.Vectors)
	if err != nil {
		return nil, err
	}
	stage, err := newStage(ctx)
	if err != nil {
		return nil, err
	}
	defer stage.close()
	hello, err := converse(ctx, options, stage, trials)
	if err != nil {
		return nil, err
	}
	return newReport(hello, trials, options.KnownFailing), nil
}

// converse is the whole conversation with an adapter.
func converse(ctx context.Context, options Options, stage *stage, trials []*trial) (Hello, error) {
	adapter, err := start(options.Command, options.Timeout, options.Stderr)
	if err != nil {
		return Hello{}, err
	}
	defer adapter.stop()
	answer, err := adapter.ask(ctx, programHello{Type: "hello", Protocol: Protocol})
	if err != nil {
		return Hello{}, fmt.Errorf("hello: the adapter's answer: %w", err)
	}
	hello, err := decodeHello(answer)
	if err != nil {
		return Hello{}, fmt.Errorf("hello: the adapter's answer: %w", err)
	}
	features := hello.Features
	if options.Features != nil {
		features = slices.DeleteFunc(slices.Clone(features), func(name string) bool {
			return !slices.Contains(options.Features, name)
		})
	}
	for _, t := range trials {
		if t.choose(features); len(t.missing) > 0 {
			continue
		}
		stage.enter(t)
		if err := t.run(ctx, adapter, stage.origin); err != nil {
			return Hello{}, fmt.Errorf("case %s: the adapter's answer: %w", t.vector.ID, err)
		}
	}
	if err := adapter.end(ctx); err != nil {
		return Hello{}, fmt.Errorf("bye: the adapter %w", err)
	}
	return hello, nil
}

func (t *trial) run(ctx context.Context, adapter *process, origin string) error {
	answer, err := adapter.ask(ctx, caseMessage{Type: "case", Case: t.message(origin)})
	if err != nil {
		return err
	}
	if t.result, err = decodeResult(answer); err != nil {
		return err
	}
	if t.result.ID != t.vector.ID {
		return errors.New("/id is that of another case")
	}
	return nil
}
