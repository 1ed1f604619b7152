package pingmfa

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Credentials are a [ClientSecret] or a [TokenFunc].
//
//sumtype:decl
type Credentials interface{ credentials() }

// ClientSecret is a worker application's client id and secret. The client gets its access tokens with them (OAuth 2.0
// client credentials, RFC 6749 section 4.4) from {authPath}/{environmentID}/as/token, keeps each until shortly before
// it expires, and renews it. When that fails, calls within the next second get the same error. The application needs
// the role Identity Data Admin to create devices.
type ClientSecret struct {
	ID     string
	Secret string `json:"-"`
	// Post sends id and secret in the form (client_secret_post) instead of HTTP Basic (client_secret_basic). It has to
	// be what the application is configured for.
	Post bool
}

// TokenFunc returns an access token; the client calls it before each request and keeps nothing. It has to be safe for
// concurrent use, and to end with its context. Its error comes back as the cause of a [TokenError].
type TokenFunc func(ctx context.Context) (string, error)

func (ClientSecret) credentials() {}
func (TokenFunc) credentials()    {}

// Format writes the id and never the secret.
func (s ClientSecret) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "ClientSecret", "id", s.ID)
}

// tokenSource is where a client's requests get their tokens.
type tokenSource interface {
	// token returns an access token, and whether it was kept from an earlier call.
	token(ctx context.Context) (value string, kept bool, err error)
	// drop forgets a token that the API refused, unless another has replaced it.
	drop(value string)
}

func newTokenSource(credentials Credentials, client *Client) (tokenSource, error) {
	if isNil(credentials) {
		return nil, &ArgumentError{Field: "Config.Credentials", Rule: "is required"}
	}
	switch c := credentials.(type) {
	case *ClientSecret:
		return newTokenSource(*c, client)
	case ClientSecret:
		if c.ID == "" {
			return nil, &ArgumentError{Field: "Config.Credentials.ID", Rule: "is required"}
		}
		if c.Secret == "" {
			return nil, &ArgumentError{Field: "Config.Credentials.Secret", Rule: "is required"}
		}
		return &tokenCache{
			secret: c,
			url:    client.authPath() + "as/token",
			http:   client.http,
			retry:  client.retry,
			clock:  client.clock,
		}, nil
	case TokenFunc:
		return c, nil
	}
	return nil, &ArgumentError{Field: "Config.Credentials", Rule: "must be a ClientSecret or a TokenFunc"}
}

func (f TokenFunc) token(ctx context.Context) (string, bool, error) {
	value, err := f(ctx)
	if err == nil && !tokenShape(value) {
		return "", false, &TokenError{Reason: "the token function returned no usable token"}
	}
	if err != nil {
		return "", false, &TokenError{Reason: "the token function failed", Err: err}
	}
	return value, false, nil
}

func (f TokenFunc) drop(string) {}

// tokenShape keeps out what cannot stand in an Authorization header.
func tokenShape(value string) bool {
	return value != "" && strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// tokenRequest is RFC 6749 section 4.4.2, with the client authenticated as in section 2.3.1.
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

// isNil sees a nil interface and a nil pointer or function inside one.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return (r.Kind() == reflect.Pointer || r.Kind() == reflect.Func) && r.IsNil()
}
