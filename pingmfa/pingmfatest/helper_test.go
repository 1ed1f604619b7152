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

// reply is an answer of the fake, read whole.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// at walks into the body: names for members, numbers for entries.
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

// text is the string at the end of a path; empty when there is none.
func (r reply) text(path ...any) string {
	text, _ := r.at(path...).(string)
	return text
}

// send is raw HTTP. It holds what every answer of the fake must have.
func send(t *testing.T, client *http.Client, method, target string, header http.Header, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer func() { assert.NoError(t, response.Body.Close()) }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	answer := reply{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if json.Valid(raw) {
		require.NoError(t, json.Unmarshal(raw, &answer.body))
	}
	return answer
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
}

// authenticate calls createDeviceAuthentication as a client with a good token, and checks the answer by the contract.
func authenticate(t *testing.T, srv *pingmfatest.Server, body string) reply {
	t.Helper()
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
	answer := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), body)
	valid(t, pingmfatest.OpCreateDeviceAuthentication, answer)
	return answer
}

// create calls createDevice in the same way.
func create(t *testing.T, srv *pingmfatest.Server, userID, body string) reply {
	t.Helper()
	target := srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + userID + "/devices"
	answer := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), body)
	valid(t, pingmfatest.OpCreateDevice, answer)
	return answer
}

func user(id string) string { return fmt.Sprintf(`{"user":{"id":%q}}`, id) }

var validator = sync.OnceValues(conformance.NewValidator)

// valid holds an answer to the contract, with nothing tolerated, and to what every answer of PingOne has.
func valid(t *testing.T, operation string, answer reply) {
	t.Helper()
	v, err := validator()
	require.NoError(t, err)
	report := v.ValidateResponse(operation, conformance.Response{
		Status: answer.status, Header: answer.header, Body: []byte(answer.raw),
	})
	assert.Empty(t, report.Findings)
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, answer.header.Get("Correlation-Id"))
}

// refused checks an answer in PingOne's error envelope and returns its first detail.
func refused(t *testing.T, answer reply, status int, code, detail string) map[string]any {
	t.Helper()
	assert.Equal(t, status, answer.status)
	assert.Equal(t, code, answer.at("code"))
	assert.NotEmpty(t, answer.at("id"))
	assert.NotEmpty(t, answer.at("message"))
	first, _ := answer.at("details", 0).(map[string]any)
	if detail != "" {
		assert.Equal(t, detail, first["code"])
	}
	return first
}

// recorder is a testing.TB whose failing is no failure of this test.
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

// finish ends the recorded test and gives what it failed with.
func (r *recorder) finish() []string {
	for _, cleanup := range slices.Backward(r.cleanups) {
		cleanup()
	}
	return r.errors
}

// clock is a time that only the test moves.
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

// formHeader is for token requests; without an authorization the credentials are in the body, or nowhere.
func formHeader(authorization string) http.Header {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return header
}
