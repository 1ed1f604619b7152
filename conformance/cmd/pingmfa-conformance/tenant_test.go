package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const tenantUser = "0badcafe-1111-2222-3333-444455556666"

// newTenant starts a fake, and sets the environment variables for it.
func newTenant(t *testing.T, configure ...func(*pingmfatest.Options)) *pingmfatest.Server {
	t.Helper()
	srv := pingmfatest.NewServer(t, append([]func(*pingmfatest.Options){func(o *pingmfatest.Options) {
		o.EnvironmentID, o.PolicyID = "feedface-1111-2222-3333-444455556666", "deadbeef-1111-2222-3333-444455556666"
		o.Seed = 7
	}}, configure...)...)
	srv.AddUser(pingmfatest.User{ID: tenantUser})
	for name, value := range map[string]string{
		"ENVIRONMENT_ID": srv.EnvironmentID, "CLIENT_ID": srv.ClientID, "CLIENT_SECRET": srv.ClientSecret, "REGION": "eu",
		"USER_ID": tenantUser, "PHONE": "", "AUTH_URL": srv.AuthURL, "API_URL": srv.APIURL + "/",
	} {
		t.Setenv("PINGONE_"+name, value)
	}
	return srv
}

// plain makes the fake add no members that the contract does not describe.
func plain(o *pingmfatest.Options) { o.Plain = true }

// results returns what the command prints after the plan.
func results(t *testing.T, got output) string {
	t.Helper()
	const first = "\ncreateDeviceAuthentication (one-time): 2"
	plan, lines, found := strings.Cut(got.out, first)
	require.True(t, found, got.out+got.errors)
	assert.Contains(t, plan, "REAL environment")
	return first[1:] + lines
}

const loginResults = `createDeviceAuthentication (one-time): 201, valid
readDeviceAuthentication (otp-required): 200, valid
continueDeviceAuthentication (wrong-otp): 400, valid
continueDeviceAuthentication (otp): 200, valid
readDeviceAuthentication (completed): 200, valid
`

// The plan has each request, and nothing is sent before it is confirmed.
func TestTenantAsks(t *testing.T) {
	srv := newTenant(t, plain)
	for _, in := range []string{"", "\n", "n\n", "yes, or no\n"} {
		got := run(t, in, "tenant")
		assert.Equal(t, output{code: exitError, out: `These requests go to a REAL environment of PingOne, in test mode:
  token: requests an access token
  createDeviceAuthentication (one-time): starts a login by SMS to a number that PingOne does not store
  readDeviceAuthentication (otp-required): reads the login
  continueDeviceAuthentication (wrong-otp): checks a wrong passcode, which uses up a try
  continueDeviceAuthentication (otp): checks the right passcode
  readDeviceAuthentication (completed): reads the login after its end
Continue? [y/N] `, errors: "pingmfa-conformance: tenant: not confirmed, so no request was sent\n"}, got)
	}
	assert.Empty(t, srv.Requests())

	got := run(t, "y\n", "tenant")
	assert.Zero(t, got.code, got.errors)
	assert.Equal(t, loginResults, results(t, got))
	assert.Len(t, srv.Requests(), 6)
	assert.Empty(t, srv.Messages())
	assert.Empty(t, srv.Devices(tenantUser))
}

func TestTenantPairs(t *testing.T) {
	srv := newTenant(t, plain)
	got := run(t, "", "tenant", "-yes", "-pair")
	assert.Zero(t, got.code, got.errors)
	assert.Contains(t, got.out, "\n  createDevice (activation-required): pairs an SMS device, named ping")
	assert.Equal(t, loginResults+
		`createDevice (activation-required): 201, valid
activateDevice (resend): 200, valid
activateDevice (otp): 200, valid
`, results(t, got))
	require.Len(t, srv.Devices(tenantUser), 1)
	assert.Equal(t, "ACTIVE", srv.Devices(tenantUser)[0]["status"])
	assert.Empty(t, srv.Messages())
}

func TestTenantCredentials(t *testing.T) {
	srv := newTenant(t)
	for _, post := range []bool{false, true} {
		args := []string{"tenant", "-yes"}
		if post {
			args = append(args, "-post")
		}
		require.Zero(t, run(t, "", args...).code)
		requests := srv.Requests(pingmfatest.OpToken)
		last := requests[len(requests)-1]
		assert.Equal(t, post, last.Header.Get("Authorization") == "")
		assert.Equal(t, post, strings.Contains(string(last.Body), "client_secret="))
	}
	srv.Script(pingmfatest.OpToken, pingmfatest.Response{Status: 400, Body: `{"access_token":"canary"}`})
	got := run(t, "", "tenant", "-yes")
	assert.Equal(t, exitError, got.code)
	assert.Equal(t, "pingmfa-conformance: tenant: no token: the status is 400\n", got.errors)
	t.Setenv("PINGONE_CLIENT_SECRET", "wrong-secret")
	got = run(t, "", "tenant", "-yes")
	assert.Equal(t, exitError, got.code)
	assert.Equal(t, "pingmfa-conformance: tenant: no token: the status is 401\n", got.errors)
}

// A variable that is missing or wrong is named, without its value, and nothing is sent.
func TestTenantVariables(t *testing.T) {
	srv := newTenant(t)
	full := t.TempDir()
	require.NoError(t, os.WriteFile(full+"/file", nil, 0o600))
	for _, test := range []struct{ name, value, want string }{
		{"ENVIRONMENT_ID", "", "PINGONE_ENVIRONMENT_ID is not set, or is wrong"},
		{"CLIENT_ID", "", "PINGONE_CLIENT_ID is not set, or is wrong"},
		{"CLIENT_SECRET", "", "PINGONE_CLIENT_SECRET is not set, or is wrong"},
		{"REGION", "", "PINGONE_REGION is not set, or is wrong"},
		{"REGION", "canary.example", "PINGONE_REGION is not set, or is wrong"},
		{"USER_ID", "", "PINGONE_USER_ID is not set, or is wrong"},
		{"AUTH_URL", "http://canary.example", "PINGONE_AUTH_URL is not set, or is wrong"},
		{"AUTH_URL", "https://canary@example.com", "PINGONE_AUTH_URL is not set, or is wrong"},
		{"API_URL", "http://127.0.0.1.canary.example/v1", "PINGONE_API_URL is not set, or is wrong"},
		{"API_URL", "https://canary.example/v1?x", "PINGONE_API_URL is not set, or is wrong"},
		{"ENVIRONMENT_ID", "../canary", "createDeviceAuthentication: not sent: path: the path must have the form"},
		{"USER_ID", "canary", "createDeviceAuthentication: not sent: /user/id: does not look like ID, whose pattern is"},
		{"PHONE", "canary", "createDeviceAuthentication: not sent: /selectedDevice/oneTime/phone: does not look like"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Setenv("PINGONE_"+test.name, test.value)
			got := run(t, "", "tenant", "-yes")
			assert.Equal(t, exitError, got.code)
			assert.Contains(t, got.errors, test.want)
			assert.NotContains(t, got.errors, "canary")
			assert.Empty(t, got.out)
		})
	}
	got := run(t, "", "tenant", "-yes", "-write", full)
	assert.Equal(t, output{code: exitError, errors: "pingmfa-conformance: tenant: " + full + " is not empty\n"}, got)
	assert.Empty(t, srv.Requests())
}

// Each difference is reported by its place and its rule, without values.
func TestTenantReportsDifferences(t *testing.T) {
	const start, read, check, pair, activate = pingmfatest.OpCreateDeviceAuthentication,
		pingmfatest.OpReadDeviceAuthentication, pingmfatest.OpContinueDeviceAuthentication,
		pingmfatest.OpCreateDevice, pingmfatest.OpActivateDevice
	const id = `"id":"0badcafe-9999-2222-3333-444455556666"`
	files := map[string]string{
		start: "create-device-authentication/exchange/seen-one-time",
		read:  "read-device-authentication/exchange/seen-otp-required",
		check: "continue-device-authentication/exchange/seen-wrong-otp",
		pair:  "create-device/exchange/seen-activation-required", activate: "activate-device/exchange/seen-resend",
	}
	for name, test := range map[string]struct {
		operation, header, body string
		status, code            int
		want, expect            string // in the output, and in the vector
	}{
		"unknown members": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED","added":{"list":["canary"],"none":null,"text":""},` +
				`"canary@example.com":7}`, 200, exitOK,
			"(otp-required): 200, valid\n  /added/list/0: not described\n  /p10@example.com: not described\ncont",
			`{"result":{"id":"00000008-0000-4000-8000-000000000008","status":"OTP_REQUIRED"}}`,
		},
		"another type": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED","createdAt":4711,"user":["canary"]}`, 200, exitOK,
			"(otp-required): 200, tolerated\n  /createdAt: must have the type string (type, tolerated)\n" +
				"  /user: must have the type object (type, tolerated)\ncontinue",
			`{"result":{"id":"00000008-0000-4000-8000-000000000008","status":"OTP_REQUIRED"}}`,
		},
		"no id": {
			read, "", `{"status":"OTP_REQUIRED","added":1}`, 200, exitFailed,
			"(otp-required): 200, invalid\n  \"\": the property \"id\" is missing (required)\n  /added: not described\ncont", "",
		},
		"neither id nor status": {
			read, "", `{}`, 200, exitFailed,
			"(otp-required): 200, invalid\n  \"\": the property \"id\" is missing (required)\n" +
				"  \"\": the property \"status\" is missing (required)\n  expected OTP_REQUIRED\n", "",
		},
		"no id for the next request": {
			start, "", `{"status":"OTP_REQUIRED","test":{"otp":"123456"}}`, 201, exitFailed,
			"201, invalid\n  \"\": the property \"id\" is missing (required)\n" +
				"readDeviceAuthentication: not sent: path:deviceAuthenticationID: the segment must not be empty, ", "",
		},
		"a refused start": {
			start, "", `{` + id + `,"code":"REQUEST_FAILED"}`, 400, exitFailed,
			"400, valid\n  expected OTP_REQUIRED\nreadDeviceAuthentication: not sent: path:deviceAuthenticationID: ", "",
		},
		"no passcode": {
			pair, "", `{` + id + `,"type":"SMS","status":"ACTIVATION_REQUIRED"}`, 201, exitFailed,
			"activateDevice: not sent: /otp: does not look like EnteredOTP", "",
		},
		"a number as passcode": {
			pair, "", `{` + id + `,"type":"SMS","status":"ACTIVATION_REQUIRED","test":{"otp":123456}}`, 201, exitFailed,
			"(otp): 404, valid\n  expected ACTIVE\n", "",
		},
		"a name twice": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED","status":"OTP_REQUIRED"}`, 200, exitOK,
			"(otp-required): 200, tolerated\n  /status: the name stands twice in its object (duplicate, tolerated)\ncont", "",
		},
		"another status": {
			read, "", `{` + id + `,"status":"NEW"}`, 200, exitFailed,
			"(otp-required): 200, valid\n  expected OTP_REQUIRED\ncontinue", "",
		},
		"another media type": {
			read, "text/plain", `{}`, 200, exitFailed, "(otp-required): 200, invalid\n  header:Content-Type: ", "",
		},
		"not JSON": {
			read, "", `canary`, 200, exitFailed, "(otp-required): 200, invalid\n  \"\": this is not JSON (syntax)\n", "",
		},
		"text after JSON": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED"} canary`, 200, exitFailed,
			"(otp-required): 200, invalid\n  \"\": ", "",
		},
		"two values": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED"}"canary"`, 200, exitFailed, "(trailing)\n", "",
		},
		"not UTF-8": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED","x":"canary` + "\xff" + `"}`, 200, exitFailed, "200, invalid\n", "",
		},
		"no body": {read, "", "", 200, exitFailed, "200, invalid\n  \"\": the body is missing (required)\n", ""},
		"a refusal": {
			read, "", `{"message":"canary","added":true}`, 403, exitFailed,
			"(otp-required): 403, tolerated\n  \"\": the property \"code\" is missing (required, tolerated)\n" +
				"  /added: not described\n  expected OTP_REQUIRED\n",
			`{"result":{"message":"text 8"}}`,
		},
		"a success of the wrong passcode": {
			check, "", `{` + id + `,"status":"COMPLETED"}`, 200, exitFailed, "(wrong-otp): 200, valid\n  expected 4xx\n", "",
		},
		"a resend without a body": {
			activate, "", "", 202, exitOK, "(resend): 202, invalid\n", `{"class":"success","values":{"correlationId":null}}`,
		},
		"a resend without content": {
			activate, "", "", 204, exitOK, "(resend): 204, valid\n", `{"class":"success","values":{"correlationId":null}}`,
		},
		"a resend with a text": {
			activate, "text/plain", "sent", 200, exitOK, "(resend): 200, invalid\n",
			`{"class":"success","values":{"correlationId":null}}`,
		},
		"a resend with another object": {
			activate, "", `{"sent":true}`, 200, exitOK, "(resend): 200, invalid\n", `{"class":"success","result":null}`,
		},
		"a refused resend": {
			activate, "", `{"code":"REQUEST_FAILED"}`, 400, exitFailed, "(resend): 400, valid\n  expected 2xx\n", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newTenant(t, plain)
			response := pingmfatest.Response{Status: test.status, Body: test.body, Header: http.Header{}}
			if test.header != "" {
				response.Header.Set("Content-Type", test.header)
			}
			srv.Script(test.operation, response)
			dir := t.TempDir()
			got := run(t, "", "tenant", "-yes", "-pair", "-write", dir)
			assert.Equal(t, test.code, got.code, got.errors)
			assert.Contains(t, got.out, test.want)
			assert.Empty(t, got.errors)
			_, written := checkTenantVectors(t, dir)
			assert.NotContains(t, strings.ToLower(fmt.Sprint(got.out, written)), "canary")
			var vector struct{ Expect json.RawMessage }
			require.NoError(t, json.Unmarshal([]byte(written[files[test.operation]]), &vector))
			if test.expect == "" {
				assert.Empty(t, vector.Expect)
			} else {
				assert.JSONEq(t, test.expect, string(vector.Expect))
			}
		})
	}
}

// Without a passcode in the response, the login cannot go on: it is not in test mode.
func TestTenantWithoutPasscode(t *testing.T) {
	srv := newTenant(t)
	const body = `{"id":"0badcafe-9999-2222-3333-444455556666","status":"OTP_REQUIRED"}`
	srv.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{Status: 201, Body: body})
	srv.Script(pingmfatest.OpReadDeviceAuthentication, pingmfatest.Response{Body: body})
	got := run(t, "", "tenant", "-yes", "-pair")
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "continueDeviceAuthentication: not sent: /otp: does not look like EnteredOTP")
	assert.NotContains(t, got.out, "expected")
	assert.Empty(t, srv.Requests(pingmfatest.OpContinueDeviceAuthentication, pingmfatest.OpCreateDevice))
}

// Without a response, it ends: the request may have had an effect. What was seen before is written.
func TestTenantWithoutResponse(t *testing.T) {
	srv := newTenant(t, plain)
	srv.Inject(pingmfatest.OpContinueDeviceAuthentication, pingmfatest.FaultResetAfterReading)
	dir := filepath.Join(t.TempDir(), "new")
	got := run(t, "", "tenant", "-yes", "-write", dir)
	assert.Equal(t, exitError, got.code)
	assert.Regexp(t, `: no response, so PingOne may have acted: .*reset by peer\n$`, got.errors)
	assert.Contains(t, got.out, "/new: 2 vectors.")
	assert.Len(t, srv.Requests(pingmfatest.OpContinueDeviceAuthentication), 1)
}

// Whatever comes back, the output and the vectors have no part of it that may be a value. Faults repeat the request.
func TestTenantFaults(t *testing.T) {
	for _, fault := range pingmfatest.Faults() {
		if fault.BelowHTTP() || fault.NeedsTLS() || strings.HasPrefix(string(fault), "slow") {
			continue
		}
		t.Run(string(fault), func(t *testing.T) {
			srv := newTenant(t)
			srv.InjectAlways(pingmfatest.OpReadDeviceAuthentication, fault)
			dir := t.TempDir()
			got := run(t, "", "tenant", "-yes", "-write", dir)
			_, files := checkTenantVectors(t, dir)
			shown := strings.ToLower(fmt.Sprint(got.out, got.errors, files))
			for _, request := range srv.Requests() {
				token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
				assert.False(t, token != "" && strings.Contains(shown, strings.ToLower(token)))
			}
			for _, value := range []string{tenantUser, srv.EnvironmentID, srv.ClientSecret, "2015550123"} {
				assert.NotContains(t, shown, strings.ToLower(value))
			}
		})
	}
}
