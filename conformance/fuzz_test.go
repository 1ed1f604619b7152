package conformance_test

import (
	"net/http"
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

// fuzzed returns the operation that any number selects, and the number that selects an operation.
func fuzzed(v *conformance.Validator) (operation func(n int) string, number func(operation string) int) {
	var ids []string
	for _, o := range v.Operations() {
		ids = append(ids, o.ID)
	}
	return func(n int) string { return ids[uint(n)%uint(len(ids))] },
		func(operation string) int { return slices.Index(ids, operation) }
}

// hasRule reports whether a rule is broken at a place.
func hasRule(report conformance.Report, pointer, rule string) bool {
	return slices.ContainsFunc(report.Findings, func(f conformance.Finding) bool {
		return f.Pointer == pointer && f.Rule == rule
	})
}

func FuzzValidateRequest(f *testing.F) {
	v := newValidator(f)
	operation, number := fuzzed(v)
	for _, vector := range loadVectors(f) {
		if r := vector.Request; r != nil {
			f.Add(number(vector.Operation), r.Path, r.Headers["Content-Type"], r.Headers["X-Ping-External-Session-ID"],
				r.Wire().Body)
		}
	}
	for i := range v.Operations() {
		f.Add(i, "/"+canary, canary, canary, []byte(`{"type":"SMS","phone":"c4n4ry","c4n4ry":["c4n4ry"]}`))
		f.Add(i, "", "", "", []byte(`{"user":{"id":"c4n4ry"},"selectedDevice":{"oneTime":{"type":"c4n4ry","c4n4ry":1}}}`))
	}
	f.Fuzz(func(t *testing.T, n int, path, contentType, session string, body []byte) {
		operation := operation(n)
		req := request(operation, string(body))
		req.Path = path
		req.Header["Content-Type"] = []string{contentType}
		req.Header["X-Ping-External-Session-Id"] = []string{session}
		report := v.ValidateRequest(operation, req)
		severalActions := operation == continuation || operation == activation
		switch {
		case hasRule(report, "", "forbidden"):
			assert.NotEmpty(t, body)
			assertNoPayload(t, report)
		case severalActions && hasRule(report, "header:Content-Type", "contentType"):
			assertNoPayload(t, report) // The action is not known, so the body is not validated.
		default:
			assertConsistent(t, report, body)
		}
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
	v := newValidator(f)
	operation, number := fuzzed(v)
	for _, vector := range loadVectors(f) {
		if r := vector.Response; r != nil {
			f.Add(number(vector.Operation), r.Status, r.Wire().Body)
		}
	}
	for i := range v.Operations() {
		f.Add(i, 201, []byte(`{"id":"c4n4ry","status":["c4n4ry"],"createdAt":"c4n4ry","c4n4ry":{"c4n4ry":1,"c4n4ry":2}}`))
		f.Add(i, 400, []byte(`{"code":"c4n4ry","details":[{"message":{"c4n4ry":"c4n4ry"}}]} c4n4ry`))
	}
	f.Fuzz(func(t *testing.T, n, status int, body []byte) {
		operation := operation(n)
		report := v.ValidateResponse(operation, response(status, string(body)))
		if status < 200 || status > 599 {
			assert.Equal(t, conformance.Invalid, report.Verdict())
			return
		}
		switch {
		case status == http.StatusNoContent && operation == activation, // It is described without a body.
			status >= 300 && hasRule(report, "status", "status"), // It is not described.
			len(body) == 0:
			assertNoPayload(t, report)
		default:
			assertConsistent(t, report, body)
		}
		if status >= 300 {
			assert.NotEqual(t, conformance.Invalid, report.Verdict(), "the status of an error response is sufficient")
		}
	})
}
