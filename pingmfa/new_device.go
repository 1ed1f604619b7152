package pingmfa

import (
	"unicode/utf8"

	"github.com/pingmfa/pingmfa-go/gen"
)

// NewDevice is a device to create: [SMS], [Voice], [Email], [WhatsApp], [TOTP] or [FIDO2]. Each has the members that
// PingOne accepts for its kind, and no others. Mobile applications are paired by key, not created.
//
// Several kinds have these members. PolicyID is the id of the MFA policy; if empty, the environment's default applies,
// although the vendor's page for SMS lists it as required. Status is [DeviceActive] or [DeviceActivationRequired]; if
// empty, PingOne creates the device of a worker application as active. Nickname has at most 100 characters. With
// [DeviceActivationRequired], Notification is the content of the message with the passcode, and TestMode delivers
// nothing: the response has the passcode, as [Device].TestOTP.
//
//sumtype:decl
type NewDevice interface {
	// model checks the device and returns the body of the request.
	model(v *validator) gen.CreateDeviceRequest
}

// SMS is a phone that gets text messages.
//
// Source: https://developer.pingidentity.com/pingone-api/mfa/users/mfa-devices/create-mfa-user-device-sms.html
type SMS struct {
	// Phone is in international format: + and 7 to 15 digits, the first not 0. Spaces and . ( ) - may separate them.
	Phone        string
	PolicyID     string
	Status       DeviceStatus
	Nickname     string
	TestMode     bool
	Notification *PairingNotification
}

// Voice is a phone that gets calls.
type Voice struct {
	// Phone is in international format, as for [SMS].
	Phone string
	// Extension is dialed after the call is answered: digits, comma (a pause), # and *.
	Extension    string
	PolicyID     string
	Status       DeviceStatus
	Nickname     string
	TestMode     bool
	Notification *PairingNotification
}

// Email is an email address.
type Email struct {
	// Email is the address alone, such as "person@example.com".
	Email        string
	PolicyID     string
	Status       DeviceStatus
	Nickname     string
	TestMode     bool
	Notification *PairingNotification
}

// WhatsApp is a phone that gets WhatsApp messages.
type WhatsApp struct {
	// Phone is in international format, as for [SMS].
	Phone        string
	PolicyID     string
	Status       DeviceStatus
	Nickname     string
	Notification *PairingNotification
}

// TOTP is an authenticator application. The created [Device] has the Secret and the KeyURI to set it up. With
// [DeviceActivationRequired], the user enters a passcode that the application shows, for [Client.ActivateDevice].
type TOTP struct {
	PolicyID string
	Status   DeviceStatus
	Nickname string
}

// FIDO2 is a passkey or a security key. With [DeviceActivationRequired], pass PublicKeyCredentialCreationOptions of the
// created [Device] to the browser, and its credential to [Client.ActivateDevice] as an [Attestation].
type FIDO2 struct {
	// RelyingPartyID is the domain that the key is for, such as "example.com". If empty, that of the policy applies.
	RelyingPartyID string
	// RelyingPartyName is the name of the relying party, for display.
	RelyingPartyName string
	PolicyID         string
	Status           DeviceStatus
	Nickname         string
}

func (d SMS) model(v *validator) gen.CreateDeviceRequest {
	v.check("device.Phone", phoneRule(d.Phone))
	return gen.CreateSMSDevice{
		Type:         gen.CreateSMSDeviceTypeSMS,
		Phone:        d.Phone,
		Policy:       v.devicePolicy(d.PolicyID),
		Status:       v.deviceStatus(d.Status),
		Nickname:     v.nickname(d.Nickname),
		TestMode:     d.TestMode,
		Notification: d.Notification.model(v),
	}
}

func (d Voice) model(v *validator) gen.CreateDeviceRequest {
	v.check("device.Phone", phoneRule(d.Phone))
	v.check("device.Extension", extensionRule(d.Extension))
	return gen.CreateVoiceDevice{
		Type:         gen.CreateVoiceDeviceTypeVOICE,
		Phone:        d.Phone,
		Extension:    d.Extension,
		Policy:       v.devicePolicy(d.PolicyID),
		Status:       v.deviceStatus(d.Status),
		Nickname:     v.nickname(d.Nickname),
		TestMode:     d.TestMode,
		Notification: d.Notification.model(v),
	}
}

func (d Email) model(v *validator) gen.CreateDeviceRequest {
	v.check("device.Email", emailRule(d.Email))
	return gen.CreateEmailDevice{
		Type:         gen.CreateEmailDeviceTypeEMAIL,
		Email:        d.Email,
		Policy:       v.devicePolicy(d.PolicyID),
		Status:       v.deviceStatus(d.Status),
		Nickname:     v.nickname(d.Nickname),
		TestMode:     d.TestMode,
		Notification: d.Notification.model(v),
	}
}

func (d WhatsApp) model(v *validator) gen.CreateDeviceRequest {
	v.check("device.Phone", phoneRule(d.Phone))
	return gen.CreateWhatsAppDevice{
		Type:         gen.CreateWhatsAppDeviceTypeWHATSAPP,
		Phone:        d.Phone,
		Policy:       v.devicePolicy(d.PolicyID),
		Status:       v.deviceStatus(d.Status),
		Nickname:     v.nickname(d.Nickname),
		Notification: d.Notification.model(v),
	}
}

func (d TOTP) model(v *validator) gen.CreateDeviceRequest {
	return gen.CreateTOTPDevice{
		Type:     gen.CreateTOTPDeviceTypeTOTP,
		Policy:   v.devicePolicy(d.PolicyID),
		Status:   v.deviceStatus(d.Status),
		Nickname: v.nickname(d.Nickname),
	}
}

func (d FIDO2) model(v *validator) gen.CreateDeviceRequest {
	return gen.CreateFIDO2Device{
		Type:     gen.CreateFIDO2DeviceTypeFIDO2,
		RP:       gen.RelyingPartyRequest{ID: d.RelyingPartyID, Name: d.RelyingPartyName},
		Policy:   v.devicePolicy(d.PolicyID),
		Status:   v.deviceStatus(d.Status),
		Nickname: v.nickname(d.Nickname),
	}
}

// The members that all kinds have in common, checked.

func (v *validator) devicePolicy(id string) gen.DevicePolicyReference {
	v.check("device.PolicyID", idRule(id))
	return gen.DevicePolicyReference{ID: id}
}

func (v *validator) deviceStatus(status DeviceStatus) gen.CreateDeviceStatus {
	if status != "" && !status.Known() {
		v.check("device.Status", "must be ACTIVE or ACTIVATION_REQUIRED")
	}
	return gen.CreateDeviceStatus(status)
}

func (v *validator) nickname(name string) string {
	if utf8.RuneCountInString(name) > maxNicknameLength {
		v.check("device.Nickname", "must have at most 100 characters")
	}
	return name
}
