package pingmfa_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// A context that ends keeps its cause and the failure that it came with, and ends every wait.
func TestContextThatEndsDuringACall(t *testing.T) {
	cause, failure := errors.New("cause"), errors.New("failure")
	for name, c := range map[string]struct {
		respond func(cancel func()) (*http.Response, error)
		is      []error
		outcome pingmfa.Outcome
		took    time.Duration
	}{
		"transport that fails": {func(cancel func()) (*http.Response, error) {
			cancel()
			return nil, failure
		}, []error{context.Canceled, cause, failure}, pingmfa.OutcomeUnknown, 0},
		"transport that loses the cause": {func(cancel func()) (*http.Response, error) {
			cancel()
			return nil, context.Canceled
		}, []error{context.Canceled, cause}, pingmfa.OutcomeUnknown, 0},
		"transport that returns the cause": {func(cancel func()) (*http.Response, error) {
			cancel()
			return nil, cause
		}, []error{context.Canceled, cause}, pingmfa.OutcomeUnknown, 0},
		"before the wait": {func(cancel func()) (*http.Response, error) {
			cancel()
			return limitedFor("2"), nil
		}, nil, pingmfa.OutcomeRefused, 0},
		"in the wait": {func(cancel func()) (*http.Response, error) {
			time.AfterFunc(time.Second, cancel)
			return limitedFor("2"), nil
		}, []error{context.Canceled, cause}, pingmfa.OutcomeNotSent, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				client := clientWith(t, roundTripperFunc(func(*http.Request) (*http.Response, error) {
					return c.respond(func() { cancel(cause) })
				}), func(c *pingmfa.Config) { c.Timeout = -1 })
				begin := time.Now()
				err := start(ctx, client)
				assert.Equal(t, c.took, time.Since(begin))
				assert.Equal(t, c.outcome, pingmfa.OutcomeOf(err))
				for _, target := range c.is {
					require.ErrorIs(t, err, target)
				}
				var refused *pingmfa.Error
				assert.Equal(t, c.is == nil, errors.As(err, &refused))
				if c.is != nil {
					want := "pingmfa: StartAuthentication: the context was canceled (" + string(c.outcome) + ")"
					assert.Equal(t, want, err.Error())
				}
			})
		})
	}
}

// The outcome is that of the call, and so is the text, although the error of another call is the cause of the context,
// as in an errgroup.
func TestErrorOfAnotherCallIsNotTheOutcome(t *testing.T) {
	for _, other := range []error{
		&pingmfa.Error{StatusCode: 400}, &pingmfa.Error{StatusCode: 201}, &pingmfa.TokenError{}, &pingmfa.ArgumentError{},
		&pingmfa.CallError{Outcome: pingmfa.OutcomeNotSent},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		err := start(ctx, clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, req.Body)
			cancel(other)
			return nil, context.Cause(req.Context())
		})))
		require.ErrorIs(t, err, other)
		assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), "%T", other)
		assert.Contains(t, err.Error(), " (unknown)")
		assert.NotContains(t, err.Error(), "token")
	}
}

// detail is an error that cannot be compared.
type detail struct{ list []string }

func (detail) Error() string { return "detail" }

// Whatever the cause of a context is, the text of an error is that of its own call: also while it waits for a rate
// limit, for a push, or for the rest of a body.
func TestCauseOfAContextDoesNotMislead(t *testing.T) {
	limited := clientWith(t, answer(limitedFor("60")))
	require.Error(t, start(t.Context(), limited))
	held := start(t.Context(), limited)
	for _, cause := range []error{
		detail{[]string{"a"}}, &pingmfa.TokenError{StatusCode: 401, Err: context.Canceled}, held,
		&pingmfa.Error{StatusCode: 400}, &net.DNSError{},
	} {
		for name, call := range map[string]func(context.Context, *pingmfa.Client) error{
			"before": func(ctx context.Context, _ *pingmfa.Client) error { return start(ctx, limited) },
			"start":  start,
			"push": func(ctx context.Context, client *pingmfa.Client) error {
				_, err := client.WaitForPush(ctx, authenticationID)
				return err
			},
		} {
			ctx, cancel := context.WithCancelCause(t.Context())
			client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				if req.Body != nil {
					_, _ = io.Copy(io.Discard, req.Body)
				}
				cancel(cause)
				return nil, context.Cause(req.Context())
			}))
			want := pingmfa.OutcomeUnknown
			if name == "before" {
				cancel(cause)
				want = pingmfa.OutcomeNotSent
			}
			err := call(ctx, client)
			assert.Equal(t, want, pingmfa.OutcomeOf(err), name)
			require.ErrorIs(t, err, context.Canceled)
			assert.Contains(t, err.Error(), ": the context was canceled ("+string(want)+")", "%s: %T", name, cause)
			ended, ok := err.(*pingmfa.CallError) //nolint:errorlint // the call's own error
			require.True(t, ok)
			assert.Equal(t, name == "start", len(ended.Attempts) == 1, "%s: %T", name, cause)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		resp := respond(201, "")
		resp.Body = io.NopCloser(readerFunc(func() error {
			cancel(cause)
			return cause
		}))
		err := start(ctx, clientWith(t, answer(resp)))
		require.ErrorIs(t, err, context.Canceled)
		assert.Contains(t, err.Error(), "201 with a body that ended early: the context was canceled", "%T", cause)
	}
}

// readerFunc is a reader that fails.
type readerFunc func() error

func (f readerFunc) Read([]byte) (int, error) { return 0, f() }

// A context that ends while the token is made keeps the request from being sent.
func TestContextThatEndsWithTheToken(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sent := false
	client := clientWith(t, roundTripperFunc(func(*http.Request) (*http.Response, error) {
		sent = true
		return nil, context.Canceled
	}), func(c *pingmfa.Config) {
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) {
			cancel()
			return "token", nil
		})
	})
	assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(start(ctx, client)))
	assert.False(t, sent)
}

// A call whose context has ended before it began does not ask for a token.
func TestContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked := false
	client := clientWith(t, answer(nil), func(c *pingmfa.Config) {
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) {
			asked = true
			return "token", nil
		})
	})
	assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(start(ctx, client)))
	assert.False(t, asked)
}
