package pingmfa

import (
	"fmt"

	"github.com/pingmfa/pingmfa-go/gen"
)

// SelectedDevice is where the message of an authentication goes: a [PairedDevice], or a one-time contact that PingOne
// does not store ([OneTimeSMS], [OneTimeVoice], [OneTimeEmail]).
//
//sumtype:decl
type SelectedDevice interface {
	// selected writes what goes over the wire.
	selected(check *check, field string) any
}

// PairedDevice is the id of a device that is paired with the user. PingOne skips device selection.
type PairedDevice string

// OneTimeSMS is a text message to a phone that PingOne does not store.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/onetime-authentication-sms.html
type OneTimeSMS struct {
	// Phone is in international format: +, country code, number; 7 to 15 digits, which spaces and . ( ) - may separate.
	Phone string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Authentication].TestOTP.
	TestMode bool
}

// OneTimeVoice is a call to a phone that PingOne does not store.
type OneTimeVoice struct {
	// Phone is in international format, as for [OneTimeSMS].
	Phone string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Authentication].TestOTP.
	TestMode bool
}

// OneTimeEmail is a message to an address that PingOne does not store.
type OneTimeEmail struct {
	Email string `json:"-"`
	// TestMode delivers nothing: the passcode comes back as [Authentication].TestOTP.
	TestMode bool
}

func (d PairedDevice) selected(check *check, field string) any {
	check.id(field, "", string(d))
	return gen.PairedDevice{ID: string(d)}
}

func (d OneTimeSMS) selected(check *check, field string) any {
	check.phone(field, ".Phone", d.Phone)
	return oneTime[gen.OneTimeSMS]{gen.OneTimeSMS{Type: gen.OneTimeSMSTypeSMS, Phone: d.Phone, TestMode: d.TestMode}}
}

func (d OneTimeVoice) selected(check *check, field string) any {
	check.phone(field, ".Phone", d.Phone)
	return oneTime[gen.OneTimeVoice]{
		gen.OneTimeVoice{Type: gen.OneTimeVoiceTypeVOICE, Phone: d.Phone, TestMode: d.TestMode},
	}
}

func (d OneTimeEmail) selected(check *check, field string) any {
	check.email(field, ".Email", d.Email)
	return oneTime[gen.OneTimeEmail]{
		gen.OneTimeEmail{Type: gen.OneTimeEmailTypeEMAIL, Email: d.Email, TestMode: d.TestMode},
	}
}

// oneTime is gen.OneTimeDevice with the branch of the union in its place.
type oneTime[Contact any] struct {
	Contact Contact `json:"oneTime"`
}

// Format writes the kind and nothing personal.
func (d OneTimeSMS) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.OneTimeSMS{}") }

// Format writes the kind and nothing personal.
func (d OneTimeVoice) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.OneTimeVoice{}") }

// Format writes the kind and nothing personal.
func (d OneTimeEmail) Format(f fmt.State, verb rune) { writeText(f, verb, "pingmfa.OneTimeEmail{}") }
