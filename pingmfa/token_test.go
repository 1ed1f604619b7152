package pingmfa_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// endpoint is a PingOne without a network, for tests in a synctest bubble.
type endpoint struct {
	mu     sync.Mutex
	tokens int
	calls  int
	// answer returns the response to the nth request for a token, from 1 on.
	answer func(n int) (*http.Response, error)
	delay  time.Duration
}

func (e *endpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if req.Header.Get("Content-Type") == "application/json" {
		e.calls++
		return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
	}
	e.tokens++
	n, delay, answer := e.tokens, e.delay, e.answer
	e.mu.Unlock()
	defer e.mu.Lock()
	select {
	case <-time.After(delay):
		return answer(n)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

func (e *endpoint) set(delay time.Duration, answer func(int) (*http.Response, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.delay, e.answer = delay, answer
}

func (e *endpoint) tokenRequests() int { e.mu.Lock(); defer e.mu.Unlock(); return e.tokens }
func (e *endpoint) apiCalls() int      { e.mu.Lock(); defer e.mu.Unlock(); return e.calls }

// pass advances the time of the bubble.
func pass(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // virtual time

func goodToken(n int) (*http.Response, error) {
	return respond(200, fmt.Sprintf(`{"access_token":"token-%d","token_type":"Bearer","expires_in":3600}`, n)), nil
}

func (e *endpoint) client(t *testing.T) *pingmfa.Client {
	t.Helper()
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "secret"},
		HTTPClient:    &http.Client{Transport: e},
	})
	require.NoError(t, err)
	return client
}

func start(ctx context.Context, client *pingmfa.Client) error {
	_, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
	return err
}

// together runs n calls at once and returns their errors.
func together(n int, call func() error) []error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = call() })
	}
	group.Wait()
	return errs
}

func TestColdStartMakesOneTokenRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: goodToken, delay: time.Second}
		client := e.client(t)
		for _, err := range together(1000, func() error { return start(t.Context(), client) }) {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, e.tokenRequests())
		assert.Equal(t, 1000, e.apiCalls())
	})
}

func TestFailingTokenEndpointGetsFewRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: func(int) (*http.Response, error) { return nil, errors.New("canary") }}
		client := e.client(t)
		for range 5 {
			for _, err := range together(10, func() error { return start(t.Context(), client) }) {
				var token *pingmfa.TokenError
				require.ErrorAs(t, err, &token)
				assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
				assert.NotContains(t, err.Error(), "canary")
			}
		}
		assert.LessOrEqual(t, e.tokenRequests(), 2)
		assert.Zero(t, e.apiCalls())

		e.set(0, goodToken)
		pass(time.Second)
		require.NoError(t, start(t.Context(), client), "the failure is remembered for a second")
	})
}

// A call whose context ends stops waiting for the token. The other calls get it.
func TestEachCallWaitsWithItsOwnContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: goodToken, delay: 2 * time.Second}
		client := e.client(t)
		var canceled error
		var took time.Duration
		var group sync.WaitGroup
		group.Go(func() {
			begin := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			canceled = start(ctx, client)
			took = time.Since(begin)
		})
		synctest.Wait()
		errs := together(10, func() error { return start(t.Context(), client) })
		group.Wait()
		require.ErrorIs(t, canceled, context.DeadlineExceeded)
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(canceled))
		assert.Equal(t, 100*time.Millisecond, took)
		for _, err := range errs {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, e.tokenRequests())
	})
}

// A token is renewed five minutes before it expires, while calls go on with the old one.
func TestRenewalDoesNotDelayCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: goodToken}
		client := e.client(t)
		require.NoError(t, start(t.Context(), client))
		pass(54 * time.Minute)
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, 1, e.tokenRequests())

		e.set(5*time.Second, goodToken)
		pass(2 * time.Minute)
		begin := time.Now()
		require.NoError(t, start(t.Context(), client))
		assert.Zero(t, time.Since(begin))
		pass(6 * time.Second)
		assert.Equal(t, 2, e.tokenRequests())

		// An endpoint that is down costs nothing while the old token is good.
		e.set(0, func(int) (*http.Response, error) { return respond(503, "<html>"), nil })
		pass(time.Hour - time.Minute)
		for range 2 {
			require.NoError(t, start(t.Context(), client))
			synctest.Wait() // The renewal has failed.
		}
		assert.Equal(t, 3, e.tokenRequests())
		pass(time.Second)
		require.NoError(t, start(t.Context(), client))
		pass(time.Hour)
		require.Error(t, start(t.Context(), client))
	})
}

// A failed connection to the token endpoint is tried again.
func TestTokenFetchTriesAFailedConnectionAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: func(n int) (*http.Response, error) {
			if n < 3 {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			return goodToken(n)
		}}
		begin := time.Now()
		require.NoError(t, start(t.Context(), e.client(t)))
		assert.Equal(t, 3, e.tokenRequests())
		assert.Equal(t, 300*time.Millisecond, time.Since(begin))

		for attempts := 1; attempts < 5; attempts++ {
			down := &endpoint{answer: func(int) (*http.Response, error) {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}}
			client := clientWith(t, down, func(c *pingmfa.Config) {
				c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"}
				c.Retry = pingmfa.Retry{Attempts: attempts, Backoff: time.Second / 10}
			})
			begin := time.Now()
			err := start(t.Context(), client)
			require.EqualError(t, err, "pingmfa: StartAuthentication: no access token: the token endpoint did not respond: "+
				"dial: connection refused (not sent)")
			assert.Equal(t, attempts, down.tokenRequests())
			assert.Equal(t, []time.Duration{0, 100, 300, 700}[attempts-1]*time.Millisecond, time.Since(begin))
		}
	})
}

// A request for a token ends after ten seconds.
func TestTokenFetchHasItsOwnTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: goodToken, delay: time.Hour}
		client := e.client(t)
		begin := time.Now()
		err := start(t.Context(), client)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 10*time.Second, time.Since(begin))
	})
}

// A RoundTripper that panics or ends its goroutine fails the calls that wait, and the next ones ask again.
func TestTokenSurvivesATransportThatPanics(t *testing.T) {
	for name, fail := range map[string]func(){"panic": func() { panic("canary") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{answer: func(int) (*http.Response, error) { fail(); return nil, nil }} //nolint:nilnil // not reached
				client := e.client(t)
				for _, err := range together(3, func() error { return start(t.Context(), client) }) {
					var token *pingmfa.TokenError
					require.ErrorAs(t, err, &token)
					assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
					assert.NotContains(t, err.Error(), "canary")
				}
				e.set(0, goodToken)
				pass(time.Second)
				require.NoError(t, start(t.Context(), client))
			})
		})
	}
}

// The request for a token has the values of the caller's context, such as a trace, and not its end.
func TestTokenRequestHasTheValuesOfTheContext(t *testing.T) {
	type key struct{}
	var got context.Context
	client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/as/token") {
			got = req.Context()
			return goodToken(1)
		}
		return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
	}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
	require.NoError(t, start(context.WithValue(t.Context(), key{}, "trace"), client))
	assert.Equal(t, "trace", got.Value(key{}))
	assert.Equal(t, context.Canceled, got.Err(), "the timer of its own timeout is released")
}

// A token is used until it expires, and not at that moment.
func TestTokenIsUsedUntilItExpires(t *testing.T) {
	for age, fine := range map[time.Duration]bool{time.Hour - 1: true, time.Hour: false} {
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{answer: goodToken}
			client := e.client(t)
			require.NoError(t, start(t.Context(), client))
			e.set(0, func(int) (*http.Response, error) { return respond(503, ""), nil })
			pass(age)
			assert.Equal(t, fine, start(t.Context(), client) == nil, age)
		})
	}
}

// A connection that is refused before a token is renewed does not delay the request with the new one.
func TestRenewalDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, calls := &endpoint{answer: goodToken}, 0
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			if req.Header.Get("Content-Type") == "application/json" {
				switch calls++; calls {
				case 2:
					httptrace.ContextClientTrace(req.Context()).GetConn("auth.pingone.eu:443")
					return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
				case 3:
					return respond(401, `{"code":"ACCESS_FAILED"}`), nil
				}
			}
			return e.RoundTrip(req)
		}), func(c *pingmfa.Config) {
			c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"}
			c.Retry.Attempts = 4
		})
		require.NoError(t, start(t.Context(), client))
		begin := time.Now()
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, 4, calls)
		assert.Equal(t, 100*time.Millisecond, time.Since(begin))
	})
}

// A call renews its token once, even if the second one is in the cache: another call has renewed it in the meantime.
func TestTokenIsRenewedOnceByACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, refused, warm := &endpoint{answer: goodToken}, 0, true
		var client *pingmfa.Client
		client = clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			first := req.Header.Get("Authorization") == "Bearer token-1"
			switch {
			case strings.HasSuffix(req.URL.Path, "/devices") && !first:
				return respond(201, `{"id":"1","type":"TOTP"}`), nil
			case strings.HasSuffix(req.URL.Path, "/deviceAuthentications"):
				if warm {
					return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
				}
				if refused++; first {
					_, err := client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
					require.NoError(t, err)
				}
			case strings.HasSuffix(req.URL.Path, "/as/token"):
				return e.RoundTrip(req)
			}
			return respond(401, `{"code":"ACCESS_FAILED"}`), nil
		}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
		require.NoError(t, start(t.Context(), client))
		warm = false
		require.Error(t, start(t.Context(), client))
		assert.Equal(t, 2, refused)
		assert.Equal(t, 2, e.tokenRequests())
	})
}

// A 401 to an old token does not drop the one that has replaced it.
func TestLateRefusalKeepsTheNewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{answer: goodToken}
		late := make(chan struct{})
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			switch {
			case req.Header.Get("Authorization") != "Bearer token-1":
				return e.RoundTrip(req)
			case strings.HasSuffix(req.URL.Path, "/devices"):
				<-late
			}
			return respond(401, `{"code":"ACCESS_FAILED"}`), nil
		}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
		done := make(chan error)
		go func() {
			_, err := client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
			done <- err
		}()
		synctest.Wait() // It is under way with the first token.
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, 2, e.tokenRequests())
		close(late)
		require.Error(t, <-done) // The endpoint's response is no device.
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, 2, e.tokenRequests(), "the second token is still in use")
	})
}

// A 401 because of missing permissions says nothing of the token: it is kept for all calls. After one of an
// intermediary, the token is renewed, but the call is not repeated.
func TestRefusalOfAnotherKind(t *testing.T) {
	page := respond(401, "<html>")
	page.Header.Set("Content-Type", "text/html")
	permissions := respond(401, `{"code":"ACCESS_FAILED","details":[{"code":"INSUFFICIENT_PERMISSIONS"}]}`)
	for resp, tokens := range map[*http.Response]int{permissions: 1, page: 2} {
		synctest.Test(t, func(t *testing.T) {
			e, refused := &endpoint{answer: goodToken}, 0
			client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/devices") {
					refused++
					return resp, nil
				}
				return e.RoundTrip(req)
			}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
			require.NoError(t, start(t.Context(), client))
			_, err := client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
			require.Error(t, err)
			require.NoError(t, start(t.Context(), client))
			assert.Equal(t, tokens, e.tokenRequests())
			assert.Equal(t, 1, refused)
		})
	}
}
