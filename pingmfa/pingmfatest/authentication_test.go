package pingmfatest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func plain(o *pingmfatest.Options) { o.Plain = true }

func TestOneDeviceIsChallenged(t *testing.T) {
	otpLinks := []string{"device.select", "otp.check", "self"}
	for kind, test := range map[string]struct {
		device    pingmfatest.Device
		status    string
		links     []string
		recipient string
		channel   string
	}{
		"SMS":      {pingmfatest.Device{"phone": "+12015550123"}, "OTP_REQUIRED", otpLinks, "+12015550123", "SMS"},
		"VOICE":    {pingmfatest.Device{"phone": "+12015550123"}, "OTP_REQUIRED", otpLinks, "+12015550123", "VOICE"},
		"WHATSAPP": {pingmfatest.Device{"phone": "+12015550123"}, "OTP_REQUIRED", otpLinks, "+12015550123", "WHATSAPP"},
		"EMAIL": {pingmfatest.Device{"email": "person@example.com"}, "OTP_REQUIRED", otpLinks,
			"person@example.com", "EMAIL"},
		"MOBILE":     {pingmfatest.Device{}, "PUSH_CONFIRMATION_REQUIRED", []string{"self"}, "", "PUSH"},
		"TOTP":       {pingmfatest.Device{}, "OTP_REQUIRED", otpLinks, "", ""},
		"OATH_TOKEN": {pingmfatest.Device{}, "OTP_REQUIRED", otpLinks, "", ""},
		"FIDO2":      {pingmfatest.Device{}, "ASSERTION_REQUIRED", []string{"self"}, "", ""},
		"SMART_RING": {pingmfatest.Device{}, "SMART_RING_REQUIRED", []string{"self"}, "", ""},

		"PINGID_DESKTOP_GEN2": {pingmfatest.Device{}, "ASSERTION_REQUIRED", []string{"self"}, "", ""},
	} {
		t.Run(kind, func(t *testing.T) {
			clock := newClock()
			srv := pingmfatest.NewServer(t, plainAt(clock.Now))
			test.device["type"] = kind
			userID := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{test.device}})
			id, _ := srv.Devices(userID)[0]["id"].(string)
			response := authenticate(t, srv, user(userID))
			require.Equal(t, http.StatusCreated, response.status)
			assert.Equal(t, test.status, response.at("status"))
			assert.Equal(t, map[string]any{"id": id}, response.at("selectedDevice"))
			links, _ := response.at("_links").(map[string]any)
			assert.Equal(t, test.links, slices.Sorted(maps.Keys(links)))
			assert.Nil(t, response.at("test"))
			messages := srv.Messages()
			if test.channel == "" {
				assert.Empty(t, messages)
			} else {
				require.Len(t, messages, 1)
				assert.Equal(t, pingmfatest.Message{
					Time: clock.Now(), UserID: userID, Operation: pingmfatest.OpCreateDeviceAuthentication,
					AuthenticationID: response.text("id"), DeviceID: id, Channel: test.channel, Recipient: test.recipient,
					Passcode: messages[0].Passcode,
				}, messages[0])
				assert.Equal(t, test.channel != "PUSH", len(messages[0].Passcode) == 6)
			}
			options, isFIDO2 := response.at("publicKeyCredentialRequestOptions").(string)
			assert.Equal(t, kind == "FIDO2", isFIDO2)
			assert.Equal(t, isFIDO2, json.Valid([]byte(options)))
			_, isDesktop := response.at("pingIdDesktopCredentialRequestOptions").(string)
			assert.Equal(t, kind == "PINGID_DESKTOP_GEN2", isDesktop)
		})
	}
}

func TestMessageHasTheNotification(t *testing.T) {
	clock := newClock()
	srv := pingmfatest.NewServer(t, plainAt(clock.Now))
	person := srv.UserWithoutDevices()
	response := authenticate(t, srv, `{"user":{"id":"`+person.UserID+`"},
		"selectedDevice":{"oneTime":{"type":"VOICE","phone":"+12015550123"}},
		"notification":{"template":{"name":"transaction","locale":"fr-CA","variant":"short",
			"variables":{"account":"1234"}}}}`)
	messages := srv.Messages()
	require.Len(t, messages, 1)
	assert.Equal(t, pingmfatest.Message{
		Time: clock.Now(), UserID: person.UserID, Operation: pingmfatest.OpCreateDeviceAuthentication,
		AuthenticationID: response.text("id"), Channel: "VOICE", Recipient: "+12015550123",
		Template: "transaction", Locale: "fr-CA", Variant: "short", Variables: map[string]string{"account": "1234"},
		Passcode: messages[0].Passcode,
	}, messages[0])
	assert.Regexp(t, `^[0-9]{6}$`, messages[0].Passcode)
}

func TestSeveralDevices(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	person := srv.UserWithSeveralDevices()
	response := authenticate(t, srv, user(person.UserID))
	assert.Equal(t, "DEVICE_SELECTION_REQUIRED", response.at("status"))
	assert.Nil(t, response.at("selectedDevice"))
	assert.Len(t, response.at("_embedded", "devices"), 2)
	assert.Empty(t, srv.Messages())

	selected := `{"user":{"id":"` + person.UserID + `"},"selectedDevice":{"id":"%"}}`
	voice := "37df7055-5fc8-4850-8391-dc2af4289345"
	response = authenticate(t, srv, strings.Replace(selected, "%", voice, 1))
	assert.Equal(t, "OTP_REQUIRED", response.at("status"))
	assert.Equal(t, voice, response.at("selectedDevice", "id"))
	require.Len(t, srv.Messages(), 1)
	assert.Equal(t, voice, srv.Messages()[0].DeviceID)

	inTestMode := "6697f628-7712-4e71-b52b-920ba0635020"
	response = authenticate(t, srv, strings.Replace(selected, "%", inTestMode, 1))
	assert.Regexp(t, `^[0-9]{6}$`, response.at("test", "otp"))
	assert.Len(t, srv.Messages(), 1, "in test mode no message is sent")

	response = authenticate(t, srv, strings.Replace(selected, "%", unknownID, 1))
	detail := refused(t, response, http.StatusBadRequest, "INVALID_DATA", "INVALID_VALUE")
	assert.Equal(t, "selectedDevice.id", detail["target"])
}

func TestOneTimeContact(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	person := srv.UserWithEmailDevice()
	for _, test := range []struct{ contact, kind, recipient, masked string }{
		{`"phone":"+1 (201) 555-0123"`, "SMS", "+1 (201) 555-0123", "*******23"},
		{`"phone":"+12015550123"`, "VOICE", "+12015550123", "*******23"},
		{`"email":"éa@example.com"`, "EMAIL", "éa@example.com", "é****@example.com"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			before := len(srv.Messages())
			request := `{"user":{"id":"` + person.UserID + `"},"selectedDevice":{"oneTime":{"type":"` + test.kind + `",` +
				test.contact + `%}}}`
			response := authenticate(t, srv, strings.Replace(request, "%", "", 1))
			assert.Equal(t, "OTP_REQUIRED", response.at("status"))
			device, _ := response.at("_embedded", "devices", 0).(map[string]any)
			assert.Equal(t, device, response.at("selectedDevice", "oneTime"))
			assert.ElementsMatch(t, []any{test.kind, test.masked}, slices.Collect(maps.Values(device)))
			messages := srv.Messages()[before:]
			require.Len(t, messages, 1)
			assert.Equal(t, test.recipient, messages[0].Recipient)
			assert.Empty(t, messages[0].DeviceID)

			response = authenticate(t, srv, strings.Replace(request, "%", `,"testMode":true`, 1))
			assert.Regexp(t, `^[0-9]{6}$`, response.at("test", "otp"))
			assert.Len(t, srv.Messages(), before+1, "in test mode no message is sent")
		})
	}
	assert.Len(t, srv.Devices(person.UserID), 1, "a one-time contact is not stored")
}

func TestNoUsableDevice(t *testing.T) {
	unusable := []pingmfatest.Device{
		{"type": "SMS", "phone": "+12015550123", "usableStatus": map[string]any{"status": "DISABLED", "reason": "LOCKED"}},
		{"type": "EMAIL", "email": "person@example.com", "status": "ACTIVATION_REQUIRED"},
	}
	srv := pingmfatest.NewServer(t, plain)
	empty, locked := srv.AddUser(pingmfatest.User{}), srv.AddUser(pingmfatest.User{Devices: unusable})
	response := authenticate(t, srv, user(empty))
	assert.Equal(t, http.StatusCreated, response.status)
	assert.Equal(t, "FAILED", response.at("status"))
	assert.Equal(t, "NO_USABLE_DEVICES", response.at("error", "code"))
	assert.Empty(t, response.at("error", "unavailableDevices"))
	response = authenticate(t, srv, user(locked))
	assert.Equal(t, "FAILED", response.at("status"))
	assert.Equal(t, srv.Devices(locked)[0]["id"], response.at("error", "unavailableDevices", 0, "id"))

	srv = pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.RefuseWithoutDevices = true })
	response = authenticate(t, srv, user(srv.AddUser(pingmfatest.User{Devices: unusable})))
	refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", "NO_USABLE_DEVICES")
	assert.Empty(t, srv.Messages())
	assert.False(t, srv.Requests()[0].Acted)
}

func TestUnknownUserAndEnvironmentAreNotViolations(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	refused(t, authenticate(t, srv, user(unknownID)), http.StatusNotFound, "NOT_FOUND", "")
	refused(t, create(t, srv, unknownID, `{"type":"TOTP"}`), http.StatusNotFound, "NOT_FOUND", "")
	for _, target := range []string{
		srv.AuthURL + "/" + unknownID + "/deviceAuthentications",
		srv.APIURL + "/environments/" + unknownID + "/users/" + person.UserID + "/devices",
	} {
		body := map[bool]string{true: person.Request, false: `{"type":"TOTP"}`}[strings.HasPrefix(target, srv.AuthURL)]
		response := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), body)
		refused(t, response, http.StatusNotFound, "NOT_FOUND", "")
	}
	assert.Empty(t, srv.Violations())
	assert.Empty(t, srv.Messages())
}

func TestPolicyOfAnAuthentication(t *testing.T) {
	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.PolicyID = unknownID })
	ordinary := srv.AddUser(pingmfatest.User{})
	assert.Equal(t, unknownID, authenticate(t, srv, user(ordinary)).at("policy", "id"))
	special := srv.AddUser(pingmfatest.User{PolicyID: "9761c24a-208d-0499-1bf6-39905184a4e1"})
	assert.Equal(t, "9761c24a-208d-0499-1bf6-39905184a4e1", authenticate(t, srv, user(special)).at("policy", "id"))
	named := `{"user":{"id":"` + special + `"},"policy":{"id":"` + someUser + `"}}`
	assert.Equal(t, someUser, authenticate(t, srv, named).at("policy", "id"))
}
