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

// Every request vector, through the fake: it acts on the valid ones and on no other, says which part is wrong where the
// vector does, and its own answers are valid.
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
				assert.Equal(t, http.StatusCreated, resp.Status, string(resp.Body))
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
				return // The bearer is looked at first, and a bad one is no violation.
			}
			require.Len(t, fake.Violations(), 1)
			found := places(conformance.Report{Findings: fake.Violations()[0].Findings})
			for _, place := range vector.Request.Findings {
				want := place.Pointer + " " + place.Rule
				if place.Rule == "path" || place.Rule == "host" {
					want = "path route" // The fake cannot know which operation was meant.
				}
				assert.Contains(t, found, want)
			}
		})
	}
}

// unsendable are requests that net/http's client does not put on the wire, and why.
var unsendable = map[string]string{
	"create-device/request/path-environment-bad-escape": "no URL has a broken percent escape",
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
