package pingmfa

import (
	"encoding/json"
	"fmt"

	"github.com/pingmfa/pingmfa-go/gen"
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

func authenticationDevices(wire []gen.AuthenticationDevice) []AuthenticationDevice {
	out := make([]AuthenticationDevice, 0, len(wire))
	for i := range wire {
		d := &wire[i]
		out = append(out, AuthenticationDevice{
			ID:               d.ID,
			Type:             DeviceType(d.Type),
			Status:           DeviceStatus(d.Status),
			UsableStatus:     d.UsableStatus.Status,
			UsableReason:     d.UsableStatus.Reason,
			Nickname:         d.Nickname,
			Phone:            d.Phone,
			Email:            d.Email,
			Extension:        d.Extension,
			DisplayName:      d.DisplayName,
			TestMode:         d.TestMode,
			Mobile:           mobileApplication(d),
			RelyingPartyID:   orZero(d.RP).ID,
			RelyingPartyName: orZero(d.RP).Name,
		})
	}
	return out
}

func mobileApplication(d *gen.AuthenticationDevice) *MobileApplication {
	if d.Application == nil && d.PushEnabled == nil && d.PushStatus == nil && d.OTPStatus == nil &&
		d.OS == nil && d.Model == nil {
		return nil
	}
	return &MobileApplication{
		ApplicationID: orZero(d.Application).ID,
		PushEnabled:   d.PushEnabled,
		PushStatus:    orZero(d.PushStatus).Status,
		OTPStatus:     orZero(d.OTPStatus).Status,
		OS:            d.OS,
		Model:         d.Model,
	}
}

func chosenDevice(wire gen.ChosenDevice) ChosenDevice {
	return ChosenDevice{
		ID:    wire.ID,
		Type:  DeviceType(wire.OneTime.Type),
		Phone: wire.OneTime.Phone,
		Email: wire.OneTime.Email,
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
