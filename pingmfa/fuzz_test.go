package pingmfa

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/gen"
)

// seed calls add for each vector.
func seed(f *testing.F, add func(v conformance.Vector)) {
	f.Helper()
	vectors, err := conformance.Vectors()
	require.NoError(f, err)
	for _, v := range vectors {
		add(v)
	}
}

// A success has the required members of the JSON, and every other response is an error with its outcome.
func FuzzDecode(f *testing.F) {
	seed(f, func(v conformance.Vector) {
		if v.Response != nil {
			wire := v.Response.Wire()
			f.Add(wire.Status, wire.Header.Get("Content-Type"), wire.Body)
		}
	})
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		r := &response{status: status, contentType: contentType, body: body}
		auth, err := decode(&call{}, r, newAuthentication)
		device, deviceErr := decode(&call{}, r, newDevice)
		require.NotEqual(t, auth == nil, err == nil)
		require.NotEqual(t, device == nil, deviceErr == nil)
		if err != nil {
			assert.Equal(t, r.outcome(), OutcomeOf(err))
			assert.NotEmpty(t, err.Error())
			return
		}
		var required struct {
			ID     string `json:"id"`
			Status string `json:"status"`
		}
		require.NoError(t, unmarshalLenient(body, &required))
		assert.Equal(t, required.ID, auth.ID)
		assert.Equal(t, required.Status, string(auth.Status))
		assert.NotNil(t, auth.Next())
		assert.Equal(t, string(body), string(auth.Raw()))
	})
}

func FuzzDecodeError(f *testing.F) {
	seed(f, func(v conformance.Vector) {
		if v.Response != nil && v.Response.Status >= 400 {
			f.Add(v.Response.Status, v.Response.Wire().Body)
		}
	})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := decodeError(&call{}, &response{status: status, body: body})
		assert.Equal(t, status, e.StatusCode)
		assert.Less(t, len(e.Error()), 4096)
		// Nothing of the body shows but codes and properties: upper case and names of the contract.
		for _, d := range e.Details {
			for _, text := range []string{d.Message, d.Target} {
				if len(text) > 20 && strings.ContainsAny(text, "+@0123456789") {
					assert.NotContains(t, e.Error(), text)
				}
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	const date = "Fri, 02 Jan 2026 03:05:05 GMT"
	for _, s := range []string{"", "0", "30", "-1", "99999999999999999999", date, "1e3", " 5", "soon"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		d := retryAfter(value)
		assert.GreaterOrEqual(t, d, time.Duration(0))
		assert.LessOrEqual(t, d, maxRetryAfter)
		if value != "" && strings.Trim(value, "0123456789") == "" && strings.Trim(value, "0") != "" {
			assert.GreaterOrEqual(t, d, time.Second)
		}
	})
}

// The wrapper accepts the same phone numbers as the contract.
func FuzzPhone(f *testing.F) {
	contract, err := conformance.NewValidator()
	require.NoError(f, err)
	seed(f, func(v conformance.Vector) {
		var body struct{ Phone string }
		if v.Request != nil && json.Unmarshal(v.Request.Body, &body) == nil {
			f.Add(body.Phone)
		}
	})
	f.Fuzz(func(t *testing.T, phone string) {
		if !utf8.ValidString(phone) {
			return // Such a text cannot stand in JSON.
		}
		var v validator
		body, err := json.Marshal(SMS{Phone: phone}.model(&v))
		require.NoError(t, err)
		report := contract.ValidateRequest("createDevice", conformance.Request{
			Method: http.MethodPost,
			Host:   conformance.HostAPI,
			Path:   "/environments/" + fuzzID + "/users/" + fuzzID + "/devices",
			Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer t"}},
			Body:   body,
		})
		assert.Equal(t, len(report.Findings) == 0, v.first == nil, "%v", report.Findings)
	})
}

const fuzzID = "9761c24a-208d-0499-1bf6-39905184a4e1"

// An id that is accepted is one segment of the path.
func FuzzIDInPath(f *testing.F) {
	for _, id := range []string{fuzzID, "..", ".", "", "/", "%2e%2e", fuzzID + "/..", fuzzID + "?x=y", fuzzID + "\n"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if requiredIDRule(id) != "" {
			return
		}
		req, err := gen.NewCreateDeviceRequestWithBody("https://api.pingone.eu/v1/", id, id, nil, "application/json", nil)
		require.NoError(t, err)
		assert.Equal(t, "/v1/environments/"+id+"/users/"+id+"/devices", req.URL.EscapedPath())
		assert.Empty(t, req.URL.RawQuery)
	})
}

func FuzzToken(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"t","token_type":"Bearer","expires_in":3600}`, `{"error":"invalid_client"}`, `null`, `<html>`,
		`{"access_token":"t","expires_in":"1e999"}`, `{"access_token":"t","expires_in":-0.5}`, `{"access_token":5}`,
	} {
		f.Add(200, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		before := time.Now()
		token, err := parseToken(&response{status: status, body: body})
		after := time.Now()
		if err != nil {
			assert.Equal(t, OutcomeNotSent, OutcomeOf(err))
			assert.Empty(t, token.authorization)
			return
		}
		assert.Equal(t, 200, status)
		assert.True(t, isTokenText(strings.TrimPrefix(token.authorization, bearer)))
		assert.False(t, token.renewAt.Before(before) || token.expires.Before(token.renewAt))
		assert.False(t, token.expires.After(after.Add(tokenMaxLifetime)))
	})
}
