package pingmfatest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestViolationFailsTheTest(t *testing.T) {
	const canary = "canary7361"
	for name, test := range map[string]struct {
		operation, contentType, query, body string
		status                              int
		code, pointer, target, rule         string
	}{
		"missing member": {pingmfatest.OpCreateDevice, "", "", `{"type":"SMS"}`,
			400, "INVALID_DATA", "body: the property \"phone\"", "", "required"},
		"bad phone": {pingmfatest.OpCreateDevice, "", "", `{"type":"SMS","phone":"` + canary + `"}`,
			400, "INVALID_DATA", "/phone", "phone", "pattern"},
		"deep": {pingmfatest.OpCreateDeviceAuthentication, "", "",
			`{"user":{"id":"` + someUser + `"},"selectedDevice":{"oneTime":{"type":"SMS","phone":"` + canary + `"}}}`,
			400, "INVALID_DATA", "/selectedDevice/oneTime/phone", "selectedDevice.oneTime.phone", "pattern"},
		"unknown member": {pingmfatest.OpCreateDeviceAuthentication, "", "",
			`{"user":{"id":"` + someUser + `"},"channel":"` + canary + `"}`,
			400, "INVALID_DATA", "/channel", "channel", "additionalProperties"},
		"broken JSON": {pingmfatest.OpCreateDevice, "", "", `{"type":"` + canary, 400, "INVALID_DATA", "", "", "syntax"},
		"no body":     {pingmfatest.OpCreateDevice, "", "", "", 400, "INVALID_DATA", "body: the body", "", "required"},
		"query": {pingmfatest.OpCreateDevice, "", "?q=" + canary, `{"type":"TOTP"}`,
			400, "INVALID_DATA", "query", "", "query"},
		"reorder": {pingmfatest.OpCreateDevice, "application/vnd.pingidentity.devices.reorder+json", "",
			`{"type":"TOTP"}`, 415, "INVALID_REQUEST", "header:Content-Type", "", "contentType"},
	} {
		t.Run(name, func(t *testing.T) {
			tb := &recorder{TB: t}
			srv := pingmfatest.NewServer(tb)
			userID := srv.AddUser(pingmfatest.User{ID: someUser})
			target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
			if test.operation == pingmfatest.OpCreateDevice {
				target = srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + userID + "/devices"
			}
			header := bearer(srv.Token())
			if test.contentType != "" {
				header.Set("Content-Type", test.contentType)
			}
			response := send(t, srv.Client(), http.MethodPost, target+test.query, header, test.body)
			valid(t, test.operation, response)
			detail := refused(t, response, test.status, test.code, "")
			if test.target != "" {
				assert.Equal(t, test.target, detail["target"])
			}
			assert.NotContains(t, response.raw, canary)
			assert.Equal(t, test.rule == "required", detail["code"] == "REQUIRED_VALUE")
			violations := srv.Violations()
			require.Len(t, violations, 1)
			assert.Equal(t, test.operation, violations[0].Operation)
			failures := tb.finish()
			require.Len(t, failures, 1)
			assert.Contains(t, failures[0], test.operation)
			assert.Contains(t, failures[0], "\n\t"+test.pointer)
			assert.Contains(t, failures[0], "("+test.rule+")")
			assert.NotContains(t, failures[0], canary)
			assert.Empty(t, srv.Messages())
			assert.Empty(t, srv.Devices(userID))
			assert.False(t, srv.Requests()[0].Acted)
		})
	}
}

// The operations that finish an authentication and a pairing. To a wrong media type, a gateway was seen to respond with
// a message alone.
func TestViolationOfAnActionFailsTheTest(t *testing.T) {
	const (
		canary     = "canary7361"
		selectType = "application/vnd.pingidentity.device.select+json"
		check      = "application/vnd.pingidentity.otp.check+json"
		code       = "application/vnd.pingidentity.device.sendActivationCode+json"
	)
	for name, test := range map[string]struct {
		method, operation, contentType, body string
		status                               int
		pointer, rule                        string
	}{
		"GET with a body": {"GET", "readDeviceAuthentication", "", canary, 400, "body: there", "forbidden"},
		"no action": {"POST", "continueDeviceAuthentication", "application/json", `{"otp":"` + canary + `"}`,
			403, "header:Content-Type", "contentType"},
		"the action of a device": {"POST", "continueDeviceAuthentication", code, "",
			403, "header:Content-Type", "contentType"},
		"letters": {"POST", "continueDeviceAuthentication", check, `{"otp":"` + canary + `"}`, 400, "/otp", "pattern"},
		"the body of another action": {"POST", "continueDeviceAuthentication", selectType, `{"otp":"123456"}`,
			400, "body: the property \"device\"", "additionalProperties"},
		"a device by name": {"POST", "continueDeviceAuthentication", selectType, `{"device":{"id":"` + canary + `"}}`,
			400, "/device/id", "pattern"},
		"another reason": {"POST", "continueDeviceAuthentication",
			"application/vnd.pingidentity.cancel.push.authentication+json", `{"reason":"` + canary + `"}`,
			400, "/reason", "enum"},
		"no assertion": {"POST", "continueDeviceAuthentication",
			"application/vnd.pingidentity.assertion.check+json", `{"origin":"` + canary + `"}`,
			400, "body: the property \"assertion\"", "required"},
		"activation without a body": {"POST", "activateDevice",
			"application/vnd.pingidentity.device.activate+json", "", 400, "body: the body", "required"},
		"activation as JSON": {"POST", "activateDevice", "application/json", `{"otp":"` + canary + `"}`,
			403, "header:Content-Type", "contentType"},
		"a code with a body": {"POST", "activateDevice", code, `{"otp":"` + canary + `"}`,
			400, "body: there", "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			tb := &recorder{TB: t}
			srv := pingmfatest.NewServer(tb)
			id := start(t, srv, smsID)
			waiting := srv.AddDevice(someUser, pingmfatest.Device{
				"type": "SMS", "phone": "+12015550123", "status": "ACTIVATION_REQUIRED",
			})
			target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications/" + id
			if test.operation == pingmfatest.OpActivateDevice {
				target = srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + someUser + "/devices/" + waiting
			}
			header := bearer(srv.Token())
			header.Set("Content-Type", test.contentType)
			before := read(t, srv, id)
			response := send(t, srv.Client(), test.method, target, header, test.body)
			assert.Equal(t, test.status, response.status)
			if test.status == http.StatusForbidden {
				assert.JSONEq(t, `{"message":"Forbidden"}`, response.raw)
				assert.Equal(t, "application/json", response.header.Get("Content-Type"))
				assert.NotContains(t, response.header, "Correlation-Id")
			} else {
				valid(t, test.operation, response)
				refused(t, response, http.StatusBadRequest, "INVALID_DATA", "")
			}
			assert.NotContains(t, response.raw, canary)
			requests := srv.Requests(test.operation)
			assert.False(t, requests[len(requests)-1].Acted)
			assert.Equal(t, before.at("updatedAt"), read(t, srv, id).at("updatedAt"))
			assert.Len(t, srv.Messages(), 1)
			failures := tb.finish()
			require.Len(t, failures, 1)
			assert.Contains(t, failures[0], "breaks the contract of "+test.operation+"\n\t"+test.pointer)
			assert.Contains(t, failures[0], "("+test.rule+")")
			assert.NotContains(t, failures[0], canary)
		})
	}
}

func TestUnknownRouteFailsTheTest(t *testing.T) {
	environment := "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	devices := "/environments/" + environment + "/users/" + someUser + "/devices"
	started := "/ping-auth/" + environment + "/deviceAuthentications/" + someUser
	for name, test := range map[string]struct {
		method, target, says string
	}{
		"auth prefix lost": {"POST", "/" + environment + "/deviceAuthentications", "neither base URL"},
		"api prefix lost":  {"POST", devices, "neither base URL"},
		"v1 lost":          {"POST", "/ping-api" + devices, "neither base URL"},
		"v1 twice":         {"POST", "/ping-api/v1/v1" + devices, "no operation"},
		"not quite the prefix": {
			"POST", "/ping-authx/" + environment + "/deviceAuthentications", "neither base URL",
		},
		"the other host": {"POST", "/ping-api/v1/" + environment + "/deviceAuthentications", "no operation"},
		"a sub-path":     {"POST", started + "/otp/check", "no operation"},
		"start by GET":   {"GET", "/ping-auth/" + environment + "/deviceAuthentications", "must be POST"},
		"token by GET":   {"GET", "/ping-auth/" + environment + "/as/token", "must be POST"},
		"check by PUT":   {"PUT", started, "must be GET or POST"},
		"read a device":  {"GET", "/ping-api/v1" + devices + "/" + someUser, "must be POST"},
		"a phone in the path": {
			"POST", "/ping-auth/users/+12015550123/devices", "/users/…/devices",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := &recorder{TB: t}
			srv := pingmfatest.NewServer(tb)
			root := strings.TrimSuffix(srv.AuthURL, "/ping-auth")
			response := send(t, srv.Client(), test.method, root+test.target, bearer(srv.Token()), `{}`)
			assert.Equal(t, http.StatusForbidden, response.status)
			assert.Equal(t, map[string]any{"message": "Forbidden"}, response.body)
			assert.Empty(t, response.header.Get("Correlation-Id"))
			failures := tb.finish()
			require.Len(t, failures, 1)
			assert.Contains(t, failures[0], test.says)
			assert.NotContains(t, failures[0], "2015550123")
		})
	}
}

// A path parameter that would change the route is a violation.
func TestDotsInThePathFailTheTest(t *testing.T) {
	for _, userID := range []string{"..", ".", "", "%2e%2e"} {
		tb := &recorder{TB: t}
		srv := pingmfatest.NewServer(tb)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"type":"TOTP"}`))
		request.URL.Path = "/ping-api/v1/environments/" + srv.EnvironmentID + "/users/" + userID + "/devices"
		request.URL.RawPath = request.URL.Path
		request.Header = bearer(srv.Token())
		response := httptest.NewRecorder()
		srv.ServeHTTP(response, request)
		assert.Equal(t, http.StatusBadRequest, response.Code)
		failures := tb.finish()
		require.Len(t, failures, 1)
		assert.Contains(t, failures[0], "path:userID")
	}
}

func TestReportReplacesTheFailure(t *testing.T) {
	var reported []pingmfatest.Violation
	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) {
		o.Report = func(v pingmfatest.Violation) { reported = append(reported, v) }
	})
	create(t, srv, someUser, `{"type":"PIGEON"}`)
	require.Len(t, reported, 1)
	assert.Equal(t, srv.Violations(), reported)
	assert.Equal(t, "/type", reported[0].Findings[0].Pointer)
}
