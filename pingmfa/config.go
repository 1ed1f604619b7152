package pingmfa

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Region is where a PingOne environment is hosted. It decides both host names. There is no default.
//
// Its value is the top-level domain of PingOne's hosts, which is also the value for a configuration file.
type Region string

// The regions of PingOne.
const (
	NorthAmerica Region = "com"
	Canada       Region = "ca"
	Europe       Region = "eu"
	Australia    Region = "com.au"
	Singapore    Region = "sg"
	AsiaPacific  Region = "asia"
)

// Known reports whether r is one of the regions above.
func (r Region) Known() bool {
	switch r {
	case NorthAmerica, Canada, Europe, Australia, Singapore, AsiaPacific:
		return true
	}
	return false
}

// Config is the configuration of a [Client]. [New] checks and copies it: later changes to it, or to the http.Client in
// it, have no effect. This package reads no environment variable; net/http reads those for proxies.
type Config struct {
	// EnvironmentID is the id of the PingOne environment: 8-4-4-4-12 hexadecimal digits. Required.
	EnvironmentID string

	// Region is the region of the environment. Required, unless APIURL and one of AuthURL and CustomDomain are set.
	Region Region

	// Credentials authenticate the service: a [ClientSecret] or a [TokenFunc]. Required.
	Credentials Credentials

	// AuthURL and APIURL replace the base URLs of the region (authPath and apiPath in the vendor's documentation), for a
	// fake or a gateway. APIURL includes the /v1. Each is https, or http to a loopback address.
	AuthURL string
	APIURL  string

	// CustomDomain is the custom domain of the environment, such as "auth.example.com". It replaces the auth host and the
	// environment's id in the path. The api host remains that of the region.
	CustomDomain string

	// HTTPClient sends the requests. Set it for a CA of your own, mTLS, a proxy or tracing. It is copied, and redirects
	// are refused. If nil, the transport is a clone of http.DefaultTransport that keeps up to 512 idle connections to a
	// host, and reads at most 64 KiB of headers.
	HTTPClient *http.Client

	// Timeout bounds a whole call, including waits and retries, if its context has no deadline. 0 means 30 seconds. A
	// negative value means no bound. In [Client.WaitForPush], it bounds each read.
	Timeout time.Duration

	// Retry says when a call is repeated. The zero value repeats only requests that PingOne certainly did not act on.
	Retry Retry

	// Logger gets one record for each call whose arguments are valid ("pingmfa call": Info, or Warn if it failed) and one
	// for each request of it ("pingmfa attempt": Debug). The fields are operation, environment_id, duration, outcome,
	// attempts, status, correlation_id and, if the call failed, error: never a body, a token or personal data. If nil,
	// nothing is logged.
	Logger *slog.Logger
}

const (
	defaultTimeout   = 30 * time.Second
	idleConnsPerHost = 512
	maxHeaderBytes   = 64 << 10
)

// validate checks what needs no URL.
func (c Config) validate() error {
	var v validator
	v.check("Config.EnvironmentID", requiredIDRule(c.EnvironmentID))
	if c.Region != "" && !c.Region.Known() {
		v.check("Config.Region", "must be one of com, ca, eu, com.au, sg, asia")
	}
	v.check("Config.CustomDomain", customDomainRule(c.CustomDomain))
	if c.CustomDomain != "" && c.AuthURL != "" {
		v.check("Config.CustomDomain", "excludes AuthURL: both name the auth host")
	}
	if c.Region == "" && (c.AuthURL == "" && c.CustomDomain == "" || c.APIURL == "") {
		v.check("Config.Region", "is required, unless APIURL and one of AuthURL and CustomDomain are set")
	}
	return v.err()
}

// baseURLs returns the base URLs of the two hosts, each with a slash at its end.
func (c Config) baseURLs() (auth, api string, err error) {
	auth, api = c.AuthURL, c.APIURL
	field := "Config.AuthURL"
	switch {
	case c.CustomDomain != "":
		auth, field = "https://"+c.CustomDomain, "Config.CustomDomain"
	case auth == "":
		auth = "https://auth.pingone." + string(c.Region)
	}
	if api == "" {
		api = "https://api.pingone." + string(c.Region) + "/v1"
	}
	if auth, err = baseURL(field, auth); err != nil {
		return "", "", err
	}
	api, err = baseURL("Config.APIURL", api)
	return auth, api, err
}

// baseURL checks a base URL and adds a slash to its end. Its error never repeats the URL, which may hold a password.
func baseURL(field, raw string) (string, error) {
	u, err := url.Parse(raw)
	rule := ""
	switch {
	case err != nil || u.Hostname() == "":
		rule = "must be an absolute URL"
	case u.User != nil || strings.ContainsAny(raw, "?#"):
		rule = "must have no user, query or fragment"
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		rule = "must be https, or http to a loopback address"
	default:
		return u.JoinPath("/").String(), nil
	}
	return "", &ArgumentError{Field: field, Rule: rule}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// httpClient returns a copy of the caller's client, which refuses redirects.
func (c Config) httpClient() *http.Client {
	var client http.Client
	if c.HTTPClient != nil {
		client = *c.HTTPClient
	}
	if isNil(client.Transport) {
		client.Transport = defaultTransport()
	}
	client.Transport = transport{client.Transport}
	return &client
}

// defaultTransport returns a clone of http.DefaultTransport that keeps more connections: with its two idle connections
// a host, a busy service opens a connection for almost every call. If http.DefaultTransport was replaced by another
// type, it is used as it is.
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
