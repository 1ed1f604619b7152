package pingmfa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxBodyBytes bounds the body of a response after decompression. It leaves room for hundreds of devices.
const maxBodyBytes = 1 << 20

var (
	errBodyTooLong = errors.New("body longer than 1 MiB")
	errNoResponse  = errors.New("the transport returned neither a response nor an error")
	// errAttemptOver ends the reading of a request body whose attempt is over.
	errAttemptOver = errors.New("the attempt is over")
	// errSent keeps net/http from sending a request again that may have been sent.
	errSent = fmt.Errorf("the request was sent before: %w", io.ErrUnexpectedEOF)
)

// attempt is one request of a call, with the evidence on whether PingOne can have received all of it.
//
// The evidence is the request's body: while the transport has not read it to its end, the request is certainly
// incomplete, and after the attempt nothing can read the rest, whatever a transport does in the background. A request
// without content is taken for complete as soon as it has a connection, because a server may act on its headers. (If it
// has none, a RoundTripper that outlives its context could still send them.) A POST without content has a body
// nevertheless, of unknown length: without one, Go 1.26 itself repeats it after an HTTP/2 PROTOCOL_ERROR.
type attempt struct {
	operation     string
	number        int // 1 is the first of the call
	authorization string
	payload       []byte
	trace         httptrace.ClientTrace
	first         payloadReader

	// connecting reports that the transport asked for a connection. A transport that never does may send the request in
	// another way.
	connecting atomic.Bool
	reused     atomic.Bool // the connection had been used before

	mu       sync.Mutex
	complete bool // the payload was read to its end, or is empty and has a connection
	over     bool
}

// attemptKey is the key of an attempt in the context of its request.
type attemptKey struct{}

// AttemptOf returns the operation of a request, such as "StartAuthentication", and its number among the requests of its
// call, which begins at 1. A RoundTripper in [Config].HTTPClient reads them from the context of the request, to name
// spans and metrics. ok is false for requests for tokens, and for any other context.
func AttemptOf(ctx context.Context) (operation string, number int, ok bool) {
	a, ok := ctx.Value(attemptKey{}).(*attempt)
	if !ok {
		return "", 0, false
	}
	return a.operation, a.number, true
}

// payloadReader reads the payload of an attempt.
type payloadReader struct {
	attempt *attempt
	unread  []byte
}

func (r *payloadReader) Close() error { return nil }

func (r *payloadReader) Read(p []byte) (int, error) {
	a := r.attempt
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return 0, errAttemptOver
	}
	n := copy(p, r.unread)
	if r.unread = r.unread[n:]; len(r.unread) > 0 {
		return n, nil
	}
	a.complete = true
	return n, io.EOF
}

// again is the request's GetBody. Net/http sends a request again by itself on a dead connection, which is safe, but Go
// 1.26 also after an HTTP/2 RST_STREAM with PROTOCOL_ERROR, after which PingOne may have acted.
func (a *attempt) again() (io.ReadCloser, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.complete {
		return nil, errSent
	}
	return &payloadReader{a, a.payload}, nil
}

// end ends the attempt and returns its outcome if there was no response.
func (a *attempt) end() Outcome {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	if a.connecting.Load() && !a.complete {
		return OutcomeNotSent
	}
	return OutcomeUnknown
}

// transport is the caller's RoundTripper. It changes responses of which an http.Client would make an error without a
// status.
type transport struct{ base http.RoundTripper }

// RoundTrip sends a request. It removes the Location of a redirect, because to follow it would repeat the request and
// could send the token to another host. A CheckRedirect is not enough: http.Client calls GetBody before it.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(req)
	if err == nil && resp == nil {
		err = errNoResponse
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 3 {
		resp.Header.Del("Location")
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	return resp, nil
}

// directClient is an http.Client that does not prepare for redirects, for which an http.Client copies all headers.
type directClient struct{ *http.Client }

// Do sends a request.
func (c directClient) Do(req *http.Request) (*http.Response, error) {
	if c.Jar != nil || c.Timeout > 0 {
		return c.Client.Do(req) //nolint:gosec // New checks the base URLs
	}
	return c.Transport.RoundTrip(req)
}

// response is what came back for one request.
type response struct {
	status        int
	contentType   string
	correlationID string
	retryAfter    time.Duration
	body          []byte
	bodyErr       error
}

// send makes one attempt. If err is non-nil, it returns whether the connection had been used before, and the Outcome.
func (c *Client) send(
	ctx context.Context, call *call, authorization string,
) (resp *response, reused bool, outcome Outcome, err error) {
	a := &attempt{
		operation: call.operation, number: len(call.attempts) + 1, authorization: authorization, payload: call.payload,
	}
	a.first = payloadReader{a, a.payload}
	a.trace.GetConn = func(string) { a.connecting.Store(true) }
	a.trace.GotConn = func(info httptrace.GotConnInfo) {
		a.reused.Store(info.Reused)
		if len(a.payload) == 0 {
			a.mu.Lock()
			a.complete = true
			a.mu.Unlock()
		}
	}
	ctx, cancel := context.WithCancel(context.WithValue(httptrace.WithClientTrace(ctx, &a.trace), attemptKey{}, a))
	defer cancel()
	defer a.end()
	httpResp, err := call.send(c, ctx, call, &a.first)
	if err != nil {
		return nil, a.reused.Load(), a.end(), err
	}
	resp = readResponse(httpResp)
	if end := contextError(ctx); end != nil && resp.bodyErr != nil {
		resp.bodyErr = errors.Join(end, resp.bodyErr)
	}
	return resp, false, "", nil
}

// readResponse reads a response to its end and closes it. It does not read the body of a redirect.
func readResponse(resp *http.Response) *response {
	defer resp.Body.Close()
	r := &response{
		status:        resp.StatusCode,
		contentType:   resp.Header.Get("Content-Type"),
		correlationID: resp.Header.Get("Correlation-Id"),
		retryAfter:    retryAfter(resp.Header.Get("Retry-After")),
	}
	if class := r.status / 100; class != 2 && class < 4 {
		return r
	}
	r.body, r.bodyErr = readBody(resp)
	// A byte order mark may be ignored (RFC 8259, section 8.1).
	r.body = bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf"))
	return r
}

// endedEarly reports whether a body was lost before its end, which can pass.
func endedEarly(bodyErr error) bool { return bodyErr != nil && !errors.Is(bodyErr, errBodyTooLong) }

// readBody reads a body to its end, or fails if it is too long. The Content-Length is a hint alone: a RoundTripper may
// leave it at 0, and closing an HTTP/2 response that was read no further than it says resets the stream.
func readBody(resp *http.Response) ([]byte, error) {
	body := make([]byte, 0, min(max(resp.ContentLength, 0), 64<<10)+1)
	for {
		n, err := resp.Body.Read(body[len(body):min(cap(body), maxBodyBytes+1)])
		switch body = body[:len(body)+n]; {
		case len(body) > maxBodyBytes:
			return nil, errBodyTooLong
		case err == io.EOF:
			return body, nil
		case err != nil:
			return body, err
		case len(body) == cap(body):
			body = slices.Grow(body, max(len(body), bytes.MinRead))
		}
	}
}
