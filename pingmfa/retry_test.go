package pingmfa_test

import (
	"context"
	"errors"
	"net"
	"net/http"
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
	for _, value := range []string{"600", "99999999999999999999", "Fri, 31 Dec 2099 23:59:59 GMT"} {
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

// A 429 with a short Retry-After does not shorten the wait of an earlier one.
func TestShorterRateLimitDoesNotEndALongerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limitedFor := func(seconds string) *http.Response {
			resp := respond(429, `{"code":"REQUEST_LIMITED"}`)
			resp.Header.Set("Retry-After", seconds)
			return resp
		}
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
		client := clientWith(t, &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}})
		begin := time.Now()
		err := start(t.Context(), client)
		var call *pingmfa.CallError
		require.ErrorAs(t, err, &call)
		assert.Len(t, call.Attempts, 3)
		assert.Equal(t, pingmfa.OutcomeNotSent, call.Outcome)
		assert.Equal(t, 300*time.Millisecond, time.Since(begin))
		assert.Equal(t, "pingmfa: StartAuthentication: dial: connection refused (not sent)", err.Error())
	})
}

// A call without a deadline gets one.
func TestDefaultTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deadline time.Time
		source := pingmfa.TokenFunc(func(ctx context.Context) (string, error) {
			deadline, _ = ctx.Deadline()
			return "", errors.New("enough")
		})
		for timeout, want := range map[time.Duration]time.Time{
			0: time.Now().Add(30 * time.Second), time.Minute: time.Now().Add(time.Minute), -1: {},
		} {
			_, client := newBubbleTenant(t, func(c *pingmfa.Config) { c.Credentials, c.Timeout = source, timeout })
			require.Error(t, start(t.Context(), client))
			assert.Equal(t, want, deadline)
		}
	})
}
