package pingmfa

import (
	"fmt"
	"net/url"
)

// Step is what comes next in an authentication: one of [EnterOTP], [SelectDevice], [ConfirmPush], [AssertFIDO2],
// [Done], [Failed] and [UnknownStep], each by value.
//
//	switch next := auth.Next().(type) {
//	case pingmfa.EnterOTP: // ask for the passcode; next.Device says where it went
//	case pingmfa.SelectDevice: // show next.Devices
//	case pingmfa.ConfirmPush: // poll next.URL
//	case pingmfa.AssertFIDO2: // pass next.Options to the browser
//	case pingmfa.Done:
//	case pingmfa.Failed: // next.Code says why
//	case pingmfa.UnknownStep: // a status that is newer than this version
//	}
//
//sumtype:decl
type Step interface{ step() }

// EnterOTP is the step after a passcode was sent. Let the user enter it, and POST it to URL with ContentType:
// {"otp": "123456"}. A passcode has 6 or 8 digits; the policy decides.
type EnterOTP struct {
	URL         string
	ContentType string
	// Device is where the passcode went.
	Device ChosenDevice
}

// SelectDevice is the step before anything is sent. Let the user select one of Devices, and POST its id to URL with
// ContentType: {"device": {"id": "..."}}. That sends the passcode or the push.
type SelectDevice struct {
	URL         string
	ContentType string
	Devices     []AuthenticationDevice
}

// ConfirmPush is the step after a push was sent to the user's phone. GET URL until the status changes; to give up and
// let the user select another device, POST {"reason": "CHANGE_DEVICE"} to URL with CancelContentType.
type ConfirmPush struct {
	URL               string
	CancelContentType string
	Device            ChosenDevice
}

// AssertFIDO2 is the step of a passkey or security key. Pass Options to the browser's navigator.credentials.get, and
// POST the result to URL with ContentType: {"origin": "...", "assertion": "..."}.
type AssertFIDO2 struct {
	URL         string
	ContentType string
	// Options is JSON: PublicKeyCredentialRequestOptions.
	Options string `json:"-"`
}

// Done is the end: the user is authenticated, or needs no second factor.
type Done struct{}

// Failed is the end without success. Start another one if the user wants to try again.
type Failed struct {
	// Code is the reason, such as NO_USABLE_DEVICES; the status when PingOne gives none.
	Code string
	// UnavailableDeviceIDs are the devices that could not be used.
	UnavailableDeviceIDs []string
}

// UnknownStep is something that PingOne wants and this version does not know. GET URL to read the authentication again;
// let people who wait know that it cannot go on here.
type UnknownStep struct {
	URL    string
	Status Status
}

func (EnterOTP) step()     {}
func (SelectDevice) step() {}
func (ConfirmPush) step()  {}
func (AssertFIDO2) step()  {}
func (Done) step()         {}
func (Failed) step()       {}
func (UnknownStep) step()  {}

// The Content-Type picks the action: all of them are POSTed to the same URL.
const (
	contentTypeOTP    = "application/vnd.pingidentity.otp.check+json"
	contentTypeSelect = "application/vnd.pingidentity.device.select+json"
	contentTypeAssert = "application/vnd.pingidentity.assertion.check+json"
	contentTypeCancel = "application/vnd.pingidentity.cancel.push.authentication+json"
)

// Next says what comes next. It is never nil: a status that this version does not know is an [UnknownStep].
//
// The URL of a step is the link that PingOne sent for it or, when there is none, the authentication's own URL. Each
// takes a bearer token, such as that of [Client.AccessToken]; check the host before you send it there, as this package
// does not follow links.
func (a *Authentication) Next() Step {
	if a == nil {
		return UnknownStep{}
	}
	switch a.Status {
	case StatusOTPRequired:
		return EnterOTP{URL: a.link("otp.check"), ContentType: contentTypeOTP, Device: a.selected()}
	case StatusDeviceSelectionRequired:
		return SelectDevice{URL: a.link("device.select"), ContentType: contentTypeSelect, Devices: a.Devices}
	case StatusPushConfirmationRequired:
		return ConfirmPush{URL: a.link("self"), CancelContentType: contentTypeCancel, Device: a.selected()}
	case StatusAssertionRequired:
		return AssertFIDO2{
			URL:         a.link("assertion.check"),
			ContentType: contentTypeAssert,
			Options:     a.PublicKeyCredentialRequestOptions,
		}
	case StatusCompleted:
		return Done{}
	case StatusFailed, StatusPushConfirmationTimedOut:
		failed := Failed{Code: string(a.Status)}
		if a.Failure != nil {
			failed.UnavailableDeviceIDs = a.Failure.UnavailableDeviceIDs
			if a.Failure.Code != "" {
				failed.Code = a.Failure.Code
			}
		}
		return failed
	}
	return UnknownStep{URL: a.link("self"), Status: a.Status}
}

// selected is the selected device, with what the list of devices says of it.
func (a *Authentication) selected() ChosenDevice {
	for _, d := range a.Devices {
		if d.ID != "" && d.ID == a.SelectedDevice.ID {
			return ChosenDevice{ID: d.ID, Type: d.Type, Phone: d.Phone, Email: d.Email}
		}
	}
	return a.SelectedDevice
}

// link is the URL for a relation. No relation is promised, but all that are known point at the authentication itself.
func (a *Authentication) link(rel string) string {
	for _, rel := range []string{rel, "self"} {
		if href := a.raw.link(rel); href != "" {
			return href
		}
	}
	return a.url + url.PathEscape(a.ID)
}

// Format writes the URL and nothing personal.
func (s EnterOTP) Format(f fmt.State, verb rune) { writeFields(f, verb, "EnterOTP", "url", s.URL) }

// Format writes the URL and nothing personal.
func (s SelectDevice) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "SelectDevice", "url", s.URL)
}

// Format writes the URL and nothing personal.
func (s ConfirmPush) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "ConfirmPush", "url", s.URL)
}

// Format writes the URL and not the options.
func (s AssertFIDO2) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "AssertFIDO2", "url", s.URL)
}
