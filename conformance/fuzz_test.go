package conformance_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// jsonRules are the rules that a JSON text can break by itself.
var jsonRules = []string{"bom", "duplicate", "syntax", "trailing", "trailingComma", "utf8"}

// assertSound holds what is true of every report on a body.
func assertSound(t *testing.T, report conformance.Report, body []byte) {
	t.Helper()
	assertSilent(t, report)
	broken := len(body) == 0
	for _, f := range report.Findings {
		broken = broken || slices.Contains(jsonRules, f.Rule)
	}
	// jsontext, with its own strict settings, is the second opinion.
	assert.Equal(t, jsontext.Value(body).IsValid(), !broken, "what is no good JSON is found, and nothing else is")
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
		assertSound(t, report, body)
		for _, finding := range report.Findings {
			assert.False(t, finding.Tolerated)
		}
		if report.Verdict() == conformance.Valid {
			routed, ok := v.Route(req.Method, req.Host, path)
			assert.True(t, ok && routed == operation, "what is valid is routed")
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
			assertSound(t, report, body)
		}
		if status >= 300 {
			assert.NotEqual(t, conformance.Invalid, report.Verdict(), "the status alone tells what happened")
		}
	})
}
