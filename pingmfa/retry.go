package pingmfa

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Retry says how often and how long a call is repeated. Only a request that PingOne certainly did not act on is
// repeated: it was not sent, for a reason that can pass; 401 to a cached token (once, with a new token); 429 with a
// Retry-After. After a 5xx, a timeout or a lost connection, a request that may have been sent is never repeated,
// whatever the settings, with one exception: a request that reads an authentication, which changes nothing.
//
// A 429 with a Retry-After holds back all calls of the client, for at most 5 minutes, because they share PingOne's
// limits. A quota ([CodeQuotaExceeded]), which belongs to one user, does not.
type Retry struct {
	// Attempts is the largest number of requests of a call, the first included. 0 means 3. 1 disables retries.
	Attempts int
	// MaxWait bounds the sum of the waits between the attempts of a call. 0 means 10 seconds. If it is negative, a call
	// never waits.
	MaxWait time.Duration
	// Backoff is the wait after the first failed connection, or the first failed response to a read. It doubles with each
	// further one. 0 means 100 milliseconds.
	Backoff time.Duration
}

func (r Retry) withDefaults() Retry {
	return Retry{
		Attempts: cmp.Or(r.Attempts, 3),
		MaxWait:  cmp.Or(r.MaxWait, 10*time.Second),
		Backoff:  cmp.Or(r.Backoff, 100*time.Millisecond),
	}
}

// call is one call of an operation, after its arguments were checked and encoded.
type call struct {
	operation   string
	contentType string
	payload     []byte
	userID      string
	id          string // of the authentication or of the device
	options     callOptions
	reads       bool // the request changes nothing, and may be repeated whatever happened
	// send sends one request through the generated client.
	send func(c *Client, ctx context.Context, call *call, body io.Reader) (*http.Response, error)

	attempts []Attempt
	first    [1]Attempt // room for the only attempt of most calls
}

// exchange sends a request, repeats it where that is certainly safe, and returns the last response. Its error is a
// *CallError: there was no response.
func (c *Client) exchange(ctx context.Context, call *call) (*response, error) {
	var (
		next    time.Time // the next attempt is not sent before
		waited  time.Duration
		renewed bool
		backoff = c.retry.Backoff
	)
	call.attempts = call.first[:0]
	fail := func(outcome Outcome, err error) *CallError {
		if ctx.Err() != nil {
			err = errors.Join(contextError(ctx), err)
		}
		return &CallError{Outcome: outcome, Attempts: call.attempts, Err: err, operation: call.operation}
	}
	mayWait := func(d time.Duration) bool {
		deadline, bounded := ctx.Deadline()
		return waited+d <= c.retry.MaxWait && ctx.Err() == nil && (!bounded || time.Until(deadline) > d)
	}
	for {
		for wait := c.rateLimit.wait(); wait > 0; wait = c.rateLimit.wait() {
			if !mayWait(wait) {
				held := fail(OutcomeNotSent, errRateLimited)
				held.RetryAfter = wait
				return nil, held
			}
			if err := sleep(ctx, wait); err != nil {
				return nil, fail(OutcomeNotSent, err)
			}
			waited += wait
		}
		if pause := time.Until(next); pause > 0 {
			if err := sleep(ctx, pause); err != nil {
				return nil, fail(OutcomeNotSent, err)
			}
			waited += pause
			continue // Another call may have met a rate limit meanwhile.
		}
		if ctx.Err() != nil {
			return nil, fail(OutcomeNotSent, contextError(ctx))
		}
		authorization, cached, err := c.tokens.authorization(ctx)
		if err == nil {
			err = contextError(ctx)
		}
		if err != nil {
			return nil, fail(OutcomeNotSent, err)
		}
		start := c.logStart()
		resp, reused, outcome, err := c.send(ctx, call, authorization)
		attempt := Attempt{Outcome: outcome}
		if err == nil {
			attempt = Attempt{resp.status, resp.correlationID, resp.outcome()}
		}
		call.attempts = append(call.attempts, attempt)
		c.log(ctx, slog.LevelDebug, "pingmfa attempt", call, start, attempt.Outcome, nil)
		again := len(call.attempts) < c.retry.Attempts
		if err != nil {
			switch {
			case !again:
			case outcome == OutcomeNotSent && reused: // The connection was kept too long. The next one may be a new one.
				continue
			case (call.reads && !isRefusedCertificate(err) || outcome == OutcomeNotSent && isTemporary(err)) &&
				mayWait(backoff):
				next, backoff = time.Now().Add(backoff), backoff*2
				continue
			}
			return nil, fail(outcome, err)
		}
		switch status := resp.status; {
		case status == http.StatusUnauthorized:
			if decodeError(call, resp).Has(CodeInsufficientPermissions) {
				break // Another token has the same permissions.
			}
			c.tokens.drop(authorization)
			if again && cached && !renewed && attempt.Outcome == OutcomeRefused {
				renewed = true
				continue
			}
		case status == http.StatusTooManyRequests:
			pause := resp.retryAfter
			// A quota, such as the messages of one user in a day, does not concern the calls for other users.
			if pause > 0 && !decodeError(call, resp).Has(CodeQuotaExceeded) {
				c.rateLimit.hold(pause)
			}
			if again && pause > 0 && mayWait(pause) && attempt.Outcome == OutcomeRefused {
				next = time.Now().Add(pause)
				continue
			}
		case call.reads && (isTemporaryStatus(status) || endedEarly(resp.bodyErr)):
			pause := max(resp.retryAfter, backoff)
			if again && mayWait(pause) {
				next, backoff = time.Now().Add(pause), backoff*2
				continue
			}
		}
		return resp, nil
	}
}

// isRefusedCertificate reports whether a certificate was refused. It will be refused again.
func isRefusedCertificate(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError))
}

// isTemporaryStatus reports whether a request that changes nothing may succeed if it is repeated after this status.
func isTemporaryStatus(status int) bool {
	return status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooManyRequests
}

// isTemporary reports whether a failed connection is worth another try: it was refused, its host was not found, or it
// timed out.
func isTemporary(err error) bool {
	var (
		op      *net.OpError
		dns     *net.DNSError
		timeout net.Error
	)
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &timeout) && timeout.Timeout()
}

// errRateLimited is the cause of a CallError with a RetryAfter.
var errRateLimited = errors.New("an earlier 429 holds back the calls of this client")

// rateLimit holds back every call of a client after a 429, because they share PingOne's limits.
type rateLimit struct {
	mu    sync.Mutex
	until time.Time
}

// maxHold bounds how long one response can hold back a whole client.
const maxHold = 5 * time.Minute

// hold holds back calls for d. It never shortens an earlier wait.
func (l *rateLimit) hold(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(min(d, maxHold)); until.After(l.until) {
		l.until = until
	}
}

// wait returns how long calls are still held back.
func (l *rateLimit) wait() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.IsZero() { // fast path: avoid reading the clock
		return 0
	}
	return max(0, time.Until(l.until))
}

// maxRetryAfter bounds the value of a Retry-After: dates in the next century were seen.
const maxRetryAfter = 24 * time.Hour

// retryAfter parses a Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3). It returns 0 for any
// other value.
func retryAfter(value string) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return maxRetryAfter
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(0, time.Until(date)), maxRetryAfter)
	}
	return 0
}

// sleep waits for d, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

// contextError returns the error and the cause of a context that ended, for errors.Is to find both, or nil.
func contextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return errors.Join(err, cause)
}
