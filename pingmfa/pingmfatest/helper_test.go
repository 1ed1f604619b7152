package pingmfatest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
	unknownID = "00000000-0000-0000-0000-000000000000"
	someUser  = "8ce55f02-2077-4493-9a6d-0385df1f0772"
)

// reply is a response of the fake with its body.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// at returns the value at a path of names of members and indexes of entries, or nil if there is none.
func (r reply) at(path ...any) any {
	var value any = r.body
	for _, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := value.(map[string]any)
			value = members[step]
		case int:
			entries, _ := value.([]any)
			if step >= len(entries) {
				return nil
			}
			value = entries[step]
		}
	}
	return value
}

// text returns the string at a path, or "" if there is none.
func (r reply) text(path ...any) string {
	text, _ := r.at(path...).(string)
	return text
}

// send sends a request with net/http alone.
func send(t *testing.T, client *http.Client, method, target string, header http.Header, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	for name, values := range header {
		request.Header[name] = values
	}
	httpResponse, err := client.Do(request)
	require.NoError(t, err)
	defer func() { assert.NoError(t, httpResponse.Body.Close()) }()
	raw, err := io.ReadAll(httpResponse.Body)
	require.NoError(t, err)
	response := reply{status: httpResponse.StatusCode, header: httpResponse.Header, raw: string(raw)}
	if json.Valid(raw) {
		require.NoError(t, json.Unmarshal(raw, &response.body))
	}
	return response
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
}

// authenticate calls createDeviceAuthentication with a valid token, and checks the response against the contract.
func authenticate(t *testing.T, srv *pingmfatest.Server, body string) reply {
	t.Helper()
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
	response := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), body)
	valid(t, pingmfatest.OpCreateDeviceAuthentication, response)
	return response
}

// create calls createDevice in the same way.
func create(t *testing.T, srv *pingmfatest.Server, userID, body string) reply {
	t.Helper()
	target := srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + userID + "/devices"
	response := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), body)
	valid(t, pingmfatest.OpCreateDevice, response)
	return response
}

// read calls readDeviceAuthentication in the same way.
func read(t *testing.T, srv *pingmfatest.Server, id string) reply {
	t.Helper()
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications/" + id
	response := send(t, srv.Client(), http.MethodGet, target, bearer(srv.Token()), "")
	valid(t, pingmfatest.OpReadDeviceAuthentication, response)
	return response
}

// proceed calls continueDeviceAuthentication in the same way.
func proceed(t *testing.T, srv *pingmfatest.Server, id, action, body string) reply {
	t.Helper()
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications/" + id
	response := send(t, srv.Client(), http.MethodPost, target, forAction(srv, action), body)
	valid(t, pingmfatest.OpContinueDeviceAuthentication, response)
	return response
}

func selectDevice(t *testing.T, srv *pingmfatest.Server, id, deviceID string) reply {
	t.Helper()
	return proceed(t, srv, id, "device.select", fmt.Sprintf(`{"device":{"id":%q}}`, deviceID))
}

func checkOTP(t *testing.T, srv *pingmfatest.Server, id, passcode string) reply {
	t.Helper()
	return proceed(t, srv, id, "otp.check", fmt.Sprintf(`{"otp":%q}`, passcode))
}

// activate calls activateDevice in the same way.
func activate(t *testing.T, srv *pingmfatest.Server, userID, deviceID, action, body string) reply {
	t.Helper()
	target := srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + userID + "/devices/" + deviceID
	response := send(t, srv.Client(), http.MethodPost, target, forAction(srv, action), body)
	valid(t, pingmfatest.OpActivateDevice, response)
	return response
}

func forAction(srv *pingmfatest.Server, action string) http.Header {
	header := bearer(srv.Token())
	header.Set("Content-Type", "application/vnd.pingidentity."+action+"+json")
	return header
}

// lastPasscode returns the passcode of the last message.
func lastPasscode(t *testing.T, srv *pingmfatest.Server) string {
	t.Helper()
	messages := srv.Messages()
	require.NotEmpty(t, messages)
	return messages[len(messages)-1].Passcode
}

// wrong returns a passcode other than the given one.
func wrong(passcode string) string {
	if passcode == "000000" {
		return "111111"
	}
	return "000000"
}

func user(id string) string { return fmt.Sprintf(`{"user":{"id":%q}}`, id) }

var validator = sync.OnceValues(conformance.NewValidator)

// valid checks a response against the contract, strictly. It also requires the headers of all of PingOne's responses.
func valid(t *testing.T, operation string, response reply) {
	t.Helper()
	v, err := validator()
	require.NoError(t, err)
	report := v.ValidateResponse(operation, conformance.Response{
		Status: response.status, Header: response.header, Body: []byte(response.raw),
	})
	assert.Empty(t, report.Findings)
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, response.header.Get("Correlation-Id"))
}

// refused checks an error response of PingOne's form and returns its first detail.
func refused(t *testing.T, response reply, status int, code, detail string) map[string]any {
	t.Helper()
	assert.Equal(t, status, response.status)
	assert.Equal(t, code, response.at("code"))
	assert.NotEmpty(t, response.at("id"))
	assert.NotEmpty(t, response.at("message"))
	first, _ := response.at("details", 0).(map[string]any)
	if detail != "" {
		assert.Equal(t, detail, first["code"])
	}
	return first
}

// recorder is a testing.TB that records failures instead of failing the test.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	errors   []string
	logs     []string
	cleanups []func()
}

func (*recorder) Helper()            {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.errors) > 0
}

// finish ends the recorded test and returns its failures.
func (r *recorder) finish() []string {
	for _, cleanup := range slices.Backward(r.cleanups) {
		cleanup()
	}
	return r.errors
}

// clock is a fake clock.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 2, 3, 4, 5, 6, 789_000_000, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// formHeader returns the headers of a token request. authorization may be empty.
func formHeader(authorization string) http.Header {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return header
}
