package pingmfa_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
	environmentID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	userID        = "8ce55f02-2077-4493-9a6d-0385df1f0772"
	policyID      = "5a0a0950-8a81-4739-b12a-f4d6a11c7a82"
	phone         = "+12015550123"
)

// tenant is a fake PingOne with a user without devices, and a client for it.
type tenant struct {
	*pingmfatest.Server
	*pingmfa.Client
}

func newTenant(t *testing.T, configure ...func(*pingmfa.Config)) tenant {
	t.Helper()
	server := pingmfatest.NewServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	config := pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
	}
	for _, c := range configure {
		c(&config)
	}
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	return tenant{Server: server, Client: client}
}

// handlerTransport calls a handler without a network, for tests in a synctest bubble.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	received := httptest.NewRequestWithContext(req.Context(), req.Method, req.URL.String(), bytes.NewReader(body))
	received.Header = req.Header.Clone()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, received)
	return recorder.Result(), nil
}

// newBubbleTenant returns a fake PingOne without a network, and a client for it. Violations fail the test.
func newBubbleTenant(t *testing.T, configure ...func(*pingmfa.Config)) (*pingmfatest.Fake, *pingmfa.Client) {
	t.Helper()
	fake := pingmfatest.New(pingmfatest.Options{Report: func(v pingmfatest.Violation) { t.Error(v) }})
	fake.AddUser(pingmfatest.User{ID: userID})
	authURL, apiURL := fake.URLs("http://127.0.0.1")
	config := pingmfa.Config{
		EnvironmentID: fake.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
		HTTPClient:    &http.Client{Transport: handlerTransport{fake}},
	}
	for _, c := range configure {
		c(&config)
	}
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	t.Cleanup(func() { assert.Empty(t, fake.Pending()) })
	return fake, client
}

// clientWith returns a client for the region Europe that sends by a transport, with a token of its own.
func clientWith(t *testing.T, transport http.RoundTripper, configure ...func(*pingmfa.Config)) *pingmfa.Client {
	t.Helper()
	config := pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		HTTPClient:    &http.Client{Transport: transport},
	}
	for _, c := range configure {
		c(&config)
	}
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	return client
}

// start makes a plain call.
func (x tenant) start(t *testing.T) (*pingmfa.Authentication, error) {
	t.Helper()
	return x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{
		UserID: userID,
		Device: pingmfa.OneTimeSMS{Phone: phone},
	})
}

func (x tenant) script(answers ...pingmfatest.Response) {
	x.Script(pingmfatest.OpCreateDeviceAuthentication, answers...)
}

// calls counts the requests that start an authentication or create a device.
func (x tenant) calls() int {
	return len(x.Requests(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpCreateDevice))
}

// respond returns a response of JSON.
func respond(status int, body string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Status:        http.StatusText(status),
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
