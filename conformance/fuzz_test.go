package conformance_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// jsonRules are the rules of JSON itself.
var jsonRules = []string{"bom", "duplicate", "syntax", "trailing", "trailingComma", "utf8"}

// assertConsistent asserts the invariants of a report on a body.
func assertConsistent(t *testing.T, report conformance.Report, body []byte) {
	t.Helper()
	assertNoPayload(t, report)
	broken := len(body) == 0
	for _, f := range report.Findings {
		broken = broken || slices.Contains(jsonRules, f.Rule)
	}
	// By default, jsontext refuses the same bodies.
	assert.Equal(t, jsontext.Value(body).IsValid(), !broken, "a JSON rule is reported if jsontext refuses the body")
}

func FuzzValidateRequest(f *testing.F) {
	for _, vector := range loadVectors(f) {
		if r := vector.Request; r != nil {
			f.Add(vector.Operation == devices, r.Path, r.Headers["Content-Type"], r.Headers["X-Ping-External-Session-ID"],
				r.Wire().Body)
		}
	}
	f.Add(true, "/"+canary, canary, canary, []byte(`{"type":"SMS","phone":"c4n4ry","c4n4ry":["c4n4ry"]}`))
	f.Add(false, "", "", "", []byte(`{"user":{"id":"c4n4ry"},"selectedDevice":{"oneTime":{"type":"c4n4ry","c4n4ry":1}}}`))
	v := newValidator(f)
	f.Fuzz(func(t *testing.T, device bool, path, contentType, session string, body []byte) {
		operation := authentications
		if device {
			operation = devices
		}
		req := request(operation, string(body))
		req.Path = path
		req.Header["Content-Type"] = []string{contentType}
		req.Header["X-Ping-External-Session-Id"] = []string{session}
		report := v.ValidateRequest(operation, req)
		assertConsistent(t, report, body)
		for _, finding := range report.Findings {
			assert.False(t, finding.Tolerated)
		}
		if report.Verdict() == conformance.Valid {
			routed, ok := v.Route(req.Method, req.Host, path)
			assert.True(t, ok && routed == operation, "a valid request has a route")
		}
	})
}

func FuzzValidateResponse(f *testing.F) {
	for _, vector := range loadVectors(f) {
		if r := vector.Response; r != nil {
			f.Add(vector.Operation == devices, r.Status, r.Wire().Body)
		}
	}
	f.Add(false, 201, []byte(`{"id":"c4n4ry","status":["c4n4ry"],"createdAt":"c4n4ry","c4n4ry":{"c4n4ry":1,"c4n4ry":2}}`))
	f.Add(true, 400, []byte(`{"code":"c4n4ry","details":[{"message":{"c4n4ry":"c4n4ry"}}]} c4n4ry`))
	v := newValidator(f)
	f.Fuzz(func(t *testing.T, device bool, status int, body []byte) {
		operation := authentications
		if device {
			operation = devices
		}
		report := v.ValidateResponse(operation, response(status, string(body)))
		if status < 200 || status > 599 {
			assert.Equal(t, conformance.Invalid, report.Verdict())
			return
		}
		if len(body) > 0 {
			assertConsistent(t, report, body)
		}
		if status >= 300 {
			assert.NotEqual(t, conformance.Invalid, report.Verdict(), "the status of an error response is sufficient")
		}
	})
}
