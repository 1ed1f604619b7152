package pingmfa

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says whose PingOne a [Client] talks to, and how. [New] checks it once and copies it: later changes to it, or
// to the http.Client in it, have no effect. No environment variable is read but those that net/http reads for proxies.
type Config struct {
	// EnvironmentID is the PingOne environment: 8-4-4-4-12 hexadecimal digits. Required.
	EnvironmentID string

	// Region is where the environment lives. Required, unless AuthURL and APIURL are both set.
	Region Region

	// Credentials prove who the service is: a [ClientSecret] or a [TokenFunc]. Required.
	Credentials Credentials

	// AuthURL and APIURL replace the region's base URLs (authPath and apiPath in the vendor's documentation), for a fake
	// or a gateway. APIURL holds the /v1. Each is https, or http to a loopback address.
	AuthURL string
	APIURL  string

	// CustomDomain is the environment's custom domain, such as "auth.example.com". It stands for the auth host and the
	// environment id together; the api host stays the region's.
	CustomDomain string

	// HTTPClient sends the requests: bring your own for a custom CA, mTLS, a proxy or tracing. Nil: a client with
	// a clone of http.DefaultTransport that keeps more connections alive. It is copied, and redirects are refused.
	HTTPClient *http.Client

	// Timeout bounds a whole call, its waits and repeats included, when its context has no deadline. 0: 30 seconds.
	// Negative: no bound.
	Timeout time.Duration

	// Retry says when a call is repeated by itself. The zero value repeats only what PingOne certainly did not act on.
	Retry Retry

	// Logger gets one record for each call whose arguments are right (Info, or Warn when it failed) and one for each
	// attempt (Debug): metadata only, never a body, a token or anything personal. Nil: no logs.
	Logger *slog.Logger

	// OnDrift is told what is unexpected in a success, before the call returns and from its goroutine. Nil: nobody is, and
	// nothing is compared.
	OnDrift func(context.Context, Drift)

	// Clock is for tests of waits and expiry. Nil: the system's clock.
	Clock Clock
}

// Format writes the environment and where it is, and nothing of the credentials.
func (c Config) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "Config", "environment", c.EnvironmentID, "region", string(c.Region))
}

const (
	defaultTimeout   = 30 * time.Second
	idleConnsPerHost = 512
	maxHeaderBytes   = 64 << 10
)

// endpoints are the base URLs of a client, each with a slash at its end.
type endpoints struct {
	auth, api string
	// bare: the auth URL stands for the environment already, and paths below it don't name it.
	bare bool
}

func (c Config) endpoints() (endpoints, error) {
	var e endpoints
	if c.Region != "" && !c.Region.Known() {
		return e, &ArgumentError{Field: "Config.Region", Rule: "must be one of com, ca, eu, com.au, sg, asia"}
	}
	if c.CustomDomain != "" && c.AuthURL != "" {
		return e, &ArgumentError{Field: "Config.CustomDomain", Rule: "excludes AuthURL: one of them names the auth host"}
	}
	e.auth, e.api = c.AuthURL, c.APIURL
	if c.CustomDomain != "" {
		if strings.ContainsAny(c.CustomDomain, "/?#@") {
			return e, &ArgumentError{Field: "Config.CustomDomain", Rule: "must be a host name alone, such as auth.example.com"}
		}
		e.auth, e.bare = "https://"+c.CustomDomain, true
	}
	if c.Region == "" && (e.auth == "" || e.api == "") {
		return e, &ArgumentError{Field: "Config.Region", Rule: "is required, unless AuthURL and APIURL are both set"}
	}
	if e.auth == "" {
		e.auth = c.Region.authURL()
	}
	if e.api == "" {
		e.api = c.Region.apiURL()
	}
	var err error
	if e.auth, err = baseURL("Config.AuthURL", e.auth); err != nil {
		return e, err
	}
	e.api, err = baseURL("Config.APIURL", e.api)
	return e, err
}

// baseURL checks what requests are built on. It never repeats the URL in an error: a user may have put a password in
// it.
func baseURL(field, raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return "", &ArgumentError{Field: field, Rule: "must be an absolute URL"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", &ArgumentError{Field: field, Rule: "must have no user, query or fragment"}
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return "", &ArgumentError{Field: field, Rule: "must be https, or http to a loopback address"}
	}
	return u.JoinPath("/").String(), nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// httpClient copies the caller's client, so that what is changed here is changed for nobody else.
func (c Config) httpClient() *http.Client {
	var client http.Client
	if c.HTTPClient != nil {
		client = *c.HTTPClient
	}
	if client.Transport == nil {
		client.Transport = defaultTransport()
	}
	// A redirect would repeat the request, and could carry the token to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// defaultTransport is http.DefaultTransport with more connections kept: its two idle ones a host make a busy service
// open a connection for almost every call. An http.DefaultTransport that somebody replaced by another type is used as
// it is.
func defaultTransport() http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := base.Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = idleConnsPerHost
	t.MaxResponseHeaderBytes = maxHeaderBytes
	return t
}
