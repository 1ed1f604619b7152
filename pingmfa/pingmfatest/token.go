package pingmfatest

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokens is what the token endpoint knows.
type tokens struct {
	requests int
	expiry   map[string]time.Time // by access token
}

// Token issues an access token that the fake accepts, without a request: for clients that have a token source of their
// own. It expires like any other.
func (f *Fake) Token() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.issue()
}

// TokenRequests counts the POSTs to the token endpoint, those that were refused included.
func (f *Fake) TokenRequests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tokens.requests
}

// RevokeTokens makes every token that was issued so far one that the fake refuses with 401 INVALID_TOKEN.
func (f *Fake) RevokeTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.tokens.expiry)
}

func (f *Fake) issue() string {
	if f.tokens.expiry == nil {
		f.tokens.expiry = map[string]time.Time{}
	}
	token := "pingmfatest." + f.newID()
	f.tokens.expiry[token] = f.options.Now().Add(f.options.TokenLifetime)
	return token
}

// accepts tells whether a request carries one good access token.
func (f *Fake) accepts(header http.Header) bool {
	lines := header.Values("Authorization")
	if len(lines) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	expiry, ok := f.tokens.expiry[token]
	return strings.EqualFold(scheme, "Bearer") && ok && f.options.Now().Before(expiry)
}

// answerToken is the token endpoint: the client credentials grant of RFC 6749, section 4.4.
func (f *Fake) answerToken(call *call) Response {
	if segments(call.Path)[0] != f.options.EnvironmentID {
		return f.notFound()
	}
	mediaType, _, err := mime.ParseMediaType(call.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/x-www-form-urlencoded" {
		return f.oauthError("invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	form, err := url.ParseQuery(string(call.Body))
	if err != nil || call.Query != "" {
		return f.oauthError("invalid_request", "The parameters must be in the body, form-encoded.")
	}
	for _, values := range form {
		if len(values) > 1 {
			return f.oauthError("invalid_request", "A parameter must not be repeated.")
		}
	}
	basic, inBody := len(call.Header.Values("Authorization")) > 0, form.Has("client_id") || form.Has("client_secret")
	if basic && inBody {
		return f.oauthError("invalid_request", "The client must not use more than one way to authenticate.")
	}
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if basic {
		id, secret = basicCredentials(call.Header.Get("Authorization"))
	}
	switch {
	case id != f.options.ClientID || secret != f.options.ClientSecret:
		return f.oauthError("invalid_client", "The client could not be authenticated.")
	case !form.Has("grant_type"):
		return f.oauthError("invalid_request", "The grant type is missing.")
	case form.Get("grant_type") != "client_credentials":
		return f.oauthError("unsupported_grant_type", "The grant type is not supported.")
	}
	answer := f.success(http.StatusOK, object{
		"access_token": f.issue(), "token_type": "Bearer", "expires_in": int64(f.options.TokenLifetime / time.Second),
	})
	answer.Header.Set("Cache-Control", "no-store")
	answer.Header.Set("Pragma", "no-cache")
	return answer
}

// basicCredentials reads HTTP Basic as OAuth wants it: both halves form-encoded before they are joined (RFC 6749,
// section 2.3.1). What cannot be read authenticates nobody.
func basicCredentials(header string) (id, secret string) {
	scheme, encoded, _ := strings.Cut(header, " ")
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return "", ""
	}
	first, second, _ := strings.Cut(string(decoded), ":")
	id, errID := url.QueryUnescape(first)
	secret, errSecret := url.QueryUnescape(second)
	if errID != nil || errSecret != nil {
		return "", ""
	}
	return id, secret
}

// oauthError answers in the shape of RFC 6749, section 5.2, with the Correlation-Id in the description as PingOne has
// it.
func (f *Fake) oauthError(code, description string) Response {
	correlationID := f.newID()
	answer := Response{Status: http.StatusBadRequest, Header: http.Header{}, Body: string(f.encode(object{
		"error": code, "error_description": fmt.Sprintf("%s (Correlation ID: %s)", description, correlationID),
	}))}
	answer.Header.Set("Correlation-Id", correlationID)
	if code == "invalid_client" {
		answer.Status = http.StatusUnauthorized
		answer.Header.Set("WWW-Authenticate", `Basic realm="PingOne"`)
	}
	return answer
}
