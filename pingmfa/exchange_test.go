package pingmfa_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// fakeClock is a clock whose waits are over at once, and recorded.
type fakeClock struct {
	now   time.Time
	slept []time.Duration
}

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}

func withClock(c *fakeClock) func(*pingmfa.Config) {
	return func(config *pingmfa.Config) { config.Clock, config.Timeout = c, -1 }
}

func newFakeClock() *fakeClock { return &fakeClock{now: time.Now()} }

func limited(retryAfter string) pingmfatest.Response {
	return pingmfatest.Response{
		Status: 429,
		Header: http.Header{"Retry-After": {retryAfter}},
		Body:   `{"code":"REQUEST_LIMITED","message":"slow down","details":[{"code":"LIMIT_EXCEEDED","message":"m"}]}`,
	}
}

// Only what PingOne certainly did not act on is sent again.
func TestStatusesThatAreNeverRepeated(t *testing.T) {
	for _, status := range []int{300, 301, 302, 307, 400, 403, 404, 408, 415, 429, 500, 502, 503, 504} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: status, Header: http.Header{"Location": {"https://example.com/"}}})
		_, err := x.start(t)
		require.Error(t, err)
		assert.Equal(t, 1, x.calls(), status)
		want := pingmfa.OutcomeUnknown
		if status/100 == 4 {
			want = pingmfa.OutcomeRefused
		}
		assert.Equal(t, want, pingmfa.OutcomeOf(err), status)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	x := newTenant(t)
	_, err := x.start(t)
	require.NoError(t, err)
	x.RevokeTokens()
	_, err = x.start(t)
	require.NoError(t, err)
	assert.Equal(t, 2, x.TokenRequests())
	assert.Len(t, x.Messages(), 2)

	refuse := pingmfatest.Response{Status: 401, Body: `{"code":"ACCESS_FAILED"}`}
	x.script(refuse, refuse)
	_, err = x.start(t)
	var refused *pingmfa.Error
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 401, refused.StatusCode)
	assert.Len(t, refused.Attempts, 2)
	for _, a := range refused.Attempts {
		assert.NotEmpty(t, a.CorrelationID)
		assert.Equal(t, pingmfa.OutcomeRefused, a.Outcome)
	}
	assert.Equal(t, 3, x.TokenRequests())
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	clock := newFakeClock()
	x := newTenant(t, withClock(clock))
	x.script(limited("2"))
	_, err := x.start(t)
	require.NoError(t, err)
	assert.Equal(t, []time.Duration{2 * time.Second}, clock.slept)
	assert.Equal(t, 2, x.calls())
	assert.Len(t, x.Messages(), 1)

	x.script(limited(clock.now.Add(5 * time.Second).UTC().Format(http.TimeFormat)))
	_, err = x.start(t)
	require.NoError(t, err)
	assert.InDelta(t, 5, clock.slept[1].Seconds(), 1)
}

// A wait that does not fit ends the call, and those that come after it: they would only be refused, too.
func TestRateLimitThatDoesNotFitHoldsBackTheClient(t *testing.T) {
	for _, value := range []string{"60", "99999999999999999999", "Fri, 31 Dec 2099 23:59:59 GMT"} {
		clock := newFakeClock()
		x := newTenant(t, withClock(clock))
		x.script(limited(value))
		_, err := x.start(t)
		var refused *pingmfa.Error
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, 429, refused.StatusCode)
		assert.LessOrEqual(t, refused.RetryAfter, 24*time.Hour)

		_, err = x.start(t)
		require.ErrorIs(t, err, pingmfa.ErrHeldBack)
		var held *pingmfa.CallError
		require.ErrorAs(t, err, &held)
		assert.Positive(t, held.RetryAfter)
		assert.Empty(t, held.Attempts)
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
		assert.Equal(t, 1, x.calls())
		assert.Empty(t, clock.slept)

		clock.now = clock.now.Add(5 * time.Minute)
		_, err = x.start(t)
		require.NoError(t, err, "an absurd wait holds a client back for five minutes at most")
	}
}

// A user's quota is not the other users' concern.
func TestQuotaHoldsBackNobodyElse(t *testing.T) {
	x := newTenant(t)
	answer := limited("3600")
	answer.Body = `{"code":"REQUEST_LIMITED","details":[{"code":"QUOTA_EXCEEDED"}]}`
	x.script(answer)
	_, err := x.start(t)
	require.Error(t, err)
	_, err = x.start(t)
	require.NoError(t, err)
}

func TestRateLimitWithoutRetryAfterIsNotRepeated(t *testing.T) {
	for _, value := range []string{"", "soon", "-1", "1.5", "0"} {
		x := newTenant(t)
		x.script(limited(value))
		_, err := x.start(t)
		require.Error(t, err)
		assert.Equal(t, 1, x.calls())
		_, err = x.start(t)
		require.NoError(t, err)
	}
}

func TestRepeatingCanBeSwitchedOff(t *testing.T) {
	x := newTenant(t, func(c *pingmfa.Config) { c.Retry.Attempts = 1 })
	_, err := x.start(t)
	require.NoError(t, err)
	x.RevokeTokens()
	_, err = x.start(t)
	require.Error(t, err)
	x.script(limited("1"))
	_, err = x.start(t)
	require.Error(t, err)

	impatient := newTenant(t, func(c *pingmfa.Config) { c.Retry.Patience = -1 })
	impatient.script(limited("1"))
	_, err = impatient.start(t)
	require.Error(t, err)
	assert.Equal(t, 1, impatient.calls())
}

// A refused connection is tried again, after waits that double; what was not sent cannot be sent twice.
func TestFailedConnectionsAreTriedAgain(t *testing.T) {
	clock := newFakeClock()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		AuthURL:       nobody,
		APIURL:        nobody,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		Clock:         clock,
	})
	require.NoError(t, err)
	_, err = client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
	var call *pingmfa.CallError
	require.ErrorAs(t, err, &call)
	assert.Len(t, call.Attempts, 3)
	assert.Equal(t, pingmfa.OutcomeNotSent, call.Outcome)
	assert.Equal(t, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, clock.slept)
	assert.Contains(t, err.Error(), "connection refused")
}

// An answer that comes too late may have been acted on, and is not asked for again.
func TestTimeoutAfterWritingIsUnknown(t *testing.T) {
	arrived, stop := make(chan struct{}, 9), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-stop
	}))
	defer server.Close()
	defer close(stop)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		AuthURL:       server.URL,
		APIURL:        server.URL,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err = client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
	assert.Empty(t, arrived)

	because := errors.New("canary")
	ctx, cancelWith := context.WithCancelCause(t.Context())
	cancelWith(because)
	_, err = client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, because)
	assert.NotContains(t, err.Error(), "canary")
	assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err), "a context that ended before the call")
}

// A RoundTripper that reports nothing is not believed: its failure may have come after the request went out.
func TestSilentTransportIsUnknown(t *testing.T) {
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		HTTPClient: &http.Client{Transport: roundTripperFunc(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: errors.New("canary")}
		})},
	})
	require.NoError(t, err)
	_, err = client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
	assert.NotContains(t, err.Error(), "canary")
}

// What goes over the wire is what the contract says, and nothing that makes net/http repeat a POST.
func TestHeadersOfARequest(t *testing.T) {
	x := newTenant(t)
	_, err := x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID},
		pingmfa.WithTransactionID("order-4711"), pingmfa.WithSessionID("session/1"), nil)
	require.NoError(t, err)
	header := x.Requests(pingmfatest.OpCreateDeviceAuthentication)[0].Header
	assert.Equal(t, "application/json", header.Get("Content-Type"))
	assert.Equal(t, "order-4711", header.Get("X-Ping-External-Transaction-ID"))
	assert.Equal(t, "session/1", header.Get("X-Ping-External-Session-ID"))
	assert.Equal(t, "pingmfa-go/"+pingmfa.Version, header.Get("User-Agent"))
	assert.Equal(t, "application/json", header.Get("Accept"))
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key", "Cookie", "Referer"} {
		assert.Empty(t, header.Values(name))
	}
	_, err = x.start(t)
	require.NoError(t, err)
	header = x.Requests(pingmfatest.OpCreateDeviceAuthentication)[1].Header
	assert.Empty(t, header.Values("X-Ping-External-Transaction-ID"))
}

// A call without a deadline gets one.
func TestDefaultTimeout(t *testing.T) {
	var deadline time.Time
	source := pingmfa.TokenFunc(func(ctx context.Context) (string, error) {
		deadline, _ = ctx.Deadline()
		return "", errors.New("enough")
	})
	for timeout, want := range map[time.Duration]time.Duration{0: 30 * time.Second, time.Minute: time.Minute} {
		x := newTenant(t, func(c *pingmfa.Config) { c.Credentials, c.Timeout = source, timeout })
		_, err := x.start(t)
		require.Error(t, err)
		assert.WithinDuration(t, time.Now().Add(want), deadline, 10*time.Second)
	}
	x := newTenant(t, func(c *pingmfa.Config) { c.Credentials, c.Timeout = source, -1 })
	_, err := x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
	require.Error(t, err)
	assert.True(t, deadline.IsZero())
}
