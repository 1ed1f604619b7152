package main

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func environment(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

// sections returns the head of the output, its scenarios and its last line.
func sections(t *testing.T, out string) []string {
	t.Helper()
	sections := strings.Split(out, "\n\n")
	require.Len(t, sections, 9, out)
	for _, section := range sections {
		assert.LessOrEqual(t, strings.Count(section, "\n"), 22, "a scenario fits on a screen")
		for line := range strings.Lines(section) {
			assert.LessOrEqual(t, len(line), 120, line)
		}
	}
	return sections[2:]
}

func TestDemoOnTheFake(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), environment(nil), strings.NewReader(""), &out))
	text := out.String()
	assert.Contains(t, text, "No request leaves this machine.")
	assert.Equal(t, 1, strings.Count(text, "/as/token: 200 OK\n"))
	scenarios := sections(t, text)
	const authentication = " {authURL}/{environmentID}/deviceAuthentications/{id}"
	for i, want := range [][]string{
		{"POST {authURL}/{environmentID}/deviceAuthentications: 201 Created\n",
			"OTP_REQUIRED. A passcode was sent to EMAIL j****@pingidentity.com.\n",
			"inbox: EMAIL to j****@pingidentity.com, passcode ", "POST" + authentication + " (otp.check): 200 OK\n"},
		{"DEVICE_SELECTION_REQUIRED. No message was sent.", "1: SMS *******50\n", "2: VOICE *******11\n",
			"POST" + authentication + " (device.select): 200 OK\n", "A passcode was sent to VOICE *******11.\n",
			"inbox: VOICE to *******11, template transaction, locale fr-CA, passcode "},
		{"A passcode was sent to SMS *******50.\n", "inbox: SMS to *******50, passcode "},
		{"POST" + authentication + " (otp.check): 400 Bad Request\n", "the passcode is wrong. Tries left: 2.\n"},
		{"PUSH_CONFIRMATION_REQUIRED. A push was sent.\n", "confirms the push", "GET" + authentication + ": 200 OK\n"},
	} {
		for _, text := range append(want, "\n   Status: COMPLETED. The user is logged in.") {
			assert.Contains(t, scenarios[i], text)
		}
	}
	for _, want := range []string{
		"POST {apiURL}/environments/{environmentID}/users/{id}/devices: 201 Created\n",
		"\n   Device: SMS *******50. Status: ACTIVATION_REQUIRED\n",
		"users/{id}/devices/{id} (device.activate): 200 OK\n   Device: SMS *******50. Status: ACTIVE",
	} {
		assert.Contains(t, scenarios[5], want)
	}
	assert.Equal(t, "Done. The client sent 1 request for a token; PingOne would have sent 6 messages.\n", scenarios[6])
	for _, personal := range []string{"4135550150", "2015550111", "fictional", "Bearer"} {
		assert.NotContains(t, text, personal)
	}
}

// tenant is a fake behind PingOne's host names, and a person at a terminal who has the phone that the messages go to.
type tenant struct {
	*pingmfatest.Server
	t         *testing.T
	variables map[string]string
	// answers are by prompt. The last answer to a prompt is the answer from then on.
	answers  map[string][]string
	terminal bytes.Buffer
}

func newFakeTenant(t *testing.T, answers map[string][]string, devices ...pingmfatest.Device) *tenant {
	t.Helper()
	server := pingmfatest.NewTLSServer(t)
	return &tenant{Server: server, t: t, answers: answers, variables: map[string]string{
		"PINGONE_ENVIRONMENT_ID": server.EnvironmentID,
		"PINGONE_CLIENT_ID":      server.ClientID,
		"PINGONE_CLIENT_SECRET":  server.ClientSecret,
		"PINGONE_REGION":         "eu",
		"PINGONE_USER_ID":        server.AddUser(pingmfatest.User{Devices: devices}),
	}}
}

// run runs the demo and returns what the terminal shows.
func (x *tenant) run() (text string, err error) {
	target, err := newTarget(environment(x.variables))
	require.NoError(x.t, err)
	target.config.HTTPClient = x.Client()
	d, err := newDemo(target, x, x)
	require.NoError(x.t, err)
	err = d.run(x.t.Context())
	return x.terminal.String(), err
}

func (x *tenant) lastMessage() pingmfatest.Message {
	messages := x.Messages()
	require.NotEmpty(x.t, messages)
	return messages[len(messages)-1]
}

// Write shows text. The person confirms the push if the text asks for that.
func (x *tenant) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("Confirm the push on the phone.")) {
		require.NoError(x.t, x.ConfirmPush(x.lastMessage().AuthenticationID))
	}
	return x.terminal.Write(text)
}

// Read returns the person's answer to the prompt that the terminal shows, or the end of the input if there is none.
func (x *tenant) Read(line []byte) (int, error) {
	for prompt, answers := range x.answers {
		if !strings.HasSuffix(x.terminal.String(), prompt+" ") {
			continue
		}
		x.answers[prompt] = answers[min(1, len(answers)-1):]
		answer := answers[0]
		if answer == fromInbox {
			answer = x.lastMessage().Passcode
		}
		return copy(line, answer+"\n"), nil
	}
	return 0, io.EOF
}

const (
	confirmation  = "Continue? [y/N]"
	selection     = "Select a device [1-2]:"
	rightPasscode = "Enter the passcode:"
	wrongPasscode = "Enter a wrong passcode, which uses up a try:"

	fromInbox = "the passcode that was sent last" // an answer
)

// A tenant has the same scenarios. The person at the terminal confirms each, selects the device and enters the
// passcodes, after a typing error in each.
func TestDemoOnATenant(t *testing.T) {
	const mobile = "37df7055-5fc8-4850-8391-dc2af4289345"
	x := newFakeTenant(t, map[string][]string{
		confirmation: {"y"}, selection: {"0", "3", "x", "1"},
		rightPasscode: {"x", fromInbox}, wrongPasscode: {"x", "0000000000"},
	}, pingmfatest.Device{"type": "EMAIL", "email": "canary@example.com"},
		pingmfatest.Device{"type": "MOBILE", "id": mobile, "nickname": "canary"})
	x.variables["PINGONE_PHONE"], x.variables["PINGONE_PUSH_DEVICE_ID"] = "+12015550123", mobile
	text, err := x.run()
	require.NoError(t, err, text)
	scenarios := sections(t, text)
	for _, scenario := range scenarios[:5] {
		assert.True(t, strings.HasSuffix(scenario, "\n   Status: COMPLETED. The user is logged in."), scenario)
	}
	assert.Equal(t, 6, strings.Count(text, confirmation))
	assert.Equal(t, 6, strings.Count(text, selection), "three times in the first scenario, and once in three others")
	assert.Contains(t, scenarios[3], "the passcode is wrong. Tries left: 2.\n")
	assert.Contains(t, scenarios[5], "\n   Device: SMS *******23. Status: ACTIVATION_REQUIRED\n")
	assert.True(t, strings.HasSuffix(scenarios[5], "\n   Device: SMS *******23. Status: ACTIVE"), scenarios[5])
	assert.Equal(t, "Done.\n", scenarios[6])
	require.Len(t, x.Messages(), 6)
	for _, message := range x.Messages() {
		assert.False(t, message.Passcode != "" && strings.Contains(text, message.Passcode), "it shows a passcode")
	}
	for _, private := range []string{"2015550123", "canary", "Bearer", x.ClientSecret} {
		assert.NotContains(t, text, private)
	}
}

// The passcode of a device in test mode is in the response, and is not shown.
func TestDemoWithADeviceInTestMode(t *testing.T) {
	x := newFakeTenant(t, map[string][]string{confirmation: {"y", "n"}},
		pingmfatest.Device{"type": "SMS", "phone": "+12015550123", "testMode": true})
	text, err := x.run()
	require.NoError(t, err, text)
	assert.Contains(t, text, "The device is in test mode")
	assert.Equal(t, 1, strings.Count(text, "COMPLETED"))
	checks := x.Requests(pingmfatest.OpContinueDeviceAuthentication)
	require.Len(t, checks, 1)
	passcode := regexp.MustCompile(`\d{6}`).FindString(string(checks[0].Body))
	require.NotEmpty(t, passcode)
	assert.NotContains(t, text, passcode)
}

// The demo sends no request to a tenant without confirmation, and skips what it has no data for.
func TestDemoAsksBeforeItSends(t *testing.T) {
	x := newFakeTenant(t, map[string][]string{confirmation: {"n", ""}})
	text, err := x.run()
	require.NoError(t, err)
	assert.Contains(t, text, "REAL environment")
	assert.Contains(t, text, "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6\n   authURL        https://auth.pingone.eu\n")
	assert.Equal(t, 2, strings.Count(text, "PINGONE_PHONE is not set"))
	assert.Equal(t, 1, strings.Count(text, "PINGONE_PUSH_DEVICE_ID is not set"))
	assert.Equal(t, 3, strings.Count(text, confirmation))

	x.answers = nil
	_, err = x.run()
	require.ErrorContains(t, err, "no confirmation, so no request was sent")
	assert.Empty(t, x.Requests())

	x.variables["PINGONE_REGION"] = "mars"
	err = run(t.Context(), environment(x.variables), strings.NewReader(""), x)
	require.ErrorContains(t, err, "Config.Region")
	assert.NotContains(t, x.terminal.String()+err.Error(), x.ClientSecret)
}

// A call that fails ends the demo and says whether PingOne may have acted.
func TestDemoShowsTheOutcome(t *testing.T) {
	x := newFakeTenant(t, map[string][]string{confirmation: {"y"}})
	x.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{Status: http.StatusBadGateway})
	text, err := x.run()
	require.ErrorContains(t, err, "\n   outcome: unknown")
	assert.True(t, strings.HasSuffix(text, "/deviceAuthentications: 502 Bad Gateway\n"), text)
}

// An incomplete configuration is an error: the demo does not use the fake instead.
func TestDemoWithAnIncompleteConfiguration(t *testing.T) {
	var out bytes.Buffer
	err := run(t.Context(), environment(map[string]string{"PINGONE_USER_ID": "x"}), strings.NewReader(""), &out)
	require.ErrorContains(t, err, "PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET, PINGONE_REGION")
	assert.Empty(t, out.String())
}

// Each type of step has its own description.
func TestDescription(t *testing.T) {
	seen := make(map[string]bool)
	for _, step := range []pingmfa.Step{
		pingmfa.EnterOTP{}, pingmfa.EnterOTP{Device: pingmfa.AuthenticationDevice{Type: pingmfa.TypeTOTP}},
		pingmfa.SelectDevice{}, pingmfa.ConfirmPush{}, pingmfa.AssertFIDO2{}, pingmfa.Done{}, pingmfa.Failed{},
		pingmfa.UnknownStep{},
	} {
		text := description(step)
		assert.NotContains(t, text, "a step of type")
		assert.False(t, seen[text])
		seen[text] = true
	}
	for contact, want := range map[string]string{
		"": "", "+": "", "+12015550123": "*******23",
		"person@example.com": "p****@example.com", "@example.com": "****@example.com",
	} {
		assert.Equal(t, want, masked(contact))
	}
}
