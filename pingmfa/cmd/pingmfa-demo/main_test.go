package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestDemoOnTheFake(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), environment(nil), strings.NewReader(""), &out))
	text := out.String()
	assert.Contains(t, text, "No request leaves this machine.")
	assert.Equal(t, 4, strings.Count(text, "201 Created"))
	assert.Equal(t, 1, strings.Count(text, "/as/token: 200 OK\n"))
	for _, want := range []string{
		"\n   POST {apiURL}/environments/{environmentID}/users/8ce55f02-2077-4493-9a6d-0385df1f0772/devices: 201 Created\n",
		"\n   Device: SMS *******34, id ", "\n   Status: ACTIVE\n",
		"\n   Status: OTP_REQUIRED\n   Next:   A passcode was sent.",
		"\n           to {authURL}/{environmentID}/deviceAuthentications/", "application/vnd.pingidentity.otp.check+json",
		"\n   Status: DEVICE_SELECTION_REQUIRED\n   Next:   No message was sent.", "SMS *******50 or VOICE *******11",
		"The client sent 1 request for a token; PingOne would have sent 2 messages.",
	} {
		assert.Contains(t, text, want)
	}
	for _, personal := range []string{"5125201234", "4135550150", "Bearer"} {
		assert.NotContains(t, text, personal)
	}
}

// An incomplete configuration is an error: the demo does not use the fake instead.
func TestDemoWithAnIncompleteConfiguration(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), environment(map[string]string{"PINGONE_USER_ID": "x"}), strings.NewReader(""), &out)
	require.ErrorContains(t, err, "PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET, PINGONE_REGION")
	assert.Empty(t, out.String())
}

// The demo sends no request to a tenant without confirmation.
func TestDemoAsksBeforeItSends(t *testing.T) {
	tenant := map[string]string{
		"PINGONE_ENVIRONMENT_ID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
		"PINGONE_CLIENT_ID":      "id",
		"PINGONE_CLIENT_SECRET":  "canary",
		"PINGONE_REGION":         "eu",
		"PINGONE_USER_ID":        "8ce55f02-2077-4493-9a6d-0385df1f0772",
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), environment(tenant), strings.NewReader("n\n\n"), &out))
	assert.Contains(t, out.String(), "REAL environment")
	assert.Contains(t, out.String(), "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6\n   authURL        https://auth.pingone.eu\n")
	assert.Equal(t, 2, strings.Count(out.String(), "PINGONE_PHONE is not set"))
	assert.Equal(t, 2, strings.Count(out.String(), "Continue? [y/N]"))
	assert.NotContains(t, out.String(), "POST")

	err := run(t.Context(), environment(tenant), strings.NewReader(""), &out)
	require.ErrorContains(t, err, "no confirmation, so no request was sent")

	tenant["PINGONE_REGION"] = "mars"
	err = run(t.Context(), environment(tenant), strings.NewReader(""), &out)
	require.ErrorContains(t, err, "Config.Region")
	assert.NotContains(t, out.String()+err.Error(), "canary")
}

// Each type of step has its own advice.
func TestAdvice(t *testing.T) {
	seen := make(map[string]bool)
	for _, step := range []pingmfa.Step{
		pingmfa.EnterOTP{}, pingmfa.SelectDevice{}, pingmfa.ConfirmPush{}, pingmfa.AssertFIDO2{}, pingmfa.Done{},
		pingmfa.Failed{}, pingmfa.UnknownStep{},
	} {
		text := advice(step)
		assert.NotContains(t, text, "a step of type")
		assert.False(t, seen[text])
		seen[text] = true
	}
	assert.Empty(t, masked("+"))
}
