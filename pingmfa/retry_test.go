package pingmfa_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func limited(retryAfter string) pingmfatest.Response {
	return pingmfatest.Response{
		Status: 429,
		Header: http.Header{"Retry-After": {retryAfter}},
		Body:   `{"code":"REQUEST_LIMITED","message":"slow down","details":[{"code":"LIMIT_EXCEEDED","message":"m"}]}`,
	}
}

// limitedFor is the same for a transport that is a function.
func limitedFor(seconds string) *http.Response {
	resp := respond(429, `{"code":"REQUEST_LIMITED"}`)
	resp.Header.Set("Retry-After", seconds)
	return resp
}

// A response with any of these statuses ends the call.
func TestStatusesThatAreNeverRepeated(t *testing.T) {
	for _, status := range []int{300, 301, 302, 307, 400, 403, 404, 408, 415, 429, 500, 502, 503, 504} {
		x := newTenant(t)
		_, err := x.start(t) // The token of the next call is a cached one.
		require.NoError(t, err)
		header := http.Header{"Location": {"https://example.com/"}}
		if status != 429 {
			header.Set("Retry-After", "1")
		}
		x.script(pingmfatest.Response{Status: status, Header: header})
		_, err = x.start(t)
		require.Error(t, err)
		assert.Equal(t, 2, x.calls(), status)
		want := pingmfa.OutcomeUnknown
		if status/100 == 4 {
			want = pingmfa.OutcomeRefused
		}
		assert.Equal(t, want, pingmfa.OutcomeOf(err), status)
	}
}

// A page without a Correlation-Id can be that of an intermediary that had forwarded the request, whatever its status.
func TestPagesOfIntermediariesAreUnknown(t *testing.T) {
	for _, status := range []int{200, 401, 403, 404, 408, 429, 499} {
		x := newTenant(t)
		_, err := x.start(t) // The token of the next call is a cached one.
		require.NoError(t, err)
		x.script(pingmfatest.Response{Status: status, Body: "<html>", Header: http.Header{
			"Content-Type": {"text/html"}, "Correlation-Id": nil, "Retry-After": {"1"},
		}})
		_, err = x.start(t)
		var page *pingmfa.Error
		require.ErrorAs(t, err, &page, status)
		assert.NotEmpty(t, page.Reason, status)
		assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), status)
		assert.Equal(t, 2, x.calls(), status)
	}
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	x := newTenant(t)
	_, err := x.start(t)
	require.NoError(t, err)
	x.RevokeTokens()
	_, err = x.start(t)
	require.NoError(t, err)
	assert.Len(t, x.Requests(pingmfatest.OpToken), 2)
	assert.Len(t, x.Messages(), 2)

	refuse := pingmfatest.Response{Status: 401, Body: `{"code":"ACCESS_FAILED"}`}
	y := newTenant(t)
	y.script(refuse)
	_, err = y.start(t)
	require.Error(t, err, "a token that is new is not renewed")
	assert.Equal(t, 1, y.calls())
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
	assert.Len(t, x.Requests(pingmfatest.OpToken), 3)
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	for name, retryAfter := range map[string]func() string{
		"seconds": func() string { return "2" },
		"date":    func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake, client := newBubbleTenant(t)
				fake.Script(pingmfatest.OpCreateDeviceAuthentication, limited(retryAfter()))
				begin := time.Now()
				require.NoError(t, start(t.Context(), client))
				assert.Equal(t, 2*time.Second, time.Since(begin))
				assert.Len(t, fake.Requests(pingmfatest.OpCreateDeviceAuthentication), 2)
			})
		})
	}
}

// A wait that is longer than the call may wait ends the call and holds back those after it, for five minutes at most.
func TestRateLimitThatDoesNotFitHoldsBackTheClient(t *testing.T) {
	for _, value := range []string{"600", "100000", "99999999999999999999", "Fri, 31 Dec 2099 23:59:59 GMT"} {
		t.Run(value, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake, client := newBubbleTenant(t)
				fake.Script(pingmfatest.OpCreateDeviceAuthentication, limited(value))
				begin := time.Now()
				err := start(t.Context(), client)
				var refused *pingmfa.Error
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, 429, refused.StatusCode)
				want := 24 * time.Hour
				if value == "600" {
					want = 10 * time.Minute
				}
				assert.Equal(t, want, refused.RetryAfter)

				pass(time.Minute)
				var held *pingmfa.CallError
				require.ErrorAs(t, start(t.Context(), client), &held)
				assert.Equal(t, 4*time.Minute, held.RetryAfter)
				assert.Empty(t, held.Attempts)
				assert.Equal(t, pingmfa.OutcomeNotSent, held.Outcome)
				assert.Contains(t, held.Error(), "429")
				assert.Len(t, fake.Requests(pingmfatest.OpCreateDeviceAuthentication), 1)

				pass(4*time.Minute - 5*time.Second)
				require.NoError(t, start(t.Context(), client), "five seconds are a wait that fits")
				assert.Equal(t, 5*time.Minute, time.Since(begin))
			})
		})
	}
}

// A wait of MaxWait fits, and so does one that ends before the deadline of the call.
func TestRateLimitThatJustFits(t *testing.T) {
	for name, c := range map[string]struct {
		responses []string // the values of Retry-After
		deadline  time.Duration
		sent      int
		took      time.Duration
	}{
		"default":               {[]string{"10"}, time.Hour, 2, 10 * time.Second},
		"more than the default": {[]string{"11"}, time.Hour, 1, 0},
		"sum":                   {[]string{"4", "6"}, time.Hour, 3, 10 * time.Second},
		"sum that is too long":  {[]string{"4", "7"}, time.Hour, 2, 4 * time.Second},
		"before the deadline":   {[]string{"4"}, 5 * time.Second, 2, 4 * time.Second},
		"at the deadline":       {[]string{"5"}, 5 * time.Second, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake, client := newBubbleTenant(t)
				for _, value := range c.responses {
					fake.Script(pingmfatest.OpCreateDeviceAuthentication, limited(value))
				}
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				begin := time.Now()
				err := start(ctx, client)
				assert.Equal(t, c.took, time.Since(begin))
				assert.Len(t, fake.Requests(pingmfatest.OpCreateDeviceAuthentication), c.sent)
				var refused *pingmfa.Error
				assert.Equal(t, c.sent == len(c.responses), errors.As(err, &refused), "%v", err)
			})
		})
	}
}

// A call that waits for a rate limit goes on to wait when another call meets a longer one.
func TestLongerRateLimitHoldsBackACallThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var sent []time.Duration
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "/devices") {
				pass(time.Second)
				return limitedFor("60"), nil
			}
			if sent = append(sent, time.Since(begin)); len(sent) == 1 {
				return limitedFor("2"), nil
			}
			return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
		}), func(c *pingmfa.Config) {
			c.Retry = pingmfa.Retry{Attempts: 2, MaxWait: 61 * time.Second}
			c.Timeout = -1
		})
		done := make(chan error)
		go func() {
			_, err := client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
			done <- err
		}()
		synctest.Wait() // It has been sent.
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, []time.Duration{0, 61 * time.Second}, sent)
		require.Error(t, <-done)
	})
}

// A request that was certainly not sent is sent again at once if the connection was kept too long, after a wait if none
// was established, and not at all after another failure. No attempt waits for the pause of an earlier one.
func TestEvidenceDecidesWhatIsSentAgain(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for name, c := range map[string]struct {
		conn   string
		err    error
		before *http.Response // of the attempt before
		sent   int
		took   time.Duration
	}{
		"refused connection":          {"", dial, nil, 3, 300 * time.Millisecond},
		"unknown host":                {"", &net.DNSError{}, nil, 3, 300 * time.Millisecond},
		"timeout":                     {"", os.ErrDeadlineExceeded, nil, 3, 300 * time.Millisecond},
		"write":                       {"new", &net.OpError{Op: "write", Err: syscall.EPIPE}, nil, 1, 0},
		"error that is no timeout":    {"", &net.AddrError{}, nil, 1, 0},
		"kept connection":             {"kept", &net.OpError{Op: "write", Err: syscall.EPIPE}, nil, 3, 0},
		"kept connection after a 429": {"kept", io.EOF, limitedFor("2"), 3, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
					sent++
					if sent == 1 && c.before != nil {
						return c.before, nil
					}
					trace := httptrace.ContextClientTrace(req.Context())
					trace.GetConn("auth.pingone.eu:443")
					if c.conn != "" {
						trace.GotConn(httptrace.GotConnInfo{Reused: c.conn == "kept"})
					}
					return nil, c.err
				}))
				begin := time.Now()
				err := start(t.Context(), client)
				var call *pingmfa.CallError
				require.ErrorAs(t, err, &call)
				assert.Equal(t, pingmfa.OutcomeNotSent, call.Outcome)
				assert.Len(t, call.Attempts, c.sent)
				assert.Equal(t, c.sent, sent)
				assert.Equal(t, c.took, time.Since(begin))
			})
		})
	}
}

// A 429 with a short Retry-After does not shorten the wait of an earlier one.
func TestShorterRateLimitDoesNotEndALongerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := make(chan struct{})
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			if strings.HasSuffix(req.URL.Path, "/devices") {
				<-first
				return limitedFor("1"), nil
			}
			return limitedFor("60"), nil
		}))
		done := make(chan error)
		go func() {
			_, err := client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
			done <- err
		}()
		synctest.Wait() // It has been sent.
		require.Error(t, start(t.Context(), client))
		close(first)
		require.Error(t, <-done)
		var held *pingmfa.CallError
		require.ErrorAs(t, start(t.Context(), client), &held)
		assert.Equal(t, time.Minute, held.RetryAfter)
	})
}

// The quota of one user does not hold back the calls for others.
func TestQuotaDoesNotHoldBackOtherCalls(t *testing.T) {
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
	for _, value := range []string{"", "soon", "-1", "1.5", "0", "0x1"} {
		x := newTenant(t)
		x.script(limited(value))
		_, err := x.start(t)
		require.Error(t, err)
		assert.Equal(t, 1, x.calls())
		_, err = x.start(t)
		require.NoError(t, err)
	}
}

func TestRetriesCanBeDisabled(t *testing.T) {
	x := newTenant(t, func(c *pingmfa.Config) { c.Retry.Attempts = 1 })
	_, err := x.start(t)
	require.NoError(t, err)
	x.RevokeTokens()
	_, err = x.start(t)
	require.Error(t, err)
	x.script(limited("1"))
	_, err = x.start(t)
	require.Error(t, err)
	assert.Equal(t, 3, x.calls())

	x = newTenant(t, func(c *pingmfa.Config) { c.Retry.MaxWait = -1 })
	x.script(limited("1"))
	_, err = x.start(t)
	require.Error(t, err)
	assert.Equal(t, 1, x.calls())
}

// A refused connection is tried again, after waits that double.
func TestFailedConnectionsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}}
		for maxWait, attempts := range map[time.Duration]int{0: 3, 299 * time.Millisecond: 2, -1: 1} {
			client := clientWith(t, transport, func(c *pingmfa.Config) { c.Retry.MaxWait = maxWait })
			begin := time.Now()
			err := start(t.Context(), client)
			var call *pingmfa.CallError
			require.ErrorAs(t, err, &call)
			assert.Len(t, call.Attempts, attempts)
			assert.Equal(t, pingmfa.OutcomeNotSent, call.Outcome)
			assert.Equal(t, []time.Duration{0, 100, 300}[attempts-1]*time.Millisecond, time.Since(begin))
			assert.Equal(t, "pingmfa: StartAuthentication: dial: connection refused (not sent)", err.Error())
		}
	})
}
