package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

const goodDevice = `{"type":"SMS","phone":"+12015550123","nickname":"work"}`

const goodResponse = `{"id":"4ca9eb79-be29-4a1f-9a23-b29d58606e18","type":"SMS","status":"ACTIVE"}`

// invalidPayload is a payload with one error, and the line that describes it.
type invalidPayload struct{ side, body, want string }

func inRequest(old, changed, want string) invalidPayload {
	return invalidPayload{"request", strings.Replace(goodDevice, old, changed, 1), want}
}

func inResponse(old, changed, want string) invalidPayload {
	return invalidPayload{"response", strings.Replace(goodResponse, old, changed, 1), want}
}

// A finding contains the place, but not the value.
func TestValidateFinds(t *testing.T) {
	for name, bad := range map[string]invalidPayload{
		"one wrong letter": inRequest("nickname", "nicknane",
			"/nicknane: this property is not known here (additionalProperties)"),
		"one wrong letter in a required name": inRequest("phone", "fone",
			`"": the property "phone" is missing (required)`),
		"a wrong case": inRequest("nickname", "Nickname",
			`/Nickname: this property is not known here; names are case-sensitive, and "nickname" is known`),
		"a wrong case of a value": inRequest("SMS", "sms",
			"/type: must be one of EMAIL, FIDO2, SMS, TOTP, VOICE, WHATSAPP (discriminator)"),
		"a trailing comma": inRequest("}", ",}",
			`"": a comma stands after the last element (trailingComma)`),
		"a trailing comma below": inRequest(`"work"`, `["work",]`,
			"/nickname: a comma stands after the last element (trailingComma)"),
		"a duplicate key": inRequest("{", `{"phone":"+12015550123",`,
			"/phone: the name stands twice in its object (duplicate)"),
		"a byte order mark": inRequest("{", "\ufeff{",
			`"": a byte order mark stands before the JSON (bom)`),
		"a number in place of a string": inRequest(`"work"`, "12015550123",
			"/nickname: must have the type string (type)"),
		"a phone with letters": inRequest("+1201555", "+1201LLL",
			"/phone: does not look like Phone"),
		"no JSON": {"request", "phone=+12015550123",
			`"": this is not JSON (syntax)`},
		"nothing": {"request", "",
			`"": the body is missing (required)`},
		"more than one": inRequest("{", goodDevice+"{",
			`"": bytes follow the JSON value (trailing)`),
		"a wrong case in a response": inResponse(`"id"`, `"Id"`,
			`"": the property "id" is missing (required)`),
		"a boolean as a string in a response": inResponse("{", `{"testMode":"true",`,
			"/testMode: must have the type boolean (type)"),
		"a duplicate key in a response": inResponse("{", `{"id":"1",`,
			"/id: the name stands twice in its object (duplicate)"),
		"a trailing comma in a response": inResponse("}", ",}",
			`"": a comma stands after the last element (trailingComma)`),
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, bad.body, "validate", "-operation", "createDevice", "-side", bad.side)
			assert.Equal(t, exitFailed, got.code)
			assert.Contains(t, got.out, "standard input: invalid\n")
			assert.Contains(t, got.out, "\n  "+bad.want)
			assert.NotContains(t, got.out, "5550123")
			assert.NotContains(t, got.out, "work")
		})
	}
}

// The contract has numbers only in errors.
func TestValidateFindsANumberAsAString(t *testing.T) {
	const refused = `{"code":"REQUEST_FAILED","details":[{"code":"LIMIT_EXCEEDED","innerError":{"maximumAllowed":"5"}}]}`
	args := []string{"validate", "-operation", "createDevice", "-side", "response", "-status", "400"}
	got := run(t, refused, args...)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "\n  /details/0/innerError/maximumAllowed: must have the type number (type)\n")
	assert.Zero(t, run(t, strings.Replace(refused, `"5"`, "5", 1), args...).code)
}

func TestValidateGoodPayloads(t *testing.T) {
	for _, good := range []struct{ operation, side, body string }{
		{"createDevice", "request", goodDevice},
		{"createDevice", "response", goodResponse},
		{"createDevice", "response", strings.Replace(goodResponse, "{", `{"soon":1,`, 1)},
		{"createDeviceAuthentication", "request", `{"user":{"id":"788d4931-6936-43f2-82ff-178f5762298a"}}`},
		{"createDeviceAuthentication", "response", `{"id":"1","status":"SOON_REQUIRED"}`},
		{"readDeviceAuthentication", "request", ``},
		{"readDeviceAuthentication", "response", `{"id":"1","status":"SOON_REQUIRED"}`},
		{"activateDevice", "response", goodResponse},
	} {
		got := run(t, good.body, "validate", "-operation", good.operation, "-side", good.side)
		assert.Equal(t, output{out: "standard input: valid\n"}, got, good.body)
	}
}

// A deviation that clients must tolerate is invalid in strict mode only.
func TestValidateModes(t *testing.T) {
	odd := strings.Replace(goodResponse, "{", `{"testMode":"true",`, 1)
	args := []string{"validate", "-operation", "createDevice", "-side", "response"}

	got := run(t, odd, args...)
	assert.Equal(t, output{
		code: exitFailed, out: "standard input: invalid\n  /testMode: must have the type boolean (type)\n",
	}, got)
	got = run(t, odd, append(args, "-mode", "tolerant")...)
	assert.Equal(t, output{
		out: "standard input: tolerated\n  /testMode: must have the type boolean (type, tolerated)\n",
	}, got)
	got = run(t, `{"testMode":"true","type":"SMS"}`, append(args, "-mode", "tolerant")...)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "standard input: invalid\n")
}

func TestValidateStatus(t *testing.T) {
	validate := func(status, body string) output {
		return run(t, body, "validate", "-operation", "createDevice", "-side", "response", "-status", status)
	}
	assert.Zero(t, validate("400", `{"code":"INVALID_DATA"}`).code)
	assert.Contains(t, validate("400", goodResponse).out, `"": the property "code" is missing (required)`)
	assert.Contains(t, validate("202", goodResponse).out, "  status: this status is not described (status)")
}

// The Content-Type selects the action of a request, and tells a page from JSON.
func TestValidateContentType(t *testing.T) {
	const otp = `{"otp":"555555"}`
	validate := func(contentType, body string, args ...string) output {
		return run(t, body, append([]string{"validate", "-content-type", contentType}, args...)...)
	}
	request := []string{"-operation", "continueDeviceAuthentication", "-side", "request"}
	assert.Zero(t, validate("application/vnd.pingidentity.otp.check+json", otp, request...).code)
	assert.Contains(t, validate("application/vnd.pingidentity.otp.check+json", `{}`, request...).out,
		`"": the property "otp" is missing (required)`)
	got := validate("application/json", otp, request...)
	assert.Equal(t, exitFailed, got.code, "the action is not known")
	assert.Contains(t, got.out, "  header:Content-Type: there must be exactly one Content-Type: application/vnd")

	validator, err := conformance.NewValidator()
	require.NoError(t, err)
	for _, operation := range validator.Operations() {
		for _, status := range []string{"502", "503", "504"} {
			page := []string{"-operation", operation.ID, "-side", "response", "-status", status}
			assert.Zero(t, validate("text/html; charset=utf-8", "<html></html>", page...).code)
			assert.Equal(t, exitFailed, validate("application/json", "<html></html>", page...).code)
		}
	}
}

// Flags may follow a file, but not "--".
func TestValidateFlagsAfterFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "-device.json")
	require.NoError(t, os.WriteFile(file, []byte(goodDevice), 0o600))
	valid := output{out: file + ": valid\n" + file + ": valid\n"}
	assert.Equal(t, valid, run(t, "", "validate", "-operation", "createDevice", file, "-side", "request", file))
	assert.Equal(t, valid, run(t, "", "validate", file, file, "-operation=createDevice", "-side", "request"))
	assert.Equal(t, valid, run(t, "", "validate", file, "-operation", "createDevice", "-side", "request", "--", file))
	t.Chdir(filepath.Dir(file))
	got := run(t, "", "validate", "-operation", "createDevice", "-side", "request", "--", "-device.json", "-device.json")
	assert.Equal(t, output{out: "-device.json: valid\n-device.json: valid\n"}, got, "names with a hyphen")
}

// Several files, in each output format.
func TestValidateOutput(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.json"), filepath.Join(dir, "bad.json")
	require.NoError(t, os.WriteFile(good, []byte(goodDevice), 0o600))
	require.NoError(t, os.WriteFile(bad, []byte(`{"type":"SMS","phone":"12015550123"}`), 0o600))
	args := func(form string) []string {
		return []string{"validate", "-operation", "createDevice", "-side", "request", "-o", form, good, bad}
	}

	got := run(t, "", args("json")...)
	assert.Equal(t, exitFailed, got.code)
	var payloads []payload
	require.NoError(t, json.Unmarshal([]byte(got.out), &payloads))
	require.Len(t, payloads, 2)
	assert.Equal(t, payload{File: good, Verdict: conformance.Valid, Findings: []conformance.Finding{}}, payloads[0])
	assert.Equal(t, conformance.Invalid, payloads[1].Verdict)
	require.Len(t, payloads[1].Findings, 1)
	assert.Equal(t, "/phone", payloads[1].Findings[0].Pointer)
	assert.Equal(t, "pattern", payloads[1].Findings[0].Rule)

	got = run(t, "", args("junit")...)
	assert.Equal(t, exitFailed, got.code)
	suite := readJUnit(t, got.out)
	assert.Equal(t, []int{2, 1, 0}, []int{suite.Tests, suite.Failures, suite.Skipped})
	assert.Equal(t, good, suite.Cases[0].Name)
	assert.Empty(t, suite.Cases[0].Failure)
	assert.Contains(t, suite.Cases[1].Failure, "/phone: ")

	got = run(t, goodDevice, append(args("text"), "-")...)
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, good+": valid\n"+bad+": invalid\n  /phone: ")
	assert.Contains(t, got.out, "standard input: valid\n")
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

func readJUnit(t *testing.T, text string) junitSuite {
	t.Helper()
	var suite junitSuite
	require.NoError(t, xml.Unmarshal([]byte(text), &suite))
	require.Len(t, suite.Cases, suite.Tests)
	return suite
}
