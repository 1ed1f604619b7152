package pingmfa_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
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
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestTokenResponses(t *testing.T) {
	const bearer = `"access_token":"t","token_type":"Bearer"`
	for name, c := range map[string]struct {
		status int
		body   string
		// after how long the token is asked for again; 0: there is none
		life time.Duration
	}{
		"as documented":       {200, `{` + bearer + `,"expires_in":3600}`, 55 * time.Minute},
		"no expires_in":       {200, `{` + bearer + `}`, 225 * time.Second},
		"null expires_in":     {200, `{` + bearer + `,"expires_in":null}`, 225 * time.Second},
		"expires_in string":   {200, `{` + bearer + `,"expires_in":"3600"}`, 55 * time.Minute},
		"expires_in words":    {200, `{` + bearer + `,"expires_in":"soon"}`, 225 * time.Second},
		"expires_in NaN":      {200, `{` + bearer + `,"expires_in":"NaN"}`, 225 * time.Second},
		"expires_in 0":        {200, `{` + bearer + `,"expires_in":0}`, time.Nanosecond},
		"expires_in negative": {200, `{` + bearer + `,"expires_in":-5}`, time.Nanosecond},
		"expires_in huge":     {200, `{` + bearer + `,"expires_in":1e300}`, 24*time.Hour - 5*time.Minute},
		"bearer":              {200, `{"access_token":"t","token_type":"bearer","expires_in":3600}`, 55 * time.Minute},
		"odd member":          {200, `{` + bearer + `,"expires_in":3600,"error":7}`, 55 * time.Minute},
		"no token_type":       {200, `{"access_token":"t","expires_in":3600}`, 55 * time.Minute},
		"token_type MAC":      {200, `{"access_token":"t","token_type":"MAC","expires_in":3600}`, 0},
		"empty token":         {200, `{"access_token":"","token_type":"Bearer"}`, 0},
		"token with newline":  {200, `{"access_token":"t\r\nX: y","token_type":"Bearer"}`, 0},
		"token is a number":   {200, `{"access_token":1,"token_type":"Bearer"}`, 0},
		"html":                {200, `<html>canary</html>`, 0},
		"null":                {200, `null`, 0},
		"empty":               {200, ``, 0},
		"201":                 {201, `{` + bearer + `}`, 0},
		"302":                 {302, ``, 0},
		"401":                 {401, `{"error":"invalid_client","error_description":"canary (Correlation ID: x)"}`, 0},
		"500":                 {500, `canary`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{answer: func(int) (*http.Response, error) { return respond(c.status, c.body), nil }}
				client := e.client(t)
				err := start(t.Context(), client)
				if c.life == 0 {
					var token *pingmfa.TokenError
					require.ErrorAs(t, err, &token)
					assert.Equal(t, c.status, token.StatusCode)
					assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
					assert.NotContains(t, err.Error(), "canary")
					assert.Zero(t, e.apiCalls())
					return
				}
				require.NoError(t, err)
				pass(c.life - time.Nanosecond)
				if c.life > time.Second {
					require.NoError(t, start(t.Context(), client))
					synctest.Wait()
					assert.Equal(t, 1, e.tokenRequests())
				}
				pass(time.Nanosecond)
				require.NoError(t, start(t.Context(), client))
				synctest.Wait()
				assert.Equal(t, 2, e.tokenRequests())
			})
		})
	}
}

func TestTokenErrorKeepsTheOAuthError(t *testing.T) {
	x := newTenant(t, func(c *pingmfa.Config) {
		c.Credentials = pingmfa.ClientSecret{ID: "wrong", Secret: "canary"}
	})
	_, err := x.start(t)
	var token *pingmfa.TokenError
	require.ErrorAs(t, err, &token)
	assert.Equal(t, 401, token.StatusCode)
	assert.Equal(t, "invalid_client", token.Code)
	assert.NotEmpty(t, token.Description)
	assert.NotEmpty(t, token.CorrelationID)
	assert.Contains(t, err.Error(), "invalid_client")
	assert.NotContains(t, err.Error(), token.Description)
	assert.NotContains(t, fmt.Sprintf("%+v", *token), "canary")
	assert.Zero(t, x.calls())
}

// The error of a token endpoint's response says why it is not usable.
func TestReasonsOfTokenErrors(t *testing.T) {
	for _, c := range [][2]string{
		{`{"error":"invalid_scope"}`, " refused, status 400 invalid_scope"},
		{`<html>`, "'s response is not JSON, status 200"},
		{`{"access_token":" "}`, "'s response has no usable access_token, status 200"},
		{`{"access_token":"t","token_type":"MAC"}`, "'s token_type is not Bearer, status 200"},
		{
			`{"access_token":"t","token_type":"Bearer"}`,
			"'s response could not be read, status 200: the connection was closed",
		},
	} {
		body, want := c[0], c[1]
		resp := respond(200, body)
		switch {
		case strings.Contains(body, "error"):
			resp.StatusCode = 400
		case strings.Contains(body, "Bearer"):
			resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
		}
		resp.Header.Set("Correlation-Id", policyID)
		client := (&endpoint{answer: func(int) (*http.Response, error) { return resp, nil }}).client(t)
		var token *pingmfa.TokenError
		require.ErrorAs(t, start(t.Context(), client), &token)
		assert.EqualError(t, token, "pingmfa: no access token: the token endpoint"+want+" [Correlation-Id "+policyID+"]")
	}
}

// A request for a token has its headers, and id and secret are encoded as RFC 6749 section 2.3.1 has it.
func TestHeadersOfATokenRequest(t *testing.T) {
	var got http.Header
	client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/as/token") {
			got = req.Header
			return goodToken(1)
		}
		return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
	}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "a b:c", Secret: "d+e/f"} })
	require.NoError(t, start(t.Context(), client))
	assert.Equal(t, http.Header{
		"Accept":        {"application/json"},
		"Content-Type":  {"application/x-www-form-urlencoded"},
		"User-Agent":    {"pingmfa-go/" + pingmfa.Version},
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("a+b%3Ac:d%2Be%2Ff"))},
	}, got)
}

// The client authenticates by HTTP Basic or in the form, never by both, and encodes id and secret as OAuth requires.
func TestClientAuthentication(t *testing.T) {
	for _, post := range []bool{false, true} {
		x := newTenant(t, func(c *pingmfa.Config) {
			secret, ok := c.Credentials.(pingmfa.ClientSecret)
			require.True(t, ok)
			secret.Post = post
			c.Credentials = secret
		})
		_, err := x.start(t)
		require.NoError(t, err)
		request := x.Requests(pingmfatest.OpToken)[0]
		assert.Equal(t, post, request.Header.Get("Authorization") == "")
		if !post {
			assert.Equal(t, "grant_type=client_credentials", string(request.Body))
		}
		assert.Equal(t, "application/x-www-form-urlencoded", request.Header.Get("Content-Type"))
	}
}

func TestTokenFunc(t *testing.T) {
	boom := errors.New("canary")
	for name, c := range map[string]struct {
		source pingmfa.TokenFunc
		is     error
	}{
		"fails":     {func(context.Context) (string, error) { return "", boom }, boom},
		"empty":     {func(context.Context) (string, error) { return "", nil }, nil},
		"not ASCII": {func(context.Context) (string, error) { return "canary\u00e9", nil }, nil},
		"space":     {func(context.Context) (string, error) { return "a canary", nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTenant(t, func(config *pingmfa.Config) { config.Credentials = c.source })
			_, err := x.start(t)
			var token *pingmfa.TokenError
			require.ErrorAs(t, err, &token)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
			assert.Empty(t, x.Requests())
		})
	}
	// It is called for each request, and its token is not kept.
	asked := 0
	var x tenant
	x = newTenant(t, func(config *pingmfa.Config) {
		config.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { asked++; return x.Token(), nil })
	})
	for range 2 {
		_, err := x.start(t)
		require.NoError(t, err)
	}
	assert.Equal(t, 2, asked)
	x.script(pingmfatest.Response{Status: 401, Body: `{"code":"ACCESS_FAILED"}`})
	_, err := x.start(t)
	require.Error(t, err, "it is not asked for another one")
	assert.Equal(t, 3, asked)

	var sent string
	client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		sent = req.Header.Get("Authorization")
		return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
	}), func(c *pingmfa.Config) {
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "!~", nil })
	})
	require.NoError(t, start(t.Context(), client))
	assert.Equal(t, "Bearer !~", sent)
}
