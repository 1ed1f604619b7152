package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// scenario is the initial content of the fake at /scenario/NAME: one user.
type scenario struct {
	name, doc string
	fill      func(*pingmfatest.Fake) pingmfatest.Scenario
}

var scenarios = []scenario{
	{"one-email-device", "one email device, which receives a passcode", (*pingmfatest.Fake).UserWithEmailDevice},
	{"several-devices", "an SMS device in test mode (its passcode is in test.otp, not in the inbox) and a voice device",
		(*pingmfatest.Fake).UserWithSeveralDevices},
	{"one-time-sms", "no device; the request contains a phone number", (*pingmfatest.Fake).UserWithoutDevices},
	{"push", "a phone with a mobile application, which receives a push", withDevices("PUSH_CONFIRMATION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a01", pingmfatest.Device{"type": "MOBILE", "nickname": "phone"})},
	{"fido2", "a passkey, for an assertion in the browser", withDevices("ASSERTION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a02", pingmfatest.Device{"type": "FIDO2", "nickname": "passkey"})},
	{"all-types", "an SMS device, a phone with a mobile application, an authenticator application and a passkey",
		withDevices("DEVICE_SELECTION_REQUIRED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a05",
			pingmfatest.Device{"type": "SMS", "phone": "+12015550123"},
			pingmfatest.Device{"type": "MOBILE", "nickname": "phone"},
			pingmfatest.Device{"type": "TOTP", "nickname": "authenticator"},
			pingmfatest.Device{"type": "FIDO2", "nickname": "passkey"})},
	{"unusable-devices", "two usable devices, a locked one and a blocked one",
		withDevices("DEVICE_SELECTION_REQUIRED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a06", append(emailDevices(2),
			pingmfatest.Device{"type": "SMS", "phone": "+12015550124", "lock": map[string]any{"status": "LOCKED"}},
			pingmfatest.Device{"type": "VOICE", "phone": "+12015550125", "block": map[string]any{"status": "BLOCKED"}})...)},
	{"unknown-type", "an email device, and one of a type that is not in the contract",
		withDevices("DEVICE_SELECTION_REQUIRED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a07",
			append(emailDevices(1), pingmfatest.Device{"type": "SMART_RING", "nickname": "ring"})...)},
	{"unknown-status", "a device of a type that is not in the contract, which leads to an unknown status",
		withDevices("SMART_RING_REQUIRED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a08",
			pingmfatest.Device{"type": "SMART_RING", "nickname": "ring"})},
	{"no-device", "no device: NO_USABLE_DEVICES", withDevices("FAILED", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a03")},
	{"device-limit", "the maximum number of devices: createDevice is refused", withDevices("DEVICE_SELECTION_REQUIRED",
		"1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a04", emailDevices(5)...)},
}

// withDevices returns a function that adds a user whose authentication starts with the given status.
func withDevices(status, id string, devices ...pingmfatest.Device) func(*pingmfatest.Fake) pingmfatest.Scenario {
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

// entry describes a path with a scenario or a fault.
type entry struct {
	Path string `json:"path"`
	Doc  string `json:"doc"`
	// UserID and Status are set for a scenario: its user, and the first status of an authentication.
	UserID string `json:"userID,omitempty"`
	Status string `json:"status,omitempty"`
}

func scenarioEntries() []entry {
	var entries []entry
	for _, s := range scenarios {
		filled := s.fill(pingmfatest.New(pingmfatest.Options{Seed: 1}))
		entries = append(entries, entry{
			Path: "/scenario/" + s.name, Doc: s.doc, UserID: filled.UserID, Status: filled.Status,
		})
	}
	return entries
}

func faultEntries() []entry {
	var entries []entry
	for _, fault := range pingmfatest.Faults() {
		if canInject(fault) {
			entries = append(entries, entry{Path: "/fault/" + string(fault), Doc: fault.Doc()})
		}
	}
	return entries
}

// operations are the operations of the contract.
var operations = []string{
	pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpReadDeviceAuthentication,
	pingmfatest.OpContinueDeviceAuthentication, pingmfatest.OpCreateDevice, pingmfatest.OpActivateDevice,
}

// fillFunc returns the function that fills the fake at a path. It returns nil if there is no such path.
func fillFunc(path string) func(*pingmfatest.Fake) {
	for _, s := range scenarios {
		if path == "/scenario/"+s.name {
			return func(fake *pingmfatest.Fake) { s.fill(fake) }
		}
	}
	fault, isFault := strings.CutPrefix(path, "/fault/")
	if !isFault || !canInject(pingmfatest.Fault(fault)) {
		return nil
	}
	return func(fake *pingmfatest.Fake) {
		addAllUsers(fake)
		for _, operation := range operations {
			fake.InjectAlways(operation, pingmfatest.Fault(fault))
		}
	}
}

// inject injects a fault into the next request of an operation.
func inject(fake *pingmfatest.Fake, operation, fault string) error {
	if operation != pingmfatest.OpToken && !slices.Contains(operations, operation) {
		return fmt.Errorf("operation must be one of %s, %s", strings.Join(operations, ", "), pingmfatest.OpToken)
	}
	if !canInject(pingmfatest.Fault(fault)) {
		return errors.New("there is no such fault: the page lists them")
	}
	fake.Inject(operation, pingmfatest.Fault(fault))
	return nil
}

func canInject(fault pingmfatest.Fault) bool {
	return slices.Contains(pingmfatest.Faults(), fault) && !fault.BelowHTTP()
}

// addAllUsers adds the users of all scenarios.
func addAllUsers(fake *pingmfatest.Fake) {
	for _, s := range scenarios {
		s.fill(fake)
	}
}
