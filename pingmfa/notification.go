package pingmfa

import "github.com/pingmfa/pingmfa-go/gen"

// SelectedDevice is the device or contact that gets the message of an authentication: a [PairedDevice], or a contact
// that PingOne does not store ([OneTimeSMS], [OneTimeVoice], [OneTimeEmail]).
//
//sumtype:decl
type SelectedDevice interface {
	// selected checks the value and returns the selectedDevice member of the request.
	selected(v *validator) gen.SelectedDevice
}

// PairedDevice is the id of a device that is paired with the user. The user does not select a device then.
type PairedDevice string

// OneTimeSMS is a phone that gets a text message and that PingOne does not store.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/onetime-authentication-sms.html
type OneTimeSMS struct {
	// Phone is in international format: + and 7 to 15 digits, the first not 0. Spaces and . ( ) - may separate them.
	Phone string
	// TestMode delivers nothing: the response has the passcode, as [Authentication].TestOTP.
	TestMode bool
}

// OneTimeVoice is a phone that gets a call and that PingOne does not store.
type OneTimeVoice struct {
	// Phone is in international format, as for [OneTimeSMS].
	Phone string
	// TestMode delivers nothing: the response has the passcode, as [Authentication].TestOTP.
	TestMode bool
}

// OneTimeEmail is an email address that PingOne does not store.
type OneTimeEmail struct {
	// Email is the address alone, such as "person@example.com".
	Email string
	// TestMode delivers nothing: the response has the passcode, as [Authentication].TestOTP.
	TestMode bool
}

const contactField = "AuthenticationRequest.Device"

func (d PairedDevice) selected(v *validator) gen.SelectedDevice {
	v.check(contactField, requiredIDRule(string(d)))
	return gen.PairedDevice{ID: string(d)}
}

func (d OneTimeSMS) selected(v *validator) gen.SelectedDevice {
	v.check(contactField+".Phone", phoneRule(d.Phone))
	return gen.OneTimeDevice{
		OneTime: gen.OneTimeSMS{Type: gen.OneTimeSMSTypeSMS, Phone: d.Phone, TestMode: d.TestMode},
	}
}

func (d OneTimeVoice) selected(v *validator) gen.SelectedDevice {
	v.check(contactField+".Phone", phoneRule(d.Phone))
	return gen.OneTimeDevice{
		OneTime: gen.OneTimeVoice{Type: gen.OneTimeVoiceTypeVOICE, Phone: d.Phone, TestMode: d.TestMode},
	}
}

func (d OneTimeEmail) selected(v *validator) gen.SelectedDevice {
	v.check(contactField+".Email", emailRule(d.Email))
	return gen.OneTimeDevice{
		OneTime: gen.OneTimeEmail{Type: gen.OneTimeEmailTypeEMAIL, Email: d.Email, TestMode: d.TestMode},
	}
}

// Notification is the content of an authentication's message. It replaces the environment's default.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize_device_authentication_custom_notification.html
type Notification struct {
	// Template is the name of the template, such as "transaction" or "strong_authentication".
	Template string
	// Locale is one of the environment's languages, such as "fr-CA".
	Locale string
	// Variant is the name of a variant of the template.
	Variant string
	// Variables are the values of the template's variables.
	Variables map[string]string
	// ClientContext is free data for the mobile application that gets a push. encoding/json encodes it. Text that is not
	// UTF-8 is an error, except in structs of yours and in values that encode themselves, in which encoding/json replaces
	// it.
	ClientContext map[string]any
	// PolicyID is the id of the notification policy. If empty, the environment's default applies.
	PolicyID string
}

// PairingNotification is the content of the message to a new device. PingOne sends it only if the device is created
// with [DeviceActivationRequired].
type PairingNotification struct {
	// Locale is one of the environment's languages, such as "fr-CA".
	Locale string
	// Variant is the name of a variant of the template.
	Variant string
	// Variables are the values of the template's variables.
	Variables map[string]string
	// PolicyID is the id of the notification policy. If empty, the environment's default applies.
	PolicyID string
}

// model checks the notification and returns the notification member of the request. n may be nil.
func (n *Notification) model(v *validator) gen.Notification {
	if n == nil {
		return gen.Notification{}
	}
	v.check("AuthenticationRequest.Notification.PolicyID", idRule(n.PolicyID))
	return gen.Notification{
		Template: gen.NotificationTemplate{
			Name:      n.Template,
			Locale:    n.Locale,
			Variant:   n.Variant,
			Variables: n.Variables,
		},
		ClientContext: n.ClientContext,
		Policy:        gen.NotificationPolicyReference{ID: n.PolicyID},
	}
}

// model checks the notification and returns the notification member of the request. n may be nil.
func (n *PairingNotification) model(v *validator) gen.PairingNotification {
	if n == nil {
		return gen.PairingNotification{}
	}
	v.check("device.Notification.PolicyID", idRule(n.PolicyID))
	return gen.PairingNotification{
		Template: gen.PairingTemplate{Locale: n.Locale, Variant: n.Variant, Variables: n.Variables},
		Policy:   gen.NotificationPolicyReference{ID: n.PolicyID},
	}
}
