package main

import (
	"encoding/json"
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
	for _, text := range []string{exampleIDs["environmentID"], `"email": "p*****`} {
		assert.Contains(t, files["read-device-authentication/exchange/seen-otp-required"], text)
	}
	assert.Len(t, vectors, 8)
	assert.Greater(t, len(canaries), 20)
}
