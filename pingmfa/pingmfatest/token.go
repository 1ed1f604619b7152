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

// Token issues an access token without a request, for clients with a token source of their own. It expires like any
// other token.
func (f *Fake) Token() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.newToken()
}

// RevokeTokens revokes all tokens issued so far. The fake refuses them with 401 INVALID_TOKEN.
func (f *Fake) RevokeTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.tokens)
}

func (f *Fake) newToken() string {
	token := "pingmfatest." + f.newID()
	f.tokens[token] = f.now().Add(f.options.TokenLifetime)
	return token
}

// accepts reports whether a request has exactly one Authorization header, with a valid access token.
func (f *Fake) accepts(header http.Header) bool {
	lines := header.Values("Authorization")
	if len(lines) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	expiry, ok := f.tokens[token]
	return strings.EqualFold(scheme, "Bearer") && ok && f.now().Before(expiry)
}

// issueToken implements the client credentials grant of RFC 6749, section 4.4.
func (f *Fake) issueToken(call *call) Response {
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
		return f.oauthError("invalid_request", "The client must not use more than one authentication method.")
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
	response := f.success(http.StatusOK, object{
		"access_token": f.newToken(), "token_type": "Bearer", "expires_in": int64(f.options.TokenLifetime / time.Second),
	})
	response.Header.Set("Cache-Control", "no-store")
	response.Header.Set("Pragma", "no-cache")
	return response
}

// basicCredentials decodes HTTP Basic credentials, both of which are form-encoded (RFC 6749, section 2.3.1). It returns
// empty strings for a malformed header.
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

// oauthError returns an error response of RFC 6749, section 5.2. As in PingOne's, the description has the
// Correlation-Id.
func (f *Fake) oauthError(code, description string) Response {
	correlationID := f.newID()
	response := Response{Status: http.StatusBadRequest, Header: http.Header{}, Body: string(f.encode(object{
		"error": code, "error_description": fmt.Sprintf("%s (Correlation ID: %s)", description, correlationID),
	}))}
	response.Header.Set("Correlation-Id", correlationID)
	if code == "invalid_client" {
		response.Status = http.StatusUnauthorized
		response.Header.Set("WWW-Authenticate", `Basic realm="PingOne"`)
	}
	return response
}
