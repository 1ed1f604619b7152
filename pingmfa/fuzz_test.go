package pingmfa

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/gen"
)

// seed gives a fuzz target the answers or the requests of the vectors.
func seed(f *testing.F, add func(v conformance.Vector)) {
	f.Helper()
	vectors, err := conformance.Vectors()
	require.NoError(f, err)
	for _, v := range vectors {
		add(v)
	}
}

// Whatever comes back, a success holds what the JSON holds, and everything else is an error that says so.
func FuzzDecode(f *testing.F) {
	seed(f, func(v conformance.Vector) {
		if v.Response != nil {
			wire := v.Response.Wire()
			f.Add(wire.Status, wire.Header.Get("Content-Type"), wire.Body)
		}
	})
	client := &Client{endpoints: endpoints{auth: "https://auth.pingone.eu/"}}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		a := &answer{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
		auth, err := decode("op", a, client.authentication)
		device, deviceErr := decode("op", a, newlyCreated)
		require.NotEqual(t, auth == nil, err == nil)
		require.NotEqual(t, device == nil, deviceErr == nil)
		if err != nil {
			assert.Equal(t, a.outcome(), OutcomeOf(err))
			assert.NotEmpty(t, err.Error())
			return
		}
		var plain map[string]any
		require.NoError(t, json.Unmarshal(body, &plain))
		assert.Equal(t, plain["id"], auth.ID)
		assert.Equal(t, plain["status"], string(auth.Status))
		assert.NotNil(t, auth.Next())
		assert.Equal(t, string(body), string(auth.Raw()))
		compareAnything(t, body)
	})
}

// compareAnything holds the walk for drift: its pointers begin with a slash or are empty, and what it returns is JSON.
func compareAnything(t *testing.T, body []byte) {
	t.Helper()
	var wire gen.DeviceAuthentication
	require.NoError(t, unmarshalLenient(body, &wire))
	pruned := compare(body, reflect.TypeFor[gen.DeviceAuthentication](), func(pointer string, _ DriftKind) {
		assert.True(t, pointer == "" || pointer[0] == '/')
	})
	assert.True(t, json.Valid(pruned))
}

func FuzzDecodeError(f *testing.F) {
	seed(f, func(v conformance.Vector) {
		if v.Response != nil && v.Response.Status >= 400 {
			f.Add(v.Response.Status, v.Response.Wire().Body)
		}
	})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		err := decodeError("op", &answer{status: status, body: body})
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, status, e.StatusCode)
		usedUp(&answer{status: status, body: body})
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

// What reads members as they are spelt reads what encoding/json does.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{` {"a":1,"b" : [{"a":"\\"}],"":{}} `, `{"a":"\"","a":null}`, `[1]`, `{}`, `7`} {
		f.Add([]byte(s))
	}
	seed(f, func(v conformance.Vector) {
		if v.Response != nil {
			f.Add(v.Response.Wire().Body)
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]json.RawMessage
		if !json.Valid(data) || json.Unmarshal(data, &want) != nil {
			return
		}
		members(data, func(name, value []byte) {
			require.True(t, json.Valid(value))
			assert.Contains(t, want, string(name))
			var s string
			if json.Unmarshal(value, &s) == nil {
				assert.Equal(t, s, text(value))
			}
		})
		for name, value := range want {
			assert.Equal(t, string(value), string(lookup(data, name)))
		}
	})
}

// still is a clock that stands.
type still struct{ systemClock }

func (still) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

func FuzzRetryAfter(f *testing.F) {
	const date = "Fri, 02 Jan 2026 03:05:05 GMT"
	for _, s := range []string{"", "0", "30", "-1", "99999999999999999999", date, "1e3", " 5", "soon"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		d := retryAfter(http.Header{"Retry-After": {value}}, still{})
		assert.GreaterOrEqual(t, d, time.Duration(0))
		assert.LessOrEqual(t, d, maxRetryAfter)
		if value != "" && strings.Trim(value, "0123456789") == "" && strings.Trim(value, "0") != "" {
			assert.GreaterOrEqual(t, d, time.Second)
		}
	})
}

// The wrapper accepts just what the contract does.
func FuzzPhone(f *testing.F) {
	validator, err := conformance.NewValidator()
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
		var check check
		check.phone("", "phone", phone)
		body, err := json.Marshal(SMS{Phone: phone}.wire(&check, "device"))
		require.NoError(t, err)
		report := validator.ValidateRequest("createDevice", conformance.Request{
			Method: http.MethodPost,
			Host:   conformance.HostAPI,
			Path:   "/environments/" + fuzzID + "/users/" + fuzzID + "/devices",
			Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer t"}},
			Body:   body,
		})
		assert.Equal(t, len(report.Findings) == 0, check.err == nil, "%v", report.Findings)
	})
}

const fuzzID = "9761c24a-208d-0499-1bf6-39905184a4e1"

// An id that is accepted is one segment of the path, whatever it is.
func FuzzIDInPath(f *testing.F) {
	for _, id := range []string{fuzzID, "..", ".", "", "/", "%2e%2e", fuzzID + "/..", fuzzID + "?x=y", fuzzID + "\n"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if checkID("id", id) != nil {
			return
		}
		base, err := url.Parse("https://api.pingone.eu/v1/")
		require.NoError(t, err)
		to := gen.CreateDeviceURL(base, id, id)
		req := gen.NewCreateDeviceRequest(t.Context(), &to, &gen.CreateDeviceParams{}, bytes.NewReader(nil))
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
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		token, err := parseToken(body, &TokenError{StatusCode: status}, now)
		if err != nil {
			assert.Equal(t, OutcomeNotSent, OutcomeOf(err))
			assert.Empty(t, token.value)
			return
		}
		assert.Equal(t, 200, status)
		assert.True(t, tokenShape(token.value))
		assert.False(t, token.renewAt.Before(now) || token.expires.Before(token.renewAt))
		assert.False(t, token.expires.After(now.Add(tokenMaxLife)))
	})
}
