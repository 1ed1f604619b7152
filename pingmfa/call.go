package pingmfa

import (
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
	to        *url.URL
	body      []byte
	// build makes the request of one attempt: each has its own.
	build func(context.Context, *call) (*http.Request, error)
}

// perform makes the call, reads the answer and writes the log record. M is the generated model of the answer and T this
// package's; second is what the contract requires of it besides the id.
func perform[M, T any](
	ctx context.Context, c *Client, call *call, second string, convert converter[M, T],
) (out *T, err error) {
	start := c.clock.Now()
	if _, bounded := ctx.Deadline(); !bounded && c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	answer, err := c.exchange(ctx, call)
	if err == nil {
		out, err = decode(call.operation, answer, second, convert)
	}
	c.logCall(ctx, call.operation, answer, err, start)
	if err == nil && c.onDrift != nil {
		compare(answer.body, reflect.TypeFor[M](), func(pointer string, kind DriftKind) {
			c.onDrift(ctx, Drift{Operation: call.operation, Pointer: pointer, Kind: kind})
		})
	}
	return out, err
}
