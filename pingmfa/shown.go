package pingmfa

import (
	"encoding/json"
	"fmt"
)

// AuthenticationDevice is a device as an authentication shows it: its number or address is masked by PingOne. In a
// one-time authentication it is the contact, and has neither an id nor a status.
type AuthenticationDevice struct {
	ID     string
	Type   DeviceType
	Status DeviceStatus
	// UsableStatus is "ENABLED" when the device can be used now; empty when the answer does not say.
	UsableStatus string
	UsableReason string
	Nickname     string `json:"-"`
	// Phone and Email are masked, such as "*******50" and "j****@example.com".
	Phone     string `json:"-"`
	Email     string `json:"-"`
	Extension string `json:"-"`
	// DisplayName is the name of a FIDO2 device.
	DisplayName string `json:"-"`
	// TestMode is nil when the answer does not say.
	TestMode *bool
	// Mobile is what a MOBILE device has besides; nil for the others.
	Mobile *MobileApplication
	// RelyingPartyID and RelyingPartyName are what a FIDO2 device is made for.
	RelyingPartyID   string
	RelyingPartyName string
}

// MobileApplication is the application of a MOBILE device, and the phone that it is on.
type MobileApplication struct {
	ApplicationID string
	// PushEnabled is nil when the answer does not say.
	PushEnabled *bool
	PushStatus  string
	OTPStatus   string
	// OS and Model are what PingOne knows of the phone, in JSON whose shape is not documented.
	OS    json.RawMessage `json:"-"`
	Model json.RawMessage `json:"-"`
}

// ChosenDevice is the device or contact that PingOne selected, masked.
type ChosenDevice struct {
	// ID is the paired device's; empty for a one-time contact.
	ID string
	// Type, Phone and Email are a one-time contact's; those of a paired device are in [Authentication].Devices.
	Type  DeviceType
	Phone string `json:"-"`
	Email string `json:"-"`
}

func authenticationDevices(value []byte) []AuthenticationDevice {
	out := []AuthenticationDevice{}
	elements(value, func(device []byte) {
		if len(out) == 0 {
			out = make([]AuthenticationDevice, 0, 2) // most people have no more
		}
		out = append(out, AuthenticationDevice{})
		members(device, out[len(out)-1].take)
	})
	return out
}

func (d *AuthenticationDevice) take(name, value []byte) {
	switch string(name) {
	case "id":
		d.ID = text(value)
	case "type":
		d.Type = word(value, deviceTypes)
	case "status":
		d.Status = word(value, deviceStatuses)
	case "usableStatus":
		d.UsableStatus, d.UsableReason = textOf(value, "status"), textOf(value, "reason")
	case "nickname":
		d.Nickname = text(value)
	case "phone":
		d.Phone = text(value)
	case "email":
		d.Email = text(value)
	case "extension":
		d.Extension = text(value)
	case "displayName":
		d.DisplayName = text(value)
	case "testMode":
		d.TestMode = truth(value)
	case "rp":
		d.RelyingPartyID, d.RelyingPartyName = textOf(value, "id"), textOf(value, "name")
	case "application", "pushEnabled", "pushStatus", "otpStatus", "os", "model":
		if d.Mobile == nil && string(value) != "null" {
			d.Mobile = &MobileApplication{}
		}
		if d.Mobile != nil {
			d.Mobile.take(name, value)
		}
	}
}

func (m *MobileApplication) take(name, value []byte) {
	switch string(name) {
	case "application":
		m.ApplicationID = textOf(value, "id")
	case "pushEnabled":
		m.PushEnabled = truth(value)
	case "pushStatus":
		m.PushStatus = textOf(value, "status")
	case "otpStatus":
		m.OTPStatus = textOf(value, "status")
	case "os":
		m.OS = verbatim(value)
	case "model":
		m.Model = verbatim(value)
	}
}

func chosenDevice(value []byte) ChosenDevice {
	contact := lookup(value, "oneTime")
	return ChosenDevice{
		ID:    textOf(value, "id"),
		Type:  word(lookup(contact, "type"), deviceTypes),
		Phone: textOf(contact, "phone"),
		Email: textOf(contact, "email"),
	}
}

// Format writes id, kind and status, and nothing personal.
func (d AuthenticationDevice) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "AuthenticationDevice", "id", d.ID, "type", string(d.Type), "status", string(d.Status))
}

// Format writes the application and nothing of the phone.
func (m MobileApplication) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "MobileApplication", "application", m.ApplicationID)
}

// Format writes id and kind, and nothing personal.
func (d ChosenDevice) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "ChosenDevice", "id", d.ID, "type", string(d.Type))
}
