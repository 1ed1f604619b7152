package pingmfa

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Credentials are a [ClientSecret] or a [TokenFunc].
//
//sumtype:decl
type Credentials interface{ credentials() }

// ClientSecret is the client id and the secret of a worker application. With it, the client gets access tokens (OAuth
// 2.0 client credentials, RFC 6749 section 4.4) from {authPath}/{environmentID}/as/token, or {customDomain}/as/token,
// keeps each until shortly before it expires, and renews it. If that fails, calls within the next second get the same
// error. To create devices, the application needs the role Identity Data Admin.
type ClientSecret struct {
	ID     string
	Secret string
	// Post sends id and secret in the form (client_secret_post) instead of HTTP Basic (client_secret_basic). It must be
	// the method that the application is configured for.
	Post bool
}

// TokenFunc returns an access token of a worker application, without "Bearer ". The client calls it before each request
// and keeps nothing. It must be safe for concurrent use, and must return when its context ends. Its error is the cause
// of a [TokenError].
type TokenFunc func(ctx context.Context) (string, error)

func (ClientSecret) credentials() {}
func (TokenFunc) credentials()    {}

const bearer = "Bearer "

// tokenSource returns the access tokens of a client's requests.
type tokenSource interface {
	// authorization returns the value of the Authorization header, and whether the token is one of an earlier call.
	authorization(ctx context.Context) (value string, cached bool, err error)
	// drop forgets a token that the API refused, unless another one has replaced it.
	drop(authorization string)
}

func newTokenSource(credentials Credentials, client *http.Client, retry Retry, tokenURL string) (tokenSource, error) {
	if isNil(credentials) {
		return nil, &ArgumentError{Field: "Config.Credentials", Rule: "is required"}
	}
	var v validator
	switch c := credentials.(type) {
	case *ClientSecret:
		return newTokenSource(*c, client, retry, tokenURL)
	case ClientSecret:
		v.check("Config.Credentials.ID", credentialTextRule(c.ID))
		v.check("Config.Credentials.Secret", credentialTextRule(c.Secret))
		return &tokenCache{secret: c, url: tokenURL, http: client, retry: retry}, v.err()
	case TokenFunc:
		return c, nil
	}
	return nil, &ArgumentError{Field: "Config.Credentials", Rule: "must be a ClientSecret or a TokenFunc"}
}

func (f TokenFunc) authorization(ctx context.Context) (string, bool, error) {
	value, err := f(ctx)
	switch {
	case err != nil:
		return "", false, &TokenError{Reason: "the token function failed", Err: err}
	case !isTokenText(value):
		return "", false, &TokenError{Reason: "the token function returned no usable token"}
	}
	return bearer + value, false, nil
}

func (f TokenFunc) drop(string) {}

// isTokenText reports whether value can stand in an Authorization header.
func isTokenText(value string) bool {
	return value != "" && strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// tokenRequest builds the request of RFC 6749 section 4.4.2, with the client authenticated as in section 2.3.1.
func (s ClientSecret) tokenRequest(ctx context.Context, tokenURL string) (*http.Request, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.Post {
		form.Set("client_id", s.ID)
		form.Set("client_secret", s.Secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if !s.Post {
		req.SetBasicAuth(url.QueryEscape(s.ID), url.QueryEscape(s.Secret))
	}
	return req, nil
}

// isNil reports whether v is nil, or a nil pointer or function in an interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}
