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
	fake            *pingmfatest.Fake // nil for a tenant
	config          pingmfa.Config
	authURL, apiURL string

	plainUser, notificationUser, oneTimeUser, pushUser, pairingUser string

	phone      string                 // for a one-time contact and a new device; may be empty
	pushDevice pingmfa.SelectedDevice // nil if PingOne selects the device
	policyID   string                 // for a new device; may be empty

	close func()
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
	user := env("PINGONE_USER_ID")
	tenant := target{
		title: "This demo uses a REAL environment of PingOne.",
		config: pingmfa.Config{
			EnvironmentID: env("PINGONE_ENVIRONMENT_ID"),
			Region:        pingmfa.Region(env("PINGONE_REGION")),
			Credentials:   pingmfa.ClientSecret{ID: env("PINGONE_CLIENT_ID"), Secret: env("PINGONE_CLIENT_SECRET")},
		},
		authURL:          "https://auth.pingone." + env("PINGONE_REGION"),
		apiURL:           "https://api.pingone." + env("PINGONE_REGION") + "/v1",
		plainUser:        user,
		notificationUser: user,
		oneTimeUser:      user,
		pushUser:         user,
		pairingUser:      user,
		phone:            env("PINGONE_PHONE"),
		close:            func() {},
	}
	if id := env("PINGONE_PUSH_DEVICE_ID"); id != "" {
		tenant.pushDevice = pingmfa.PairedDevice(id)
	}
	return tenant
}

// newFake returns a fake with the users of the vendor's four pages, and one with a mobile device.
func newFake() target {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	authURL, apiURL := fake.URLs(server.URL)
	return target{
		title: "This demo uses a fake PingOne in its own process. No request leaves this machine.",
		fake:  fake,
		config: pingmfa.Config{
			EnvironmentID: fake.EnvironmentID,
			AuthURL:       authURL,
			APIURL:        apiURL,
			Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
			HTTPClient:    server.Client(),
		},
		authURL:          authURL,
		apiURL:           apiURL,
		plainUser:        fake.UserWithEmailDevice().UserID,
		notificationUser: fake.UserWithSeveralDevices().UserID,
		oneTimeUser:      fake.UserWithoutDevices().UserID,
		pushUser:         fake.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "MOBILE"}}}),
		pairingUser:      fake.AddUser(pingmfatest.User{ID: "8ce55f02-2077-4493-9a6d-0385df1f0772"}),
		phone:            "+14135550150",
		policyID:         "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
		close:            server.Close,
	}
}

// summary returns the last line of the demo.
func (t target) summary() string {
	if t.fake == nil {
		return "Done."
	}
	return fmt.Sprintf("Done. The client sent %s for a token; PingOne would have sent %s.",
		count(len(t.fake.Requests(pingmfatest.OpToken)), "request"), count(len(t.fake.Messages()), "message"))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// tracer is a transport that records each request line and status. A service can trace its requests in the same way. It
// also records the action of a Content-Type such as application/vnd.pingidentity.otp.check+json.
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
	line := req.Method + " " + req.URL.String()
	if action, ok := strings.CutPrefix(req.Header.Get("Content-Type"), "application/vnd.pingidentity."); ok {
		line += " (" + strings.TrimSuffix(action, "+json") + ")"
	}
	t.lines = append(t.lines, line+": "+result)
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
