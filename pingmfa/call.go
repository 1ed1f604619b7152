package pingmfa

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"reflect"
)

// call is one call of an operation: what its attempts have in common. Once its arguments are checked and encoded, it
// does not change.
type call struct {
	operation string
	check     check
	options   callOptions
	to        *url.URL // not changed: each request gets a copy
	body      []byte
	// build makes the request of one attempt: each has its own.
	build func(ctx context.Context, to *url.URL, options *callOptions, body *bytes.Reader) *http.Request
	// answer is that of the last attempt.
	answer answer
	// first is room for the only attempt that most calls need.
	first [1]Attempt
}

// perform makes the call, reads the answer and writes the log record.
func perform[T any](ctx context.Context, c *Client, call *call, convert func(*answer) *T) (out *T, err error) {
	start := c.logStart()
	if _, bounded := ctx.Deadline(); !bounded && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	answer, err := c.exchange(ctx, call)
	if err == nil {
		out, err = decode(call.operation, answer, convert)
	}
	c.logCall(ctx, call.operation, answer, err, start)
	if err == nil && c.onDrift != nil {
		compare(answer.body, models[reflect.TypeFor[T]()], func(pointer string, kind DriftKind) {
			c.onDrift(ctx, Drift{Operation: call.operation, Pointer: pointer, Kind: kind})
		})
	}
	return out, err
}
