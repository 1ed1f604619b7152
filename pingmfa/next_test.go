package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// Each status has its step, with the link of its own relation, the selected device and all that it needs.
func TestEveryStepHasItsMembers(t *testing.T) {
	const (
		links = `"_links":{"self":{"href":"https://a/self"},"otp.check":{"href":"https://a/otp"},
			"device.select":{"href":"https://a/select"},"assertion.check":{"href":"https://a/assert"}}`
		devices = `"_embedded":{"devices":[{"id":"d-1","type":"EMAIL","email":"e-1"},
			{"id":"d-2","type":"MOBILE","phone":"p-2","email":"e-2"}],"blockedDevices":[{"id":"d-3"}]}`
		body = `{"id":"1",` + links + `,` + devices + `,"selectedDevice":{"id":"d-2"},
			"publicKeyCredentialRequestOptions":"key","pingIDDesktopCredentialRequestOptions":"desktop","status":`
		media = "application/vnd.pingidentity."
	)
	selected := pingmfa.AuthenticationDevice{ID: "d-2", Type: pingmfa.TypeMobile, Phone: "p-2", Email: "e-2"}
	for status, want := range map[pingmfa.Status]pingmfa.Step{
		pingmfa.StatusOTPRequired: pingmfa.EnterOTP{
			URL: "https://a/otp", ContentType: media + "otp.check+json", Device: selected,
		},
		pingmfa.StatusDeviceSelectionRequired: pingmfa.SelectDevice{
			URL: "https://a/select", ContentType: media + "device.select+json", Devices: []pingmfa.AuthenticationDevice{
				{ID: "d-1", Type: pingmfa.TypeEmail, Email: "e-1"},
				{ID: "d-2", Type: pingmfa.TypeMobile, Phone: "p-2", Email: "e-2"},
			},
		},
		pingmfa.StatusPushConfirmationRequired: pingmfa.ConfirmPush{
			URL: "https://a/self", CancelContentType: media + "cancel.push.authentication+json", Device: selected,
		},
		pingmfa.StatusAssertionRequired: pingmfa.AssertFIDO2{
			URL: "https://a/assert", ContentType: media + "assertion.check+json", Options: "key",
		},
		pingmfa.StatusCompleted:                pingmfa.Done{},
		pingmfa.StatusFailed:                   pingmfa.Failed{Code: "FAILED"},
		pingmfa.StatusPushConfirmationTimedOut: pingmfa.Failed{Code: "PUSH_CONFIRMATION_TIMED_OUT"},
		"NEW":                                  pingmfa.UnknownStep{URL: "https://a/self", Status: "NEW"},
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: body + `"` + string(status) + `"}`})
		auth, err := x.start(t)
		require.NoError(t, err)
		assert.Equal(t, want, auth.Next())
	}

	contact := pingmfa.AuthenticationDevice{Type: pingmfa.TypeSMS, Phone: "p-1"}
	x := newTenant(t)
	x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"OTP_REQUIRED",` + links + `,
		"_embedded":{"devices":[{"type":"EMAIL"}]},"selectedDevice":{"oneTime":{"type":"SMS","phone":"p-1"}}}`})
	auth, err := x.start(t)
	require.NoError(t, err)
	assert.Equal(t, pingmfa.EnterOTP{
		URL: "https://a/otp", ContentType: media + "otp.check+json", Device: contact,
	}, auth.Next(), "a contact has no id, and neither has the device in the list")
}

// A step has the link of its own relation, then self, then the authentication's own URL: no link is promised.
func TestStepURLs(t *testing.T) {
	const id, escaped = "a/../b", "a%2F..%2Fb"
	for links, want := range map[string]string{
		`{"self":{"href":"https://a/self"},"otp.check":{"href":"https://a/otp"}}`: "https://a/otp",
		`{"self":{"href":"https://a/self"},"otp.check":{}}`:                       "https://a/self",
		`{"device.select":{"href":"https://a/select"}}`:                           "",
		`null`: "",
		`[]`:   "",
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{
			Status: 201, Body: `{"id":"` + id + `","status":"OTP_REQUIRED","_links":` + links + `}`,
		})
		auth, err := x.start(t)
		require.NoError(t, err)
		if want == "" {
			want = x.AuthURL + "/" + x.EnvironmentID + "/deviceAuthentications/" + escaped
		}
		next, ok := auth.Next().(pingmfa.EnterOTP)
		require.True(t, ok)
		assert.Equal(t, want, next.URL, links)
	}
}

// A step has the masked members of the device from the list of devices.
func TestStepShowsWhereThePasscodeWent(t *testing.T) {
	x := newTenant(t)
	auth, err := x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: x.UserWithEmailDevice().UserID})
	require.NoError(t, err)
	next, ok := auth.Next().(pingmfa.EnterOTP)
	require.True(t, ok)
	assert.Equal(t, auth.SelectedDevice.ID, next.Device.ID)
	assert.Equal(t, pingmfa.TypeEmail, next.Device.Type)
	assert.Equal(t, "j****@pingidentity.com", next.Device.Email)
}

func TestFailedSaysWhy(t *testing.T) {
	for members, want := range map[string]pingmfa.Failed{
		`"FAILED","error":{"code":"NO_USABLE_DEVICES","unavailableDevices":[{"id":"2"},{"id":"3"}]}`: {
			Code: "NO_USABLE_DEVICES", UnavailableDeviceIDs: []string{"2", "3"},
		},
		`"FAILED","error":{"code":"NO_USABLE_DEVICES"}`:        {Code: "NO_USABLE_DEVICES"},
		`"FAILED","error":{"message":"why"}`:                   {Code: "FAILED", Message: "why"},
		`"FAILED","error":{"unavailableDevices":[{"id":"2"}]}`: {Code: "FAILED", UnavailableDeviceIDs: []string{"2"}},
		`"FAILED"`:                      {Code: "FAILED"},
		`"PUSH_CONFIRMATION_TIMED_OUT"`: {Code: "PUSH_CONFIRMATION_TIMED_OUT"},
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":` + members + `}`})
		auth, err := x.start(t)
		require.NoError(t, err)
		assert.Equal(t, want, auth.Next())
	}
	var none *pingmfa.Authentication
	assert.Equal(t, pingmfa.UnknownStep{}, none.Next())
}

// The link that activates a device has two names in the sources.
func TestActivationURL(t *testing.T) {
	for links, want := range map[string]string{
		`{"activate":{"href":"https://a/1"}}`:                                          "https://a/1",
		`{"device.activate":{"href":"https://a/2"},"activate":{"href":"https://a/1"}}`: "https://a/1",
		`{"device.activate":{"href":"https://a/2"}}`:                                   "https://a/2",
		`{}`: "",
	} {
		x := newTenant(t)
		x.Script(pingmfatest.OpCreateDevice, pingmfatest.Response{
			Status: 201, Body: `{"id":"1","type":"TOTP","secret":"s","_links":` + links + `}`,
		})
		device, err := x.CreateDevice(t.Context(), userID, pingmfa.TOTP{Status: pingmfa.DeviceActivationRequired})
		require.NoError(t, err)
		assert.Equal(t, want, device.ActivationURL())
		assert.Equal(t, "s", device.Secret)
	}
}

// Links returns the URLs that PingOne sent. Links in another form do not fail the call.
func TestLinks(t *testing.T) {
	for wire, want := range map[string]map[string]string{
		`{"self":{"href":"https://a/1"},"otp.resend":{"href":"https:\/\/a\/2"}}`: {
			"self": "https://a/1", "otp.resend": "https://a/2",
		},
		`{"self":{},"next":"https://a/1","other":{"href":7},"up":{"href":"https://a/2"}}`: {
			"up": "https://a/2",
		},
		`{}`: {}, `null`: {}, `"https://a/1"`: {}, `[{"href":"https://a/1"}]`: {},
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"COMPLETED","_links": ` + wire + `}`})
		auth, err := x.start(t)
		require.NoError(t, err, wire)
		assert.Equal(t, want, auth.Links(), wire)
	}
	assert.Nil(t, new(pingmfa.Authentication).Links())
}
