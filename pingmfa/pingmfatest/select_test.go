package pingmfatest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestSelectingAgainSendsAgain(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, smsID)
	first := lastPasscode(t, srv)
	for lastPasscode(t, srv) == first {
		assert.Equal(t, "OTP_REQUIRED", selectDevice(t, srv, id, smsID).at("status"))
	}
	assert.GreaterOrEqual(t, len(srv.Messages()), 2)
	refused(t, checkOTP(t, srv, id, first), http.StatusBadRequest, "INVALID_DATA", "INVALID_OTP")
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, lastPasscode(t, srv)).at("status"))
}

// A user can select another device at any time before the end.
func TestSelectingAnotherDevice(t *testing.T) {
	srv := pingmfatest.NewServer(t, seeded(1)) // so that the passcodes differ
	id := start(t, srv, "")
	for _, step := range []struct{ deviceID, status string }{
		{smsID, "OTP_REQUIRED"}, {pushID, "PUSH_CONFIRMATION_REQUIRED"}, {fido2ID, "ASSERTION_REQUIRED"},
		{testID, "OTP_REQUIRED"}, {totpID, "OTP_REQUIRED"},
	} {
		response := selectDevice(t, srv, id, step.deviceID)
		assert.Equal(t, http.StatusOK, response.status)
		assert.Equal(t, step.status, response.at("status"))
		assert.Equal(t, step.deviceID, response.at("selectedDevice", "id"))
		assert.Equal(t, step.deviceID == fido2ID, response.at("publicKeyCredentialRequestOptions") != nil)
		assert.Equal(t, step.deviceID == testID, response.at("test") != nil)
	}
	require.Len(t, srv.Messages(), 2)
	sent := srv.Messages()[0].Passcode
	refused(t, checkOTP(t, srv, id, sent), http.StatusBadRequest, "INVALID_DATA", "INVALID_OTP")
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, srv.Passcode(totpID)).at("status"))
}

func TestRefusedSelections(t *testing.T) {
	noDevice := map[string]any{
		"code": "INVALID_VALUE", "message": "The user has no such device.", "target": "device.id",
	}
	unusable := map[string]any{"code": "NO_USABLE_DEVICES", "message": "There is no usable device."}
	cooling := map[string]any{"code": "QUOTA_EXCEEDED", "message": "There were too many wrong passcodes.", "target": "otp"}
	until := map[string]any{"code": cooling["code"], "message": cooling["message"], "target": "otp",
		"innerError": map[string]any{"coolDownExpiresAt": 1770091507789.0}}
	for name, test := range map[string]struct {
		device pingmfatest.Device
		code   string
		detail map[string]any
	}{
		"unknown":    {pingmfatest.Device{"id": unknownID}, "INVALID_DATA", noDevice},
		"not active": {pingmfatest.Device{"status": "ACTIVATION_REQUIRED"}, "INVALID_DATA", noDevice},
		"blocked":    {pingmfatest.Device{"block": map[string]any{"status": "BLOCKED"}}, "REQUEST_FAILED", unusable},
		"disabled":   {pingmfatest.Device{"usableStatus": map[string]any{"status": "DISABLED"}}, "REQUEST_FAILED", unusable},
		"locked":     {pingmfatest.Device{"lock": map[string]any{"status": "LOCKED"}}, "REQUEST_FAILED", cooling},
		"locked for a second": {pingmfatest.Device{"lock": map[string]any{
			"status": "LOCKED", "expiresAt": "2026-02-03T04:05:07.789Z",
		}}, "REQUEST_FAILED", until},
	} {
		t.Run(name, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
			id := start(t, srv, "")
			test.device["type"], test.device["phone"] = "SMS", "+12015550123"
			if test.device["id"] == nil {
				test.device["id"] = smsID
				srv.AddDevice(someUser, test.device) // in place of the usable one
			}
			deviceID, _ := test.device["id"].(string)
			response := selectDevice(t, srv, id, deviceID)
			assert.Equal(t, test.detail, refused(t, response, http.StatusBadRequest, test.code, ""))
			assert.Equal(t, "DEVICE_SELECTION_REQUIRED", read(t, srv, id).at("status"))
			assert.Empty(t, srv.Messages())
		})
	}
}

func TestBlockedDevicesAreListedApart(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	id := start(t, srv, smsID)
	assert.Nil(t, read(t, srv, id).at("_embedded", "blockedDevices"))
	srv.AddDevice(someUser, pingmfatest.Device{
		"id": voiceID, "type": "VOICE", "phone": "+12015550111", "block": map[string]any{"status": "BLOCKED"},
	})
	response := read(t, srv, id)
	assert.Len(t, response.at("_embedded", "devices"), 5)
	assert.Equal(t, []any{map[string]any{
		"id": voiceID, "type": "VOICE", "phone": "*******11", "status": "ACTIVE",
	}}, response.at("_embedded", "blockedDevices"))

	only := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{
		{"id": voiceID, "type": "VOICE", "phone": "+12015550111", "block": map[string]any{"status": "BLOCKED"}},
	}})
	response = authenticate(t, srv, user(only))
	assert.Equal(t, "FAILED", response.at("status"))
	assert.Equal(t, []any{map[string]any{"id": voiceID}}, response.at("error", "unavailableDevices"))
}

func TestDeviceIsBlockedDuringAnAuthentication(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	for deviceID, kind := range map[string]string{smsID: "SMS", fido2ID: "FIDO2"} {
		id := start(t, srv, deviceID)
		srv.AddDevice(someUser, pingmfatest.Device{
			"id": deviceID, "type": kind, "phone": "+14135550150", "block": map[string]any{"status": "BLOCKED"},
		})
		response := proceed(t, srv, id, "assertion.check", assertion)
		if kind == "SMS" {
			response = checkOTP(t, srv, id, lastPasscode(t, srv))
		}
		assert.Equal(t, map[string]any{"code": "NO_USABLE_DEVICES", "message": "There is no usable device."},
			refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", ""))
	}
}

const changeDevice = "cancel.push.authentication"

func TestChangeDevice(t *testing.T) {
	for _, deviceID := range []string{smsID, pushID, fido2ID, totpID, testID} {
		srv := pingmfatest.NewServer(t, plain)
		id := start(t, srv, deviceID)
		response := proceed(t, srv, id, changeDevice, `{"reason":"CHANGE_DEVICE"}`)
		assert.Equal(t, http.StatusOK, response.status)
		assert.Equal(t, "DEVICE_SELECTION_REQUIRED", response.at("status"))
		assert.Equal(t, map[string]any{"id": deviceID}, response.at("selectedDevice"))
		assert.Len(t, response.at("_embedded", "devices"), 6)
		assert.Equal(t, []any{}, response.at("_embedded", "blockedDevices"))
		links, _ := response.at("_links").(map[string]any)
		assert.Len(t, links, 2)
		assert.Contains(t, links, "device.select")
		assert.Nil(t, response.at("test"))
		assert.Nil(t, response.at("publicKeyCredentialRequestOptions"))
		refused(t, checkOTP(t, srv, id, "123456"), http.StatusBadRequest, "INVALID_REQUEST", "CONSTRAINT_VIOLATION")
		require.Error(t, srv.ConfirmPush(id))
		assert.Equal(t, "OTP_REQUIRED", selectDevice(t, srv, id, voiceID).at("status"))
	}
}
