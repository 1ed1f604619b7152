package pingmfa

import (
	"fmt"

	"github.com/pingmfa/pingmfa-go/gen"
)

// NewDevice is a device to create: [SMS], [Voice], [Email], [WhatsApp], [TOTP] or [FIDO2]. Each has the members that
// PingOne takes for its kind, and no others. Mobile applications are paired by key, not created.
//
// All have in common: PolicyID is the MFA policy to create the device under (empty: the environment's default, though
// the vendor's page for SMS lists it as required), PolicyType its kind, best left empty. Status is [DeviceActive] or
// [DeviceActivationRequired]; empty means active to a worker application. Nickname has at most 100 characters.
//
//sumtype:decl
type NewDevice interface {
	// wire writes what goes over the wire.
	wire(check *check, field string) any
}

// SMS is a phone that gets text messages.
//
// Source: https://developer.pingidentity.com/pingone-api/mfa/users/mfa-devices/create-mfa-user-device-sms.html
type SMS struct {
	// Phone is in international format: +, country code, number; 7 to 15 digits, which spaces and . ( ) - may separate.
	Phone      string `json:"-"`
	PolicyID   string
	PolicyType string
	Status     DeviceStatus
	Nickname   string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Device].TestOTP while activation is required.
	TestMode bool
	// Notification is what the message says, with [DeviceActivationRequired] only.
	Notification *PairingNotification
}

// Voice is a phone that gets calls.
type Voice struct {
	// Phone is in international format, as for [SMS].
	Phone string `json:"-"`
	// Extension is dialled after the call is taken: digits, comma (a pause), # and *.
	Extension  string `json:"-"`
	PolicyID   string
	PolicyType string
	Status     DeviceStatus
	Nickname   string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Device].TestOTP while activation is required.
	TestMode bool
	// Notification is what the call says, with [DeviceActivationRequired] only.
	Notification *PairingNotification
}

// Email is an email address.
type Email struct {
	Email      string `json:"-"`
	PolicyID   string
	PolicyType string
	Status     DeviceStatus
	Nickname   string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Device].TestOTP while activation is required.
	TestMode bool
	// Notification is what the message says, with [DeviceActivationRequired] only.
	Notification *PairingNotification
}

// WhatsApp is a phone that gets WhatsApp messages.
type WhatsApp struct {
	// Phone is in international format, as for [SMS].
	Phone      string `json:"-"`
	PolicyID   string
	PolicyType string
	Status     DeviceStatus
	Nickname   string `json:"-"`
	// Notification is what the message says, with [DeviceActivationRequired] only.
	Notification *PairingNotification
}

// TOTP is an authenticator application. The created [Device] holds the Secret and KeyURI to set it up with. Create it
// with [DeviceActivationRequired] to have a first passcode prove that this worked.
type TOTP struct {
	PolicyID   string
	PolicyType string
	Status     DeviceStatus
	Nickname   string `json:"-"`
}

// FIDO2 is a passkey or a security key. The created [Device] holds the options for the browser.
type FIDO2 struct {
	// RelyingPartyID is the domain that the key is made for, such as "example.com". Empty: the policy's.
	RelyingPartyID string
	// RelyingPartyName is its name, for people.
	RelyingPartyName string
	PolicyID         string
	PolicyType       string
	Status           DeviceStatus
	Nickname         string `json:"-"`
}

func (d SMS) wire(check *check, field string) any {
	check.phone(field, ".Phone", d.Phone)
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateSMSDevice{
		Type:         gen.CreateSMSDeviceTypeSMS,
		Phone:        d.Phone,
		Policy:       gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:       gen.CreateDeviceStatus(d.Status),
		Nickname:     d.Nickname,
		TestMode:     d.TestMode,
		Notification: d.Notification.wire(check, field),
	}
}

func (d Voice) wire(check *check, field string) any {
	check.phone(field, ".Phone", d.Phone)
	check.extension(field, ".Extension", d.Extension)
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateVoiceDevice{
		Type:         gen.CreateVoiceDeviceTypeVOICE,
		Phone:        d.Phone,
		Extension:    d.Extension,
		Policy:       gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:       gen.CreateDeviceStatus(d.Status),
		Nickname:     d.Nickname,
		TestMode:     d.TestMode,
		Notification: d.Notification.wire(check, field),
	}
}

func (d Email) wire(check *check, field string) any {
	check.email(field, ".Email", d.Email)
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateEmailDevice{
		Type:         gen.CreateEmailDeviceTypeEMAIL,
		Email:        d.Email,
		Policy:       gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:       gen.CreateDeviceStatus(d.Status),
		Nickname:     d.Nickname,
		TestMode:     d.TestMode,
		Notification: d.Notification.wire(check, field),
	}
}

func (d WhatsApp) wire(check *check, field string) any {
	check.phone(field, ".Phone", d.Phone)
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateWhatsAppDevice{
		Type:         gen.CreateWhatsAppDeviceTypeWHATSAPP,
		Phone:        d.Phone,
		Policy:       gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:       gen.CreateDeviceStatus(d.Status),
		Nickname:     d.Nickname,
		Notification: d.Notification.wire(check, field),
	}
}

func (d TOTP) wire(check *check, field string) any {
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateTOTPDevice{
		Type:     gen.CreateTOTPDeviceTypeTOTP,
		Policy:   gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:   gen.CreateDeviceStatus(d.Status),
		Nickname: d.Nickname,
	}
}

func (d FIDO2) wire(check *check, field string) any {
	check.common(field, d.PolicyID, d.Status, d.Nickname)
	return gen.CreateFIDO2Device{
		Type:     gen.CreateFIDO2DeviceTypeFIDO2,
		RP:       gen.RelyingPartyRequest{ID: d.RelyingPartyID, Name: d.RelyingPartyName},
		Policy:   gen.DevicePolicyReference{ID: d.PolicyID, Type: d.PolicyType},
		Status:   gen.CreateDeviceStatus(d.Status),
		Nickname: d.Nickname,
	}
}

// common checks what every kind of device has.
func (c *check) common(field, policyID string, status DeviceStatus, nickname string) {
	c.optionalID(field, ".PolicyID", policyID)
	c.nickname(field, ".Nickname", nickname)
	if status != "" && !status.Known() {
		c.fail(field, ".Status", "must be ACTIVE or ACTIVATION_REQUIRED")
	}
}

// Format writes the kind and nothing personal.
func (d SMS) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.SMS{}") }

// Format writes the kind and nothing personal.
func (d Voice) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.Voice{}") }

// Format writes the kind and nothing personal.
func (d Email) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.Email{}") }

// Format writes the kind and nothing personal.
func (d WhatsApp) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.WhatsApp{}") }

// Format writes the kind and nothing personal.
func (d TOTP) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.TOTP{}") }

// Format writes the kind and nothing personal.
func (d FIDO2) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.FIDO2{}") }
