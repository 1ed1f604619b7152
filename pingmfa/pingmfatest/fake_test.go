package pingmfatest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// serve starts an authentication without a network and returns the body of the response.
func serve(t *testing.T, fake *pingmfatest.Fake, body string) string {
	t.Helper()
	target := "https://auth.pingone.eu/" + fake.EnvironmentID + "/deviceAuthentications"
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(body))
	request.Header = bearer(fake.Token())
	response := httptest.NewRecorder()
	fake.ServeHTTP(response, request)
	require.Equal(t, http.StatusCreated, response.Code)
	return response.Body.String()
}

// topKeys returns the keys of a JSON object in their order.
func topKeys(t *testing.T, raw string) []string {
	t.Helper()
	var keys []string
	decoder := json.NewDecoder(strings.NewReader(raw))
	_, err := decoder.Token()
	require.NoError(t, err)
	for decoder.More() {
		key, err := decoder.Token()
		require.NoError(t, err)
		keys = append(keys, fmt.Sprint(key))
		var value any
		require.NoError(t, decoder.Decode(&value))
	}
	return keys
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func TestRequestsAreRecordedByteForByte(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	fetchToken(t, srv)
	scenario := srv.UserWithEmailDevice()
	body := "\n " + scenario.Request + "\t"
	header := bearer(srv.Token())
	header.Set("X-Ping-External-Transaction-ID", "order-4711")
	send(t, srv.Client(), http.MethodPost, srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications", header, body)
	refused(t, create(t, srv, unknownID, `{"type":"TOTP"}`), http.StatusNotFound, "NOT_FOUND", "")

	require.Len(t, srv.Requests(), 3)
	got := srv.Requests(pingmfatest.OpCreateDeviceAuthentication)
	require.Len(t, got, 1)
	assert.Equal(t, http.MethodPost, got[0].Method)
	assert.Equal(t, conformance.HostAuth, got[0].Host)
	assert.Equal(t, "/"+srv.EnvironmentID+"/deviceAuthentications", got[0].Path)
	assert.Equal(t, body, string(got[0].Body))
	assert.Equal(t, "order-4711", got[0].Header.Get("X-Ping-External-Transaction-ID"))
	assert.Equal(t, http.StatusCreated, got[0].Status)
	assert.True(t, got[0].Acted)

	got = srv.Requests(pingmfatest.OpToken, pingmfatest.OpCreateDevice)
	require.Len(t, got, 2)
	assert.Equal(t, "grant_type=client_credentials", string(got[0].Body))
	assert.True(t, got[0].Acted)
	assert.Equal(t, conformance.HostAPI, got[1].Host)
	assert.Equal(t, "/environments/"+srv.EnvironmentID+"/users/"+unknownID+"/devices", got[1].Path)
	assert.False(t, got[1].Acted)

	got[0].Body[0], got[0].Header["X"] = 'X', nil
	again := srv.Requests(pingmfatest.OpToken)[0]
	assert.Equal(t, "grant_type=client_credentials", string(again.Body), "Requests returns copies")
	assert.NotContains(t, again.Header, "X")
}

func TestMessagesAreCopies(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	authenticate(t, srv, `{"user":{"id":"`+person.UserID+`"},"notification":{"template":{"variables":{"a":"1"}}}}`)
	srv.Messages()[0].Variables["a"] = "2"
	assert.Equal(t, map[string]string{"a": "1"}, srv.Messages()[0].Variables)
}

func TestConcurrentUse(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	limited := srv.AddUser(pingmfatest.User{})
	const callers = 32
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			if i%2 == 0 {
				assert.Equal(t, http.StatusCreated, authenticate(t, srv, person.Request).status)
			} else {
				create(t, srv, limited, `{"type":"TOTP"}`)
			}
			srv.Messages()
			srv.Requests()
			srv.Devices(limited)
		})
	}
	group.Wait()
	assert.Len(t, srv.Messages(), callers/2)
	assert.Len(t, srv.Devices(limited), 5, "the limit also applies to concurrent requests")
	assert.Len(t, srv.Requests(), callers)
}

// A request whose client disconnects before the end of the body is neither carried out nor a violation.
func TestIncompleteRequestIsNotAViolation(t *testing.T) {
	fake := pingmfatest.New(pingmfatest.Options{})
	person := fake.UserWithEmailDevice()
	target := "/ping-auth/" + fake.EnvironmentID + "/deviceAuthentications"
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target,
		io.MultiReader(strings.NewReader(person.Request), brokenReader{}))
	request.Header = bearer(fake.Token())
	response := httptest.NewRecorder()
	fake.ServeHTTP(response, request)
	assert.Equal(t, http.StatusBadRequest, response.Code)
	assert.Empty(t, fake.Violations())
	assert.Empty(t, fake.Messages())
	require.Len(t, fake.Requests(), 1)
	assert.False(t, fake.Requests()[0].Acted)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) {
	return 0, fmt.Errorf("broken: %w", io.ErrUnexpectedEOF)
}
