package wrapper_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/interop/go/wrapper"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

const token = "an-access-token"

// plain holds, for each operation, a request for the vectors that are about the answer alone.
var plain = map[string]conformance.Request{
	"createDeviceAuthentication": {
		Path: "/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/deviceAuthentications",
		Host: conformance.HostAuth,
		Body: []byte(`{"user":{"id":"788d4931-6936-43f2-82ff-178f5762298a"}}`),
	},
	"createDevice": {
		Path: "/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/8ce55f02-2077-4493-9a6d-0385df1f0772/devices",
		Host: conformance.HostAPI,
		Body: []byte(`{"type":"SMS","phone":"+1.5125201234"}`),
	},
}

// unsaid are, by flag, the valid requests that pingmfa does not make, and why it need not.
var unsaid = map[string]string{
	"EmptyMember": "a member that says what an absent one says is left out",
	"ContentType": "the Content-Type is always application/json, without parameters",
}

// Every vector, through the wrapper: what goes over the wire, and what comes out.
func TestVectorsThroughTheWrapper(t *testing.T) {
	vectors, err := conformance.Vectors()
	require.NoError(t, err)
	said := 0
	for _, vector := range vectors {
		t.Run(vector.ID, func(t *testing.T) {
			request := plain[vector.Operation]
			request.Method = http.MethodPost
			request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer {{accessToken}}"}}
			if vector.Request != nil {
				request = vector.Request.Wire()
			}
			response := conformance.Response{
				Status: http.StatusCreated,
				Header: http.Header{"Content-Type": {"application/json"}},
				Body:   []byte(`{"id":"1","status":"COMPLETED","type":"SMS"}`),
			}
			if vector.Response != nil {
				response = vector.Response.Wire()
			}
			sent, result := exchange(t, vector.Operation, request, response)
			if result.Class == wrapper.NotExpressible {
				require.NotNil(t, vector.Request)
				assert.Empty(t, sent)
				if vector.Request.Verdict == "valid" {
					assert.NotEmpty(t, reason(vector), "a valid request that pingmfa cannot make")
				}
				return
			}
			said++
			assert.Equal(t, vector.Expect.Class, result.Class)
			for name, want := range vector.Expect.Values {
				assert.EqualValues(t, want, result.Values[name], name)
			}
			if vector.Expect.Class == "not-sent" {
				assert.Empty(t, sent)
				return
			}
			require.Len(t, sent, 1)
			assert.Equal(t, request.Method, sent[0].Method)
			assert.Equal(t, request.Host, sent[0].Host)
			assert.Equal(t, request.Path, sent[0].Path)
			assert.JSONEq(t, string(request.Body), string(sent[0].Body))
			for name, values := range request.Header {
				assert.Equal(t, strings.ReplaceAll(values[0], "{{accessToken}}", token), sent[0].Header.Get(name), name)
			}
			if vector.Request != nil {
				for _, name := range vector.Request.ForbiddenHeaders {
					assert.Empty(t, sent[0].Header.Values(name), name)
				}
			}
		})
	}
	assert.Greater(t, said, 200, "vectors that pingmfa's types can say")
}

func reason(vector conformance.Vector) string {
	for _, flag := range vector.Flags {
		if unsaid[flag] != "" {
			return unsaid[flag]
		}
	}
	return ""
}

// exchange makes the call against a server that gives one answer, and returns what it was sent.
func exchange(
	t *testing.T, operation string, request conformance.Request, response conformance.Response,
) ([]conformance.Request, wrapper.Result) {
	t.Helper()
	var sent []conformance.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, path := conformance.HostAuth, strings.TrimPrefix(r.URL.EscapedPath(), "/auth")
		if rest, api := strings.CutPrefix(r.URL.EscapedPath(), "/api/v1"); api {
			host, path = conformance.HostAPI, rest
		}
		var body json.RawMessage
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		sent = append(sent, conformance.Request{Method: r.Method, Host: host, Path: path, Header: r.Header, Body: body})
		for name, values := range response.Header {
			w.Header()[http.CanonicalHeaderKey(name)] = values
		}
		if response.Header.Get("Content-Type") == "" {
			w.Header()["Content-Type"] = nil
		}
		w.WriteHeader(response.Status)
		_, _ = w.Write(response.Body)
	}))
	defer server.Close()
	config := pingmfa.Config{
		AuthURL:     server.URL + "/auth",
		APIURL:      server.URL + "/api/v1",
		Credentials: pingmfa.TokenFunc(func(context.Context) (string, error) { return token, nil }),
		Retry:       pingmfa.Retry{Attempts: 1},
	}
	result := wrapper.Call(t.Context(), config, operation, request)
	return sent, result
}
