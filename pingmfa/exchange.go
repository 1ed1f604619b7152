package pingmfa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

const headerCorrelationID = "Correlation-Id"

// maxBodyBytes bounds an answer's body, unpacked: room for hundreds of devices.
const maxBodyBytes = 1 << 20

// utf8BOM may stand before a JSON text, and be ignored (RFC 8259, section 8.1).
var utf8BOM = []byte("\xef\xbb\xbf")

var errBodyTooLong = errors.New("body longer than 1 MiB")

// errGivenBack ends an attempt that net/http would repeat after the request was written.
var errGivenBack = fmt.Errorf("the server gave the request back: %w", io.ErrUnexpectedEOF)

// errNoResponse is the fault of a RoundTripper that breaks its contract.
var errNoResponse = errors.New("the transport returned neither a response nor an error")

// answer is what came back for one request.
type answer struct {
	status        int
	header        http.Header
	body          []byte
	bodyErr       error
	correlationID string
	retryAfter    time.Duration
	attempts      []Attempt
}

func (a *answer) success() bool { return a.status >= 200 && a.status < 300 }

// outcome is what an answer says. Each one of PingOne's has a Correlation-Id: a 2xx that has none and is not even JSON
// is the page of somebody in between, who may have let the request through or not.
func (a *answer) outcome() Outcome {
	if a.success() && a.correlationID == "" && !jsonType(a.header) {
		return OutcomeUnknown
	}
	return outcomeOfStatus(a.status)
}

// evidence is what the transport reports of one request: enough to say whether PingOne can have had all of it. The body
// is written after the headers, so a request whose headers were not written is certainly incomplete.
type evidence struct {
	asked   atomic.Bool // a connection was asked for: the transport does report
	written atomic.Bool // the headers were written
}

// attempt is what the request of one attempt is made of, allocated at once. No other request has a part in it.
type attempt struct {
	evidence

	trace  httptrace.ClientTrace
	to     url.URL
	body   bytes.Reader
	values [3]string
}

// outcome is the outcome of a request that got no answer. Somebody else's RoundTripper is believed only once it
// reported something.
func (e *evidence) outcome(rt http.RoundTripper) Outcome {
	_, known := rt.(*http.Transport)
	if !e.written.Load() && (known || e.asked.Load()) {
		return OutcomeNotSent
	}
	return OutcomeUnknown
}

// exchange sends a request, and again where that is certain to be harmless, and returns PingOne's last answer. Its
// error is a *CallError: there was no answer.
func (c *Client) exchange(ctx context.Context, call *call) (*answer, error) {
	var (
		attempts = call.first[:0]
		pause    time.Duration // what the last attempt asks to wait
		waited   time.Duration
		renewed  bool
		backoff  = c.retry.Backoff
	)
	fail := func(outcome Outcome, err error) *CallError {
		// A context that was cancelled with a cause reports that cause alone: errors.Is has to see both.
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = errors.Join(ended, err)
		}
		return &CallError{Outcome: outcome, Attempts: slices.Clone(attempts), Err: err, operation: call.operation}
	}
	for {
		for wait := max(pause, c.gate.remaining(c.clock)); wait > 0; wait = c.gate.remaining(c.clock) {
			if !c.worthWaiting(ctx, waited, wait) {
				held := fail(OutcomeNotSent, ErrHeldBack)
				held.RetryAfter = wait
				return nil, held
			}
			if err := c.clock.Sleep(ctx, wait); err != nil {
				return nil, fail(OutcomeNotSent, err)
			}
			waited += wait
		}
		token, kept, err := c.tokens.token(ctx)
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, fail(OutcomeNotSent, err)
		}
		start := c.logStart()
		answer, outcome, err := c.send(ctx, call, token)
		attempts = append(attempts, newAttempt(answer, outcome))
		c.logAttempt(ctx, call.operation, attempts, start)
		again := len(attempts) < c.retry.Attempts
		if err != nil {
			pause, backoff = backoff, backoff*2
			if again && outcome == OutcomeNotSent && connectionMayCome(err) && c.worthWaiting(ctx, waited, pause) {
				continue
			}
			return nil, fail(outcome, err)
		}
		answer.attempts = attempts
		pause = 0
		switch answer.status {
		case http.StatusUnauthorized:
			c.tokens.drop(token)
			if again && kept && !renewed {
				renewed = true
				continue
			}
		case http.StatusTooManyRequests:
			pause = answer.retryAfter
			if pause > 0 && !usedUp(answer) {
				c.gate.close(c.clock.Now(), pause)
			}
			if again && pause > 0 && c.worthWaiting(ctx, waited, pause) {
				continue
			}
		}
		return answer, nil
	}
}

// worthWaiting reports whether a wait fits into the client's patience and ends before the context does.
func (c *Client) worthWaiting(ctx context.Context, waited, wait time.Duration) bool {
	return waited+wait <= c.retry.Patience && ctx.Err() == nil && fits(ctx, c.clock.Now(), wait)
}

// send makes one attempt. The outcome goes with its error; an answer speaks for itself.
func (c *Client) send(ctx context.Context, call *call, token string) (*answer, Outcome, error) {
	seen := &attempt{to: *call.to, values: [...]string{"Bearer " + token, "application/json", userAgent}}
	seen.trace.GetConn = func(string) { seen.asked.Store(true) }
	seen.trace.WroteHeaders = func() { seen.written.Store(true) }
	seen.body.Reset(call.body)
	req := call.build(httptrace.WithClientTrace(ctx, &seen.trace), &seen.to, &call.options, &seen.body)
	// net/http sends a request again by itself where it can have the body again: on a dead connection, which is good,
	// but also after an HTTP/2 RST_STREAM with PROTOCOL_ERROR, which does not rule out that it was acted on.
	req.GetBody = func() (io.ReadCloser, error) {
		if seen.written.Load() {
			return nil, errGivenBack
		}
		return io.NopCloser(bytes.NewReader(call.body)), nil
	}
	req.Header["Authorization"] = seen.values[0:1:1]
	req.Header["Accept"] = seen.values[1:2:2]
	req.Header["User-Agent"] = seen.values[2:3:3]
	resp, err := c.do(req)
	if err != nil {
		return nil, seen.outcome(c.http.Transport), err
	}
	call.answer = readAnswer(resp, c.clock)
	return &call.answer, "", nil
}

// do sends a request. http.Client follows redirects, which are refused, and copies all headers in case of one: it is
// used only for what else it does.
func (c *Client) do(req *http.Request) (*http.Response, error) {
	if c.http.Jar != nil || c.http.Timeout > 0 {
		return c.http.Do(req)
	}
	resp, err := c.http.Transport.RoundTrip(req)
	if err == nil && (resp == nil || resp.Body == nil) {
		return nil, errNoResponse
	}
	return resp, err
}

// readAnswer reads an answer and closes its body. That of a redirect is not looked at.
func readAnswer(resp *http.Response, clock Clock) answer {
	defer resp.Body.Close()
	a := answer{
		status:        resp.StatusCode,
		header:        resp.Header,
		correlationID: resp.Header.Get(headerCorrelationID),
		retryAfter:    retryAfter(resp.Header, clock),
	}
	if a.success() || a.status >= http.StatusBadRequest {
		a.body, a.bodyErr = readBody(resp)
		a.body = bytes.TrimPrefix(a.body, utf8BOM)
	}
	return a
}

// readBody reads an answer's body whole, or fails: a body that is too long is never cut.
func readBody(resp *http.Response) ([]byte, error) {
	switch n := resp.ContentLength; {
	case n > maxBodyBytes:
		return nil, errBodyTooLong
	case n >= 0:
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	// As io.ReadAll, whose buffers grow past the limit.
	body := make([]byte, 0, 16<<10)
	for {
		n, err := resp.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBodyBytes:
			return nil, errBodyTooLong
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = append(make([]byte, 0, min(2*cap(body)+1, maxBodyBytes+1)), body...)
		}
	}
}
