package pingmfatest_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const grant = "grant_type=client_credentials"

func tokenURL(srv *pingmfatest.Server) string {
	return srv.AuthURL + "/" + srv.EnvironmentID + "/as/token"
}

func basic(id, secret string) string {
	joined := url.QueryEscape(id) + ":" + url.QueryEscape(secret)
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(joined))
}

func fetchToken(t *testing.T, srv *pingmfatest.Server) reply {
	t.Helper()
	header := formHeader(basic(srv.ClientID, srv.ClientSecret))
	return send(t, srv.Client(), http.MethodPost, tokenURL(srv), header, grant)
}

func TestTokenByEitherMethod(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	inBody := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {srv.ClientID}, "client_secret": {srv.ClientSecret},
	}.Encode()
	seen := map[any]bool{}
	for _, response := range []reply{
		fetchToken(t, srv),
		send(t, srv.Client(), http.MethodPost, tokenURL(srv), formHeader(""), inBody),
	} {
		require.Equal(t, http.StatusOK, response.status)
		assert.Equal(t, "Bearer", response.at("token_type"))
		assert.InDelta(t, 3600, response.at("expires_in"), 0)
		assert.Contains(t, response.body, "addedByPingmfatest")
		assert.Equal(t, "no-store", response.header.Get("Cache-Control"))
		assert.Equal(t, "application/json", response.header.Get("Content-Type"))
		assert.NotEmpty(t, response.header.Get("Correlation-Id"))
		token := response.text("access_token")
		assert.False(t, seen[token], "tokens are unique")
		seen[token] = true
		started := send(t, srv.Client(), http.MethodPost, srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications",
			bearer(token), srv.UserWithEmailDevice().Request)
		assert.Equal(t, http.StatusCreated, started.status, "the token is valid")
	}
	assert.Len(t, srv.Requests(pingmfatest.OpToken), 2)
}

func TestTokenRefusals(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	good := basic(srv.ClientID, srv.ClientSecret)
	plain := base64.StdEncoding.EncodeToString([]byte(srv.ClientID + ":" + srv.ClientSecret))
	for name, test := range map[string]struct {
		header http.Header
		body   string
		query  string
		status int
		code   string
	}{
		"both methods":       {formHeader(good), grant + "&client_id=x", "", 400, "invalid_request"},
		"wrong secret":       {formHeader(basic(srv.ClientID, "x")), grant, "", 401, "invalid_client"},
		"wrong client":       {formHeader(basic("x", srv.ClientSecret)), grant, "", 401, "invalid_client"},
		"not form-encoded":   {formHeader("Basic " + plain), grant, "", 401, "invalid_client"},
		"not base64":         {formHeader("Basic *"), grant, "", 401, "invalid_client"},
		"another scheme":     {formHeader("Bearer x"), grant, "", 401, "invalid_client"},
		"no credentials":     {formHeader(""), grant, "", 401, "invalid_client"},
		"no grant type":      {formHeader(good), "", "", 400, "invalid_request"},
		"another grant type": {formHeader(good), "grant_type=password", "", 400, "unsupported_grant_type"},
		"repeated":           {formHeader(good), grant + "&" + grant, "", 400, "invalid_request"},
		"broken form":        {formHeader(good), "grant_type=%", "", 400, "invalid_request"},
		"in the query":       {formHeader(good), "", "?" + grant, 400, "invalid_request"},
		"as JSON": {http.Header{"Authorization": {good}, "Content-Type": {"application/json"}},
			`{"grant_type":"client_credentials"}`, "", 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			response := send(t, srv.Client(), http.MethodPost, tokenURL(srv)+test.query, test.header, test.body)
			assert.Equal(t, test.status, response.status)
			assert.Equal(t, test.code, response.at("error"))
			assert.Contains(t, response.at("error_description"), response.header.Get("Correlation-Id"))
			assert.Equal(t, test.status == 401, response.header.Get("WWW-Authenticate") != "")
		})
	}
	assert.Len(t, srv.Requests(pingmfatest.OpToken), 13)
	for _, request := range srv.Requests(pingmfatest.OpToken) {
		assert.False(t, request.Acted)
	}
}

func TestTokenOfAnotherEnvironment(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	response := send(t, srv.Client(), http.MethodPost, srv.AuthURL+"/"+unknownID+"/as/token",
		formHeader(basic(srv.ClientID, srv.ClientSecret)), grant)
	refused(t, response, http.StatusNotFound, "NOT_FOUND", "")
}

func TestTokenEnds(t *testing.T) {
	clock := newClock()
	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) {
		o.Now, o.TokenLifetime = clock.Now, time.Minute
	})
	response := fetchToken(t, srv)
	assert.InDelta(t, 60, response.at("expires_in"), 0)
	token := response.text("access_token")
	request := srv.UserWithEmailDevice().Request
	try := func(token string) reply {
		return send(t, srv.Client(), http.MethodPost, srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications",
			bearer(token), request)
	}
	clock.advance(time.Minute - time.Nanosecond)
	assert.Equal(t, http.StatusCreated, try(token).status)
	clock.advance(time.Nanosecond)
	refused(t, try(token), http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")

	token = srv.Token()
	srv.Advance(time.Minute)
	refused(t, try(token), http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")

	token = srv.Token()
	assert.Equal(t, http.StatusCreated, try(token).status)
	srv.RevokeTokens()
	refused(t, try(token), http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")
	assert.Len(t, srv.Messages(), 2, "a refused request sends no message")
	assert.Len(t, srv.Requests(pingmfatest.OpToken), 1, "Token sends no request")
}

func TestBearerRefusals(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	for name, lines := range map[string][]string{
		"none": nil, "made up": {"Bearer x"}, "another scheme": {"Basic " + srv.Token()},
		"two": {"Bearer " + srv.Token(), "Bearer " + srv.Token()}, "no scheme": {srv.Token()},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/json"}, "Authorization": lines}
			auth := send(t, srv.Client(), http.MethodPost,
				srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications", header, person.Request)
			valid(t, pingmfatest.OpCreateDeviceAuthentication, auth)
			refused(t, auth, http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")
			device := send(t, srv.Client(), http.MethodPost, srv.APIURL+"/environments/"+srv.EnvironmentID+"/users/"+
				person.UserID+"/devices", header, `{"type":"TOTP"}`)
			valid(t, pingmfatest.OpCreateDevice, device)
			refused(t, device, http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				started := send(t, srv.Client(), method,
					srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications/"+unknownID, header, "")
				refused(t, started, http.StatusUnauthorized, "ACCESS_FAILED", "INVALID_TOKEN")
			}
		})
	}
	assert.Empty(t, srv.Messages())
}
