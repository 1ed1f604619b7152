package main

import (
	"fmt"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// scenario is what a fake under /scenario/NAME starts with: one user.
type scenario struct {
	name, doc string
	fill      func(*pingmfatest.Fake) pingmfatest.Scenario
}

var scenarios = []scenario{
	{"one-email-device", "an email device, which gets a passcode at once", (*pingmfatest.Fake).UserWithEmailDevice},
	{"several-devices", "two devices, of which one has to be selected", (*pingmfatest.Fake).UserWithSeveralDevices},
	{"one-time-sms", "no device: the request brings a phone number", (*pingmfatest.Fake).OneTimeSMS},
	{"push", "a phone with the vendor's application, which gets a push", one("PUSH_CONFIRMATION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a01", pingmfatest.Device{"type": "MOBILE", "nickname": "phone"})},
	{"fido2", "a passkey, which signs in the browser", one("ASSERTION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a02", pingmfatest.Device{"type": "FIDO2", "nickname": "passkey"})},
	{"no-device", "no device: NO_USABLE_DEVICES", one("FAILED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a03")},
	{"device-limit", "as many devices as a user may have: one more is refused", one("DEVICE_SELECTION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a04", emailDevices(5)...)},
}

// one is a user whose authentication needs nothing but his id.
func one(status, id string, devices ...pingmfatest.Device) func(*pingmfatest.Fake) pingmfatest.Scenario {
	return func(fake *pingmfatest.Fake) pingmfatest.Scenario {
		fake.AddUser(pingmfatest.User{ID: id, Devices: devices})
		return pingmfatest.Scenario{UserID: id, Request: `{"user":{"id":"` + id + `"}}`, Status: status}
	}
}

func emailDevices(n int) []pingmfatest.Device {
	var devices []pingmfatest.Device
	for i := range n {
		devices = append(devices, pingmfatest.Device{"type": "EMAIL", "email": fmt.Sprintf("box%d@example.com", i)})
	}
	return devices
}
