package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// canary is in the place of a phone number, an address or a passcode. No message may contain it.
const canary = "c4n4ry"

func assertNoPayload(t *testing.T, report conformance.Report) {
	t.Helper()
	for _, f := range report.Findings {
		assert.NotContains(t, strings.ToLower(f.Message), canary, "message of the rule %s", f.Rule)
		assert.NotEmpty(t, f.Message)
		assert.NotEmpty(t, f.Rule)
	}
}

// No message contains a value of a body.
func TestMessagesContainNoBody(t *testing.T) {
	v := newValidator(t)
	for _, body := range []string{
		`"c4n4ry"`, `c4n4ry`, `{"c4n4ry":`, `{"user":"c4n4ry"}`, `{"user":{"id":"c4n4ry"}}`, `{"c4n4ry":"c4n4ry","c4n4ry":1}`,
		`{"type":"c4n4ry"}`, `{"type":{"c4n4ry":1}}`, `{"type":"SMS","phone":"c4n4ry","status":"c4n4ry"}`,
		`{"type":"SMS","phone":"+1201555\u0000c4n4ry","nickname":"` + strings.Repeat("c4n4ry", 20) + `"}`,
		`{"type":"VOICE","extension":"c4n4ry","policy":"c4n4ry","testMode":"c4n4ry"}`, `{"type":"EMAIL","email":"c4n4ry"}`,
		`{"type":"SMS","c4n4ry":1,"Phone":"c4n4ry"}`, `{"type":"FIDO2","rp":{"C4N4RY":"c4n4ry"}}`,
		`{"selectedDevice":"c4n4ry"}`, `{"selectedDevice":{"c4n4ry":1}}`, `{"selectedDevice":{"oneTime":{"type":"c4n4ry"}}}`,
		`{"selectedDevice":{"oneTime":{"type":"EMAIL","email":"c4n4ry"}}}`,
		`{"notification":{"template":{"variables":{"c4n4ry":1}}}}`,
		`{"id":"c4n4ry","status":"c4n4ry"} c4n4ry`, `{"id":{"c4n4ry":1},"status":1}`,
		`{"id":"1","status":"2","createdAt":"c4n4ry"}`,
		"{\"id\":\"c4n4ry\xff\",\"status\":\"\\ud83dc4n4ry\"}", `{"id":"c4n4ry","status":"\qc4n4ry"}`,
		`{"code":["c4n4ry"],"details":"c4n4ry"}`,
		`{"id":1e999999,"code":c4n4ry}`,
	} {
		for _, operation := range v.Operations() {
			assertNoPayload(t, v.ValidateRequest(operation.ID, request(operation.ID, body)))
			for _, status := range []int{100, 200, 201, 302, 400, 503} {
				assertNoPayload(t, v.ValidateResponse(operation.ID, response(status, body)))
			}
		}
	}
}

// No message contains a value of another part of a request.
func TestMessagesContainNoRequestValue(t *testing.T) {
	v := newValidator(t)
	for name, change := range map[string]func(*conformance.Request){
		"method":        func(r *conformance.Request) { r.Method = canary },
		"host":          func(r *conformance.Request) { r.Host = canary },
		"path":          func(r *conformance.Request) { r.Path = "/" + canary },
		"parameter":     func(r *conformance.Request) { r.Path = strings.Replace(r.Path, envID, canary, 1) },
		"escape":        func(r *conformance.Request) { r.Path = strings.Replace(r.Path, envID, "%zz"+canary, 1) },
		"query":         func(r *conformance.Request) { r.Path += "?" + canary },
		"content type":  func(r *conformance.Request) { r.Header.Set("Content-Type", canary) },
		"charset":       func(r *conformance.Request) { r.Header.Set("Content-Type", "application/json; charset="+canary) },
		"authorization": func(r *conformance.Request) { r.Header.Set("Authorization", canary) },
		"header":        func(r *conformance.Request) { r.Header.Set("X-Ping-External-Session-ID", canary+" ") },
		"repeated": func(r *conformance.Request) {
			r.Header["X-Ping-External-Transaction-Id"] = []string{canary, canary}
		},
		"idempotency key": func(r *conformance.Request) { r.Header.Set("Idempotency-Key", canary) },
	} {
		t.Run(name, func(t *testing.T) {
			req := request(authentications, `{"user":{"id":"`+userID+`"}}`)
			change(&req)
			report := v.ValidateRequest(authentications, req)
			require.NotEmpty(t, report.Findings)
			assertNoPayload(t, report)
			assert.Equal(t, conformance.Invalid, report.Verdict())
		})
	}
}

// Each message describes the rule.
func TestMessages(t *testing.T) {
	v := newValidator(t)
	for _, tt := range []struct{ body, want string }{
		{`{"type":"SMS"}`, `the property "phone" is missing`},
		{`{"type":"SMS","phone":1}`, `must have the type string`},
		{`{"type":"TOTP","policy":1}`, `must have the type object`},
		{`{"type":"TOTP","status":"X"}`, `must be one of ACTIVE, ACTIVATION_REQUIRED`},
		{`{"type":"X"}`, `must be one of EMAIL, FIDO2, SMS, TOTP, VOICE, WHATSAPP`},
		{
			`{"type":"TOTP","nickName":"x"}`,
			`this property is not known here; names are case-sensitive, and "nickname" is known`,
		},
		{`{"type":"TOTP","x":"x"}`, `this property is not known here`},
		{`{"type":"TOTP","nickname":"` + strings.Repeat("x", 101) + `"}`, `must have a length of at most 100`},
		{
			`{"type":"VOICE","phone":"+12015550123","extension":"x"}`,
			`does not look like Extension, whose pattern is ^[0-9,#*]+$`,
		},
		{`{"type":"TOTP",}`, `a comma stands after the last element`},
	} {
		t.Run(tt.body, func(t *testing.T) {
			findings := v.ValidateRequest(devices, request(devices, tt.body)).Findings
			require.Len(t, findings, 1)
			assert.Equal(t, tt.want, findings[0].Message)
		})
	}
}
