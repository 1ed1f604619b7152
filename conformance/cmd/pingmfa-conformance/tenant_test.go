package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
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
		read:  "read-device-authentication/exchange/seen-otp-required", pair: "create-device/exchange/seen-activation-required",
		check: "continue-device-authentication/exchange/seen-wrong-otp", activate: "activate-device/exchange/seen-resend",
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
			"(otp-required): 200, tolerated\n  /createdAt: must be a string (type, tolerated)\n" +
				"  /user: must be an object (type, tolerated)\ncontinue",
			`{"result":{"id":"00000008-0000-4000-8000-000000000008","status":"OTP_REQUIRED"}}`,
		},
		"no id": {
			read, "", `{"status":"OTP_REQUIRED","added":1}`, 200, exitFailed,
			"(otp-required): 200, invalid\n  \"\": the property \"id\" is missing (required)\n  /added: not described\ncont", "",
		},
		"neither id nor status": {
			read, "", `{}`, 200, exitFailed, "(otp-required): 200, invalid\n  \"\": the property \"id\" is missing (required)\n" +
				"  \"\": the property \"status\" is missing (required)\n  expected OTP_REQUIRED\n", "",
		},
		"no id for the next request": {
			start, "", `{"status":"OTP_REQUIRED","test":{"otp":"123456"}}`, 201, exitFailed,
			"201, invalid\n  \"\": the property \"id\" is missing (required)\n" +
				"readDeviceAuthentication: not sent: path:deviceAuthenticationID: the segment must not be empty, \".\" or \"..\"\n", "",
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
		"not JSON": {read, "", `canary`, 200, exitFailed, "(otp-required): 200, invalid\n  \"\": ", ""},
		"two values": {
			read, "", `{` + id + `,"status":"OTP_REQUIRED"}{}`, 200, exitFailed, "(otp-required): 200, invalid\n  \"\": ", "",
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

// checkTenantVectors checks the vectors in a directory as tests of package conformance check those of this module, and
// returns them, and their files.
func checkTenantVectors(t *testing.T, dir string) (vectors []conformance.Vector, files map[string]string) {
	t.Helper()
	vectors, err := conformance.ReadVectors(os.DirFS(dir))
	require.NoError(t, err)
	schema, err := jsonschema.NewCompiler().Compile("../../vector.schema.json")
	require.NoError(t, err)
	validator, err := conformance.NewValidator()
	require.NoError(t, err)
	files = map[string]string{}
	for _, vector := range vectors {
		data, err := fs.ReadFile(os.DirFS(dir), vector.ID+".json")
		require.NoError(t, err)
		files[vector.ID] = string(data)
		file, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(file))
		assert.Equal(t, conformance.Source{Kind: "seen"}, vector.Source)

		assert.Empty(t, validator.ValidateRequest(vector.Operation, vector.Request.Wire()).Findings)
		report := validator.ValidateResponse(vector.Operation, vector.Response.Wire())
		assert.Equal(t, vector.Response.Verdict, report.Verdict(), vector.ID)
		var places []conformance.Place
		for _, f := range report.Findings {
			places = append(places, conformance.Place{Pointer: f.Pointer, Rule: f.Rule})
		}
		assert.ElementsMatch(t, vector.Response.Findings, slices.Compact(places), vector.ID)

		if vector.Expect.Class != "accepted" && vector.ID != "activate-device/exchange/seen-resend" {
			want := validator.ComparableResult(vector, vector.Response.Wire().Body, nil)
			assert.Equal(t, want, validator.ComparableResult(vector, vector.Result(), nil), vector.ID)
		}
	}
	return vectors, files
}

// tenantVectors runs the command, and returns the vectors that it writes, and their files.
func tenantVectors(t *testing.T) (vectors []conformance.Vector, files map[string]string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "vectors")
	got := run(t, "", "tenant", "-yes", "-pair", "-write", dir)
	require.Zero(t, got.code, got.errors)
	require.Contains(t, got.out, "vectors: 8 vectors. Review them before you publish them.\n")
	return checkTenantVectors(t, dir)
}

// There is a vector of each step, and its ids are those of its path.
func TestTenantVectors(t *testing.T) {
	newTenant(t)
	vectors, files := tenantVectors(t)
	ids := slices.Sorted(maps.Keys(files))
	assert.Equal(t, []string{
		"activate-device/exchange/seen-otp", "activate-device/exchange/seen-resend",
		"continue-device-authentication/exchange/seen-otp", "continue-device-authentication/exchange/seen-wrong-otp",
		"create-device-authentication/exchange/seen-one-time", "create-device/exchange/seen-activation-required",
		"read-device-authentication/exchange/seen-completed", "read-device-authentication/exchange/seen-otp-required",
	}, ids)
	steps := map[string]any{}
	for _, vector := range vectors {
		steps[vector.ID] = vector.Expect.Values["step"]
		var body struct{ ID string }
		require.NoError(t, json.Unmarshal(vector.Response.Body, &body))
		if vector.Response.Status < 300 && !strings.HasPrefix(vector.ID, "create") {
			assert.True(t, strings.HasSuffix(vector.Request.Path, "/"+body.ID), vector.ID)
		}
	}
	assert.Equal(t, "EnterOTP", steps["create-device-authentication/exchange/seen-one-time"])
	assert.Equal(t, "Done", steps["continue-device-authentication/exchange/seen-otp"])
}

// An equal value has an equal replacement in all files. Constants, times, short numbers and the order of members stay.
func TestTenantVectorsAreConsistent(t *testing.T) {
	newTenant(t, plain, func(o *pingmfatest.Options) {
		o.Now = func() time.Time { return time.Date(2026, 2, 3, 4, 5, 6, 789e6, time.UTC) }
	})
	_, files := tenantVectors(t)
	golden, err := os.ReadFile("testdata/seen-otp.json")
	require.NoError(t, err)
	assert.Equal(t, string(golden), files["activate-device/exchange/seen-otp"])
	for text, in := range map[string][]string{
		`"phone": "+10000000007"`: {
			"activate-device/exchange/seen-otp", "activate-device/exchange/seen-resend",
			"create-device-authentication/exchange/seen-one-time", "create-device/exchange/seen-activation-required",
		},
		`"otp": "100006"`: {
			"continue-device-authentication/exchange/seen-otp", "create-device-authentication/exchange/seen-one-time",
			"read-device-authentication/exchange/seen-otp-required",
		},
		`"otp": "100011"`: {"continue-device-authentication/exchange/seen-wrong-otp"},
		`"otp": "100018"`: {"activate-device/exchange/seen-otp", "activate-device/exchange/seen-resend"},
		`"otp": "100017"`: {"create-device/exchange/seen-activation-required"},
		`"href": "https://example.com/4"`: {
			"continue-device-authentication/exchange/seen-otp", "create-device-authentication/exchange/seen-one-time",
			"read-device-authentication/exchange/seen-completed", "read-device-authentication/exchange/seen-otp-required",
		},
		`"id": "00000005-0000-4000-8000-000000000005"`: { // of the policy
			"continue-device-authentication/exchange/seen-otp", "create-device-authentication/exchange/seen-one-time",
			"read-device-authentication/exchange/seen-completed", "read-device-authentication/exchange/seen-otp-required",
		},
		`"result": null`:         {"activate-device/exchange/seen-resend"},
		`"attemptsRemaining": 2`: {"continue-device-authentication/exchange/seen-wrong-otp"},
	} {
		var found []string
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if strings.Contains(files[name], text) {
				found = append(found, name)
			}
		}
		assert.Equal(t, in, found, text)
	}
}

// No value of the configuration, of a request or of a response is in a vector, unless it identifies nobody.
func TestTenantVectorsHaveNoValues(t *testing.T) {
	srv := newTenant(t)
	t.Setenv("PINGONE_PHONE", "+4930901820")
	const message = "canary: +4930901820 of person@canary.example is wrong"
	srv.Script(pingmfatest.OpReadDeviceAuthentication, pingmfatest.Response{
		Header: http.Header{"Correlation-Id": {"canary"}, "Retry-After": nil},
		Body: `{"id":"0badcafe-9999-2222-3333-444455556666","status":"OTP_REQUIRED","environment":{"id":"` +
			strings.ToUpper(srv.EnvironmentID) + `"},` +
			`"0BADCAFE-8888-2222-3333-444455556666":{"status":"CANARY","createdAt":"canary"},"canary@canary.example":true,` +
			`"_embedded":{"devices":[{"type":"canary device","phone":"+49 (30) 90-1820","email":"c*****@canary.example",` +
			`"nickname":"CANARY","rp":{"id":"canary.example"},"extension":"30901",` +
			`"pushStatus":{"reason":"` + message + `"}}]},` +
			`"_links":{"self":{"href":"https://canary.example/30901820"}},"test":{"otp":null},"added":[30901820,` +
			`"CANARY",{"code":"CANARY","type":"CANARY"}],"error":{"message":"` + message + `","code":"` + message + `"}}`,
	})
	vectors, files := tenantVectors(t)
	canaries := []string{
		"canary", "30901820", "90-1820", "30901", srv.EnvironmentID, srv.ClientID, srv.ClientSecret, tenantUser, srv.AuthURL,
		srv.APIURL, "Bearer", "deadbeef", "0badcafe",
	}
	number := regexp.MustCompile(`"(otp|phone)":\s*"([^"]+)"`)
	for _, request := range srv.Requests() {
		if token, ok := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); ok {
			canaries = append(canaries, token)
		}
		for _, match := range number.FindAllStringSubmatch(string(request.Body), -1) {
			canaries = append(canaries, match[2])
		}
	}
	ids := regexp.MustCompile(`[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)
	replacement := regexp.MustCompile(`^000000(\d\d)-0000-4000-8000-0000000000(\d\d)$`)
	for name, file := range files {
		for _, canary := range canaries {
			assert.NotContains(t, strings.ToLower(file), strings.ToLower(canary), name)
		}
		for _, id := range ids.FindAllString(file, -1) {
			isExample := slices.Contains(slices.Collect(maps.Values(exampleIDs)), id)
			assert.True(t, isExample || replacement.MatchString(id), "%s: %s", name, id)
		}
	}
	assert.Contains(t, files["read-device-authentication/exchange/seen-otp-required"], exampleIDs["environmentID"])
	assert.Len(t, vectors, 8)
	assert.Greater(t, len(canaries), 20)
}
