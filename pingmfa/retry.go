package pingmfa

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Retry says how often and how long a call goes on by itself. Only a request that PingOne certainly did not act on is
// ever repeated: no connection was had; a 401 to a cached token (once, with a new one); a 429 that names its
// Retry-After. A 5xx, a timeout or a lost connection is never repeated, whatever stands here.
type Retry struct {
	// Attempts is how often a call is sent at most, the first one included. 0: 3. 1 switches repeating off.
	Attempts int
	// Patience bounds the time that a call waits between its attempts, added up, whether after a failed connection or
	// for a 429. 0: 10 seconds. Negative: a call never waits.
	Patience time.Duration
	// Backoff is the wait after the first failed connection; it doubles with each one. 0: 100 milliseconds.
	Backoff time.Duration
}

func (r Retry) withDefaults() Retry {
	if r.Attempts == 0 {
		r.Attempts = 3
	}
	if r.Patience == 0 {
		r.Patience = 10 * time.Second
	}
	if r.Backoff == 0 {
		r.Backoff = 100 * time.Millisecond
	}
	return r
}

// ErrHeldBack is the cause of a [CallError] whose call was not made, because PingOne answered an earlier call of the
// same client with 429 and the wait that it asked for does not fit.
var ErrHeldBack = errors.New("held back by an earlier 429")

// gate holds back every call of a client while a 429 asks to wait: the limits are shared by all of them.
type gate struct {
	mu    sync.Mutex
	until time.Time
}

// maxHold caps how long one answer can keep a whole client from calling.
const maxHold = 5 * time.Minute

func (g *gate) close(now time.Time, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := now.Add(min(d, maxHold)); until.After(g.until) {
		g.until = until
	}
}

func (g *gate) remaining(clock Clock) time.Duration {
	g.mu.Lock()
	until := g.until
	g.mu.Unlock()
	if until.IsZero() { // mostly, and the time of day is not free
		return 0
	}
	return max(0, until.Sub(clock.Now()))
}

// fits reports whether a wait ends before the context does.
func fits(ctx context.Context, now time.Time, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || now.Add(wait).Before(deadline)
}

// maxRetryAfter caps what a Retry-After can say: dates in the next century are seen.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After header: seconds or an HTTP date (RFC 9110, section 10.2.3). 0 when there is none that
// can be read.
func retryAfter(h http.Header, clock Clock) time.Duration {
	value := h.Get("Retry-After")
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if errors.Is(err, strconv.ErrRange) {
		return maxRetryAfter
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(0, date.Sub(clock.Now())), maxRetryAfter)
	}
	return 0
}

// connectionMayCome reports whether a connection that failed is worth another try: it was refused, its host not found,
// or it timed out. A certificate that is refused once is refused again.
func connectionMayCome(err error) bool {
	var (
		op      *net.OpError
		dns     *net.DNSError
		timeout net.Error
	)
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &timeout) && timeout.Timeout()
}
