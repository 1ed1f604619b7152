package pingmfa_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// replies is a transport that gives one reply after the other, and then the last one again. A reply without a response
// reads the request and fails.
type replies struct {
	list []*http.Response
	sent int
	at   []time.Time
}

func (r *replies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp := r.list[min(r.sent, len(r.list)-1)]
	r.sent++
	r.at = append(r.at, time.Now())
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
	if resp == nil {
		return nil, io.ErrUnexpectedEOF
	}
	body, err := io.ReadAll(resp.Body)
	copied := respond(resp.StatusCode, string(body))
	resp.Body = respond(0, string(body)).Body
	if err != nil { // the body ends early, each time
		copied.Body, resp.Body = io.NopCloser(iotest.ErrReader(err)), io.NopCloser(iotest.ErrReader(err))
	}
	for name, values := range resp.Header {
		copied.Header[name] = values
	}
	return copied, nil
}

const (
	completed = `{"id":"` + authenticationID + `","status":"COMPLETED"}`
	waiting   = `{"id":"` + authenticationID + `","status":"PUSH_CONFIRMATION_REQUIRED"}`
	activated = `{"id":"` + deviceID + `","type":"SMS","status":"ACTIVE"}`
)

// A read may be repeated after anything that can pass. No other call is repeated after a response or a lost connection:
// it may have sent a message or used up a try.
func TestOnlyReadsAreRepeatedAfterUnknown(t *testing.T) {
	lost := []*http.Response{nil, nil, respond(200, completed)}
	failing := []*http.Response{respond(500, ""), respond(503, ""), respond(200, completed)}
	for name, call := range continuations {
		if name == "WaitForPush" {
			continue // its own reads go on for longer
		}
		for kind, list := range map[string][]*http.Response{"lost": lost, "5xx": failing} {
			synctest.Test(t, func(t *testing.T) {
				transport := &replies{list: list}
				err := call(t.Context(), clientWith(t, transport))
				if name == "Authentication" {
					require.NoError(t, err, kind)
					require.Equal(t, 3, transport.sent)
					assert.Equal(t, 100*time.Millisecond, transport.at[1].Sub(transport.at[0]), kind)
					assert.Equal(t, 200*time.Millisecond, transport.at[2].Sub(transport.at[1]), kind)
					return
				}
				assert.Equal(t, 1, transport.sent, "%s after %s", name, kind)
				assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), "%s after %s", name, kind)
			})
		}
	}
}

// A read that goes on failing ends within Retry, with the last failure, and waits as long as PingOne asks for.
func TestReadsAreRepeatedWithinRetry(t *testing.T) {
	slow := respond(503, "")
	slow.Header.Set("Retry-After", "4")
	for _, c := range []struct {
		list     []*http.Response
		retry    pingmfa.Retry
		sent     int
		duration time.Duration
	}{
		{[]*http.Response{nil}, pingmfa.Retry{}, 3, 300 * time.Millisecond},
		{[]*http.Response{nil}, pingmfa.Retry{Attempts: 1}, 1, 0},
		{[]*http.Response{nil}, pingmfa.Retry{MaxWait: -1}, 1, 0},
		{[]*http.Response{respond(502, "")}, pingmfa.Retry{Attempts: 2}, 2, 100 * time.Millisecond},
		{[]*http.Response{slow}, pingmfa.Retry{}, 3, 8 * time.Second},
		{[]*http.Response{slow}, pingmfa.Retry{MaxWait: 7 * time.Second}, 2, 4 * time.Second},
		{[]*http.Response{respond(408, "")}, pingmfa.Retry{Attempts: 2}, 2, 100 * time.Millisecond},
		{[]*http.Response{respond(404, "")}, pingmfa.Retry{}, 1, 0},
		{[]*http.Response{respond(302, "")}, pingmfa.Retry{}, 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			transport := &replies{list: c.list}
			client := clientWith(t, transport, func(config *pingmfa.Config) { config.Retry = c.retry })
			begin := time.Now()
			_, err := client.Authentication(t.Context(), authenticationID)
			require.Error(t, err)
			assert.Equal(t, c.sent, transport.sent)
			assert.Equal(t, c.duration, time.Since(begin))
		})
	}
}

// WaitForPush reads every 2 seconds, 0.2 more or less, until the status changes.
func TestWaitForPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &replies{list: []*http.Response{
			respond(200, waiting), respond(200, waiting), respond(200, waiting), respond(200, completed),
		}}
		auth, err := clientWith(t, transport).WaitForPush(t.Context(), authenticationID)
		require.NoError(t, err)
		assert.Equal(t, pingmfa.StatusCompleted, auth.Status)
		require.Equal(t, 4, transport.sent)
		pauses := map[time.Duration]bool{}
		for i, at := range transport.at[1:] {
			pause := at.Sub(transport.at[i])
			pauses[pause] = true
			assert.InDelta(t, 2*time.Second, pause, float64(200*time.Millisecond))
		}
		assert.Greater(t, len(pauses), 1, "the pauses vary")
	})
}

// A read that fails for a reason that can pass does not end the wait. Any other failure does.
func TestWaitForPushSurvivesWhatCanPass(t *testing.T) {
	limited := respond(429, "")
	limited.Header.Set("Retry-After", "60")
	cut, endless := respond(200, ""), respond(200, strings.Repeat(" ", 1<<20+1))
	cut.Body = io.NopCloser(iotest.ErrReader(io.ErrUnexpectedEOF))
	for name, c := range map[string]struct {
		list  []*http.Response
		ended bool
	}{
		"lost connections": {[]*http.Response{nil, nil, nil, respond(200, completed)}, false},
		"5xx": {[]*http.Response{
			respond(500, ""), respond(502, ""), respond(503, ""), respond(504, ""), respond(200, completed),
		}, false},
		"429":                   {[]*http.Response{limited, respond(200, completed)}, false},
		"lost body":             {[]*http.Response{cut, respond(200, completed)}, false},
		"body too long":         {[]*http.Response{endless, respond(200, completed)}, true},
		"another status":        {[]*http.Response{respond(200, `{"id":"`+authenticationID+`","status":"NEW"}`)}, false},
		"not found":             {[]*http.Response{respond(404, `{"code":"NOT_FOUND"}`), respond(200, completed)}, true},
		"no authentication":     {[]*http.Response{respond(200, `{}`), respond(200, completed)}, true},
		"refused by a gateway":  {[]*http.Response{respond(403, `{"message":"Forbidden"}`), respond(200, completed)}, true},
		"redirect":              {[]*http.Response{respond(302, ""), respond(200, completed)}, true},
		"refused token, always": {[]*http.Response{respond(401, "")}, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			transport := &replies{list: c.list}
			client := clientWith(t, transport, func(config *pingmfa.Config) { config.Retry.Attempts = 1 })
			auth, err := client.WaitForPush(t.Context(), authenticationID)
			if c.ended {
				var refused *pingmfa.Error
				require.ErrorAs(t, err, &refused, name)
				assert.Nil(t, auth)
				assert.Contains(t, err.Error(), "pingmfa: WaitForPush: the response was ")
				assert.Equal(t, 1, transport.sent, name)
				return
			}
			require.NoError(t, err, name)
			assert.Len(t, c.list, transport.sent, name)
		})
	}
}

// A token that cannot be had for good ends the wait, and one that can be had later does not.
func TestWaitForPushWithoutAToken(t *testing.T) {
	for status, passes := range map[int]bool{0: true, 401: false, 400: false, 500: true, 429: true} {
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{answer: func(n int) (*http.Response, error) {
				switch {
				case n == 1 && status == 0:
					return nil, io.ErrUnexpectedEOF
				case n == 1:
					return respond(status, `{"error":"invalid_client"}`), nil
				}
				return goodToken(n)
			}}
			client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/as/token") {
					return e.RoundTrip(req)
				}
				return respond(200, completed), nil
			}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
			auth, err := client.WaitForPush(t.Context(), authenticationID)
			if passes {
				require.NoError(t, err, status)
				assert.NotEmpty(t, auth.Status)
				return
			}
			var token *pingmfa.TokenError
			require.ErrorAs(t, err, &token, status)
			assert.Equal(t, 1, e.tokenRequests())
		})
	}

	synctest.Test(t, func(t *testing.T) {
		asked := 0
		_, err := clientWith(t, answer(nil), func(c *pingmfa.Config) {
			c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { asked++; return "", nil })
		}).WaitForPush(t.Context(), authenticationID)
		require.ErrorContains(t, err, "no usable token")
		assert.Equal(t, 1, asked)
	})
}

// WaitForPush ends with its context, whether it reads or waits, and after 3 minutes without a deadline. The outcome is
// unknown, with the context's error and the last failure. The end of the bubble shows that no goroutine is left.
func TestWaitForPushEndsWithItsContext(t *testing.T) {
	cause := errors.New("canary")
	hung := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	for name, c := range map[string]struct {
		transport http.RoundTripper
		limit     time.Duration
		also      error
	}{
		"waits":               {&replies{list: []*http.Response{respond(200, waiting)}}, 31 * time.Second, nil},
		"reads":               {hung, 31 * time.Second, nil},
		"fails":               {&replies{list: []*http.Response{nil}}, 31 * time.Second, io.ErrUnexpectedEOF},
		"waits, no bound":     {&replies{list: []*http.Response{respond(200, waiting)}}, 0, nil},
		"reads, no bound":     {hung, 0, nil},
		"refused for a while": {&replies{list: []*http.Response{respond(429, `{}`)}}, 31 * time.Second, nil},
		"fails, no bound":     {&replies{list: []*http.Response{nil}}, 0, io.ErrUnexpectedEOF},
		"canceled by cause":   {&replies{list: []*http.Response{respond(200, waiting)}}, -1, cause},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			want, after := context.DeadlineExceeded, 3*time.Minute
			switch {
			case c.limit > 0:
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, c.limit)
				defer stop()
				after = c.limit
			case c.limit < 0:
				want, after = context.Canceled, time.Minute
				time.AfterFunc(time.Minute, func() { cancel(cause) })
			}
			begin := time.Now()
			auth, err := clientWith(t, c.transport).WaitForPush(ctx, authenticationID)
			assert.Nil(t, auth)
			require.ErrorIs(t, err, want, name)
			if c.also != nil {
				require.ErrorIs(t, err, c.also, name)
			}
			assert.Equal(t, after, time.Since(begin), name)
			assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), name)
			assert.Contains(t, err.Error(), "pingmfa: WaitForPush: the ")
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

// A read of a wait does not take the whole time of the wait: it ends with Config.Timeout.
func TestReadsOfAWaitHaveATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads := 0
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			if reads++; reads == 1 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return respond(200, completed), nil
		}), func(c *pingmfa.Config) { c.Timeout = 5 * time.Second })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := client.WaitForPush(ctx, authenticationID)
		require.NoError(t, err)
		assert.InDelta(t, 7*time.Second, time.Since(begin), float64(200*time.Millisecond))
		assert.Equal(t, 2, reads)
	})
}

// PingOne's response to ResendActivation is not documented: any 2xx of PingOne's is a success. One that can be the page
// of an intermediary is not.
func TestResendActivationTakesAnySuccess(t *testing.T) {
	for name, c := range map[string]struct {
		status                           int
		contentType, correlationID, body string
		want                             pingmfa.Outcome
	}{
		"device":               {200, "application/hal+json;charset=UTF-8", policyID, activated, pingmfa.OutcomeAccepted},
		"no content":           {204, "", policyID, "", pingmfa.OutcomeAccepted},
		"empty object":         {202, "application/json", "", "{}", pingmfa.OutcomeAccepted},
		"broken JSON":          {200, "application/json", policyID, "{", pingmfa.OutcomeAccepted},
		"page of PingOne's":    {200, "text/html", policyID, "<html>", pingmfa.OutcomeAccepted},
		"page of somebody":     {200, "text/html", "", "<html>", pingmfa.OutcomeUnknown},
		"nothing of somebody":  {204, "", "", "", pingmfa.OutcomeUnknown},
		"redirect":             {302, "", policyID, "", pingmfa.OutcomeUnknown},
		"page and redirect":    {302, "text/html", "", "<html>", pingmfa.OutcomeUnknown},
		"gateway":              {502, "text/html", "", "<html>", pingmfa.OutcomeUnknown},
		"refused by a gateway": {403, "application/json", "", `{"message":"Forbidden"}`, pingmfa.OutcomeRefused},
	} {
		resp := respond(c.status, c.body)
		resp.Header = http.Header{"Content-Type": {c.contentType}, "Correlation-Id": {c.correlationID}}
		err := clientWith(t, answer(resp)).ResendActivation(t.Context(), userID, deviceID)
		assert.Equal(t, c.want == pingmfa.OutcomeAccepted, err == nil, name)
		assert.Equal(t, c.want, pingmfa.OutcomeOf(err), name)
		assert.Equal(t, c.status == 302, err != nil && strings.Contains(err.Error(), "a redirect"), name)
	}

	err := clientWith(t, answer(respond(400, `{"code":"INVALID_DATA","details":[{"code":"INVALID_VALUE"}]}`))).
		ResendActivation(t.Context(), userID, deviceID)
	require.EqualError(t, err, "pingmfa: ResendActivation: the response was 400 INVALID_DATA: INVALID_VALUE")
}

// What PingOne says of tries and locks is read by its name, whatever the status and the code, and leniently.
func TestTriesAndLocks(t *testing.T) {
	until := time.UnixMilli(1_700_000_000_123)
	const wrong, locked = `"INVALID_OTP"`, `"QUOTA_EXCEEDED"`
	detail := func(code, inner string) string {
		return `{"code":"INVALID_DATA","details":[{"code":"OTHER"},{"code":` + code + `,"innerError":` + inner + `}]}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		tries  int // -1 if PingOne does not say it
		until  time.Time
	}{
		"wrong passcode":   {400, detail(wrong, `{"attemptsRemaining":2}`), 2, time.Time{}},
		"last try":         {400, detail(wrong, `{"attemptsRemaining":0}`), 0, time.Time{}},
		"number in a text": {400, detail(wrong, `{"attemptsRemaining":"2"}`), 2, time.Time{}},
		"activation":       {400, detail(`"INVALID_DATA"`, `{"attemptsRemaining":1}`), 1, time.Time{}},
		"locked":           {400, detail(locked, `{"coolDownExpiresAt":1700000000123}`), -1, until},
		"locked, by 429":   {429, detail(locked, `{"coolDownExpiresAt":"1700000000123"}`), -1, until},
		"both": {
			400, detail(locked, `{"coolDownExpiresAt":1.700000000123e12,"attemptsRemaining":0}`), 0, until,
		},
		"neither":             {400, detail(wrong, `{}`), -1, time.Time{}},
		"no detail":           {400, `{"code":"INVALID_DATA"}`, -1, time.Time{}},
		"a message alone":     {403, `{"message":"Forbidden"}`, -1, time.Time{}},
		"odd values":          {400, detail(wrong, `{"attemptsRemaining":"few","coolDownExpiresAt":true}`), -1, time.Time{}},
		"odd numbers":         {400, detail(wrong, `{"attemptsRemaining":1.5,"coolDownExpiresAt":0}`), -1, time.Time{}},
		"no numbers":          {400, detail(wrong, `{"attemptsRemaining":"NaN","coolDownExpiresAt":"NaN"}`), -1, time.Time{}},
		"negative":            {400, detail(wrong, `{"attemptsRemaining":-1,"coolDownExpiresAt":-1}`), -1, time.Time{}},
		"after the year 9999": {400, detail(locked, `{"coolDownExpiresAt":253402300800000}`), -1, time.Time{}},
		"no object":           {400, detail(wrong, `[1]`), -1, time.Time{}},
		"null":                {400, detail(wrong, `{"attemptsRemaining":null,"coolDownExpiresAt":null}`), -1, time.Time{}},
	} {
		_, err := clientWith(t, answer(respond(c.status, c.body))).CheckOTP(t.Context(), authenticationID, "123456")
		var refused *pingmfa.Error
		require.ErrorAs(t, err, &refused, name)
		tries, ok := refused.AttemptsRemaining()
		assert.Equal(t, c.tries >= 0, ok, name)
		if ok {
			assert.Equal(t, c.tries, tries, name)
		}
		lockedUntil, ok := refused.LockedUntil()
		assert.Equal(t, !c.until.IsZero(), ok, name)
		assert.True(t, c.until.Equal(lockedUntil), "%s: %s", name, lockedUntil)
		assert.Equal(t, pingmfa.OutcomeRefused, pingmfa.OutcomeOf(err), name)
	}
}

// A device that answers as HAL is read.
func TestActivatedDeviceIsRead(t *testing.T) {
	resp := respond(200, activated)
	resp.Header = http.Header{"Content-Type": {"application/hal+json;charset=UTF-8"}}
	client := clientWith(t, answer(resp))
	device, err := client.ActivateDevice(t.Context(), userID, deviceID, pingmfa.ActivationOTP("123456"))
	require.NoError(t, err)
	assert.Equal(t, deviceID, device.ID)
	assert.Equal(t, pingmfa.DeviceActive, device.Status)
}

// A response about another authentication or device is no result: it could log in somebody else.
func TestResponsesAboutAnotherResource(t *testing.T) {
	for name, call := range continuations {
		if name == "ResendActivation" {
			continue // it has no result
		}
		other := respond(200, `{"id":"`+policyID+`","status":"COMPLETED","type":"SMS"}`)
		other.Header.Set("Correlation-Id", policyID)
		err := call(t.Context(), clientWith(t, answer(other)))
		var mixed *pingmfa.Error
		require.ErrorAs(t, err, &mixed, name)
		assert.Equal(t, "a body with another id than the request", mixed.Reason, name)
		assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(err), name)
	}
	same := respond(200, `{"id":"`+strings.ToUpper(authenticationID)+`","status":"COMPLETED"}`)
	_, err := clientWith(t, answer(same)).Authentication(t.Context(), authenticationID)
	require.NoError(t, err, "an id has no case")
}

// A refused certificate is refused again: neither a read nor a wait goes on.
func TestRefusedCertificateEndsReads(t *testing.T) {
	refused := &tls.CertificateVerificationError{Err: errors.New("canary")}
	for name, credentials := range map[string]pingmfa.Credentials{
		"call":  pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		"token": pingmfa.ClientSecret{ID: "id", Secret: "secret"},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			client := clientWith(t, roundTripperFunc(func(*http.Request) (*http.Response, error) {
				sent++
				return nil, refused
			}), func(c *pingmfa.Config) { c.Credentials = credentials })
			begin := time.Now()
			_, err := client.WaitForPush(t.Context(), authenticationID)
			require.ErrorIs(t, err, refused, name)
			assert.Contains(t, err.Error(), "the server's certificate was refused", name)
			assert.Equal(t, 1, sent, name)
			assert.Zero(t, time.Since(begin), name)
		})
	}
}
