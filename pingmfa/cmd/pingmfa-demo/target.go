package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// target is the PingOne that the demo sends requests to: the fake, or a tenant.
type target struct {
	title           string
	real            bool
	config          pingmfa.Config
	authURL, apiURL string

	deviceUser, plainUser, notificationUser, oneTimeUser string
	devicePhone, oneTimePhone, policyID                  string

	summary func() string
	close   func()
}

var variables = []string{
	"PINGONE_ENVIRONMENT_ID", "PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET", "PINGONE_REGION", "PINGONE_USER_ID",
}

// newTarget returns the tenant if all variables are set, and the fake if none is. A part of them is an error.
func newTarget(env func(string) string) (target, error) {
	var missing []string
	for _, name := range variables {
		if env(name) == "" {
			missing = append(missing, name)
		}
	}
	switch len(missing) {
	case 0:
		return newTenant(env), nil
	case len(variables):
		return newFake(), nil
	}
	return target{}, fmt.Errorf("to use a tenant, also set %s; to use the fake, unset all PINGONE_ variables",
		strings.Join(missing, ", "))
}

func newTenant(env func(string) string) target {
	user, phone := env("PINGONE_USER_ID"), env("PINGONE_PHONE")
	return target{
		title: "This demo uses a REAL environment of PingOne.",
		real:  true,
		config: pingmfa.Config{
			EnvironmentID: env("PINGONE_ENVIRONMENT_ID"),
			Region:        pingmfa.Region(env("PINGONE_REGION")),
			Credentials:   pingmfa.ClientSecret{ID: env("PINGONE_CLIENT_ID"), Secret: env("PINGONE_CLIENT_SECRET")},
		},
		authURL:          "https://auth.pingone." + env("PINGONE_REGION"),
		apiURL:           "https://api.pingone." + env("PINGONE_REGION") + "/v1",
		deviceUser:       user,
		plainUser:        user,
		notificationUser: user,
		oneTimeUser:      user,
		devicePhone:      phone,
		oneTimePhone:     phone,
		summary:          func() string { return "Done." },
		close:            func() {},
	}
}

// newFake returns a fake with the users of the vendor's four pages.
func newFake() target {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	authURL, apiURL := fake.URLs(server.URL)
	return target{
		title: "This demo uses a fake PingOne in its own process. No request leaves this machine.",
		config: pingmfa.Config{
			EnvironmentID: fake.EnvironmentID,
			AuthURL:       authURL,
			APIURL:        apiURL,
			Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
			HTTPClient:    server.Client(),
		},
		authURL:          authURL,
		apiURL:           apiURL,
		deviceUser:       fake.AddUser(pingmfatest.User{ID: "8ce55f02-2077-4493-9a6d-0385df1f0772"}),
		plainUser:        fake.UserWithEmailDevice().UserID,
		notificationUser: fake.UserWithSeveralDevices().UserID,
		oneTimeUser:      fake.OneTimeSMS().UserID,
		devicePhone:      "+1.5125201234",
		oneTimePhone:     "+14135550150",
		policyID:         "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
		summary: func() string {
			return fmt.Sprintf("Done. The client sent %s for a token; PingOne would have sent %s.",
				count(fake.TokenRequests(), "request"), count(len(fake.Messages()), "message"))
		},
		close: server.Close,
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// tracer is a transport that records each request line and status. A service can trace its requests in the same way.
type tracer struct {
	next  http.RoundTripper
	mu    sync.Mutex
	lines []string
}

// newTracedClient returns a copy of client, which may be nil, with a tracer.
func newTracedClient(client *http.Client) (*http.Client, *tracer) {
	var traced http.Client
	if client != nil {
		traced = *client
	}
	t := &tracer{next: traced.Transport}
	if t.next == nil {
		t.next = http.DefaultTransport
	}
	traced.Transport = t
	return &traced, t
}

// RoundTrip implements [http.RoundTripper].
func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	result := "no response"
	if err == nil {
		result = resp.Status
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, fmt.Sprintf("%s %s: %s", req.Method, req.URL, result))
	return resp, err
}

// take returns the lines since the last call.
func (t *tracer) take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	t.lines = nil
	return lines
}
