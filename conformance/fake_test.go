package conformance_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// The fake accepts the request of a vector if and only if it is valid, reports the vector's findings, and sends valid
// responses. The tests of the fake finish authentications and activate devices.
func TestVectorsThroughTheFake(t *testing.T) {
	validator, err := conformance.NewValidator()
	require.NoError(t, err)
	for _, vector := range loadVectors(t) {
		if vector.Request == nil || unsendable[vector.ID] != "" {
			continue
		}
		t.Run(vector.ID, func(t *testing.T) {
			fake := pingmfatest.New(pingmfatest.Options{})
			fake.AddUser(pingmfatest.User{ID: "8ce55f02-2077-4493-9a6d-0385df1f0772"})
			for _, id := range userIDs(vector.Request.Body) {
				fake.AddUser(pingmfatest.User{ID: id, Devices: []pingmfatest.Device{
					{"id": "ea055ca3-2b5b-4766-9628-95fc03f4ec9b", "type": "EMAIL", "email": "person@example.com"},
				}})
			}
			server := httptest.NewServer(fake)
			defer server.Close()
			resp := send(t, fake, server.URL, vector.Request.Wire())

			report := validator.ValidateResponse(vector.Operation, resp)
			if vector.Request.Verdict == conformance.Valid {
				want := http.StatusCreated
				if vector.Operation != authentications && vector.Operation != devices {
					want = http.StatusNotFound // The fake has no authentication and no device with the id of the request.
				}
				assert.Equal(t, want, resp.Status, string(resp.Body))
				assert.Empty(t, fake.Violations())
				assert.Empty(t, report.Findings)
				return
			}
			assert.Equal(t, 4, resp.Status/100)
			for _, request := range fake.Requests() {
				assert.False(t, request.Acted)
			}
			assert.Empty(t, fake.Messages())
			if resp.Status == http.StatusUnauthorized {
				return // The fake checks the token first, and a wrong token is not a violation.
			}
			require.Len(t, fake.Violations(), 1)
			found := places(conformance.Report{Findings: fake.Violations()[0].Findings})
			for _, place := range vector.Request.Findings {
				want := place.Pointer + " " + place.Rule
				if place.Rule == "path" || place.Rule == "host" {
					want = "path route" // the fake does not know the operation
				}
				assert.Contains(t, found, want)
			}
		})
	}
}

// unsendable has the vectors whose requests net/http cannot send, and the reasons.
var unsendable = map[string]string{
	"create-device/request/path-environment-bad-escape": "net/http refuses a URL with an invalid percent escape",
}

func userIDs(body []byte) []string {
	var request struct{ User struct{ ID string } }
	if json.Unmarshal(body, &request) != nil || request.User.ID == "" {
		return nil
	}
	return []string{request.User.ID}
}

func send(
	t *testing.T, fake *pingmfatest.Fake, origin string, request conformance.Request,
) conformance.Response {
	t.Helper()
	authURL, apiURL := fake.URLs(origin)
	base := map[conformance.Host]string{conformance.HostAuth: authURL, conformance.HostAPI: apiURL}[request.Host]
	req, err := http.NewRequestWithContext(t.Context(), request.Method, base+request.Path, bytes.NewReader(request.Body))
	require.NoError(t, err)
	for name, values := range request.Header {
		req.Header.Set(name, strings.ReplaceAll(values[0], "{{accessToken}}", fake.Token()))
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(resp.Body)
	require.NoError(t, err)
	return conformance.Response{Status: resp.StatusCode, Header: resp.Header, Body: body.Bytes()}
}
