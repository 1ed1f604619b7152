package pingmfa_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// What a caller's http.Client does besides redirects, it still does: its time limit holds, its jar gets cookies, and a
// redirect is refused all the same.
func TestHTTPClientKeepsItsLimitAndItsJar(t *testing.T) {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	for name, client := range map[string]*http.Client{
		"neither": {}, "limit": {Timeout: time.Minute}, "jar": {Jar: jar},
	} {
		x := newTenant(t, func(c *pingmfa.Config) { c.HTTPClient = client })
		_, err := x.start(t)
		require.NoError(t, err, name)
		x.script(pingmfatest.Response{Status: 307, Header: http.Header{"Location": {x.AuthURL}}})
		_, err = x.start(t)
		require.Error(t, err, name)
		assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), name)
		assert.Equal(t, 2, x.calls(), name)
	}

	x := newTenant(t, func(c *pingmfa.Config) {
		c.HTTPClient = &http.Client{Timeout: time.Nanosecond}
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil })
		c.Retry.Attempts = 1
	})
	_, err = x.start(t)
	var call *pingmfa.CallError
	require.ErrorAs(t, err, &call)
	assert.Zero(t, x.calls())
}

// A RoundTripper that breaks its contract breaks nothing here.
func TestTransportWithoutAnAnswerIsUnknown(t *testing.T) {
	for _, resp := range []*http.Response{nil, {StatusCode: http.StatusCreated}} {
		x := newTenant(t, func(c *pingmfa.Config) {
			c.HTTPClient = &http.Client{Transport: roundTripperFunc(func(*http.Request) (*http.Response, error) {
				return resp, nil //nolint:nilnil // that is the fault
			})}
			c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil })
		})
		_, err := x.start(t)
		require.Error(t, err)
		assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
	}
}

// A call that is repeated sends a request of its own each time, and its error tells of all of them.
func TestAttemptsOfACallAreApart(t *testing.T) {
	var seen []*http.Request
	clock := newFakeClock()
	x := newTenant(t, withClock(clock), func(c *pingmfa.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(req.Clone(req.Context()))
			if strings.HasSuffix(req.URL.Path, "/as/token") {
				return resp, err
			}
			seen = append(seen, req)
			req.URL.Path, req.Header["Accept"][0] = "/spoilt", "spoilt" // what no RoundTripper may do
			return resp, err
		})}
	})
	x.script(limited("1"), limited("2"), pingmfatest.Response{Status: 400, Body: `{"code":"INVALID_DATA"}`})
	_, err := x.start(t)
	var refused *pingmfa.Error
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Attempts, 3)
	assert.Equal(t, []int{429, 429, 400},
		[]int{refused.Attempts[0].StatusCode, refused.Attempts[1].StatusCode, refused.Attempts[2].StatusCode})
	require.Len(t, seen, 3)
	assert.NotSame(t, seen[0].URL, seen[1].URL)
	assert.Equal(t, 3, x.calls(), "each went to the right place")
}
