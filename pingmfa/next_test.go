package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// Each status has its step, with the selected device and all that it needs.
func TestEveryStepHasItsMembers(t *testing.T) {
	const (
		devices = `"_embedded":{"devices":[{"id":"d-1","type":"EMAIL","email":"e-1"},
			{"id":"d-2","type":"MOBILE","phone":"p-2","email":"e-2"}],"blockedDevices":[{"id":"d-3"}]}`
		body = `{"id":"1",` + devices + `,"selectedDevice":{"id":"d-2"},
			"publicKeyCredentialRequestOptions":"key","pingIDDesktopCredentialRequestOptions":"desktop","status":`
	)
	selected := pingmfa.AuthenticationDevice{ID: "d-2", Type: pingmfa.TypeMobile, Phone: "p-2", Email: "e-2"}
	for status, want := range map[pingmfa.Status]pingmfa.Step{
		pingmfa.StatusOTPRequired: pingmfa.EnterOTP{Device: selected},
		pingmfa.StatusDeviceSelectionRequired: pingmfa.SelectDevice{Devices: []pingmfa.AuthenticationDevice{
			{ID: "d-1", Type: pingmfa.TypeEmail, Email: "e-1"},
			{ID: "d-2", Type: pingmfa.TypeMobile, Phone: "p-2", Email: "e-2"},
		}},
		pingmfa.StatusPushConfirmationRequired: pingmfa.ConfirmPush{Device: selected},
		pingmfa.StatusAssertionRequired:        pingmfa.AssertFIDO2{Options: "key"},
		pingmfa.StatusCompleted:                pingmfa.Done{},
		pingmfa.StatusFailed:                   pingmfa.Failed{Code: "FAILED"},
		pingmfa.StatusPushConfirmationTimedOut: pingmfa.Failed{Code: "PUSH_CONFIRMATION_TIMED_OUT"},
		"NEW":                                  pingmfa.UnknownStep{Status: "NEW"},
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: body + `"` + string(status) + `"}`})
		auth, err := x.start(t)
		require.NoError(t, err)
		assert.Equal(t, want, auth.Next())
	}

	contact := pingmfa.AuthenticationDevice{Type: pingmfa.TypeSMS, Phone: "p-1"}
	x := newTenant(t)
	x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"OTP_REQUIRED",
		"_embedded":{"devices":[{"type":"EMAIL"}]},"selectedDevice":{"oneTime":{"type":"SMS","phone":"p-1"}}}`})
	auth, err := x.start(t)
	require.NoError(t, err)
	assert.Equal(t, pingmfa.EnterOTP{Device: contact}, auth.Next(),
		"a contact has no id, and neither has the device in the list")
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
