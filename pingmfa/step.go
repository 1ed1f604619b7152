package pingmfa

import (
	"cmp"
	"net/url"
)

// Step is the next step of an authentication: one of [EnterOTP], [SelectDevice], [ConfirmPush], [AssertFIDO2], [Done],
// [Failed] and [UnknownStep], each by value.
//
//	switch step := auth.Next().(type) {
//	case pingmfa.EnterOTP: // ask for the passcode; step.Device is the device that has it
//	case pingmfa.SelectDevice: // show step.Devices
//	case pingmfa.ConfirmPush: // poll step.URL
//	case pingmfa.AssertFIDO2: // pass step.Options to the browser
//	case pingmfa.Done:
//	case pingmfa.Failed: // step.Code is the reason
//	case pingmfa.UnknownStep: // a status that is newer than this version
//	}
//
//sumtype:decl
type Step interface{ step() }

// EnterOTP is the step in which the user enters a passcode. PingOne has sent it to Device, or, for a TOTP device, sent
// nothing: the user's authenticator application shows it. POST the passcode to URL with ContentType:
// {"otp": "123456"}. It has 6 to 10 digits, 6 by default; the policy decides.
type EnterOTP struct {
	URL         string
	ContentType string
	// Device is the device or contact that has the passcode.
	Device AuthenticationDevice
}

// SelectDevice is the step in which the user selects one of Devices. Nothing is sent before. POST its id to URL with
// ContentType: {"device": {"id": "..."}}. That sends the passcode or the push.
type SelectDevice struct {
	URL         string
	ContentType string
	Devices     []AuthenticationDevice
}

// ConfirmPush is the step after a push was sent to the user's phone. GET URL until the status changes. To let the user
// select another device, POST {"reason": "CHANGE_DEVICE"} to URL with CancelContentType.
type ConfirmPush struct {
	URL               string
	CancelContentType string
	Device            AuthenticationDevice
}

// AssertFIDO2 is the step in which the user proves that they have a passkey or security key. The browser's
// navigator.credentials.get makes the assertion. POST it to URL with ContentType: {"origin": "...", "assertion":
// "..."}, where assertion is JSON as text.
type AssertFIDO2 struct {
	URL         string
	ContentType string
	// Options is JSON: PublicKeyCredentialRequestOptions. In it, byte sequences are base64url, which
	// PublicKeyCredential.parseRequestOptionsFromJSON reads, or lists of signed integers, which the page has to convert
	// to buffers. Both were seen.
	Options string
}

// Done is the end: the user is authenticated, or the policy asks for no second factor.
type Done struct{}

// Failed is the end without success. After the code NO_USABLE_DEVICES, another authentication fails, too, until the
// user has a device that can be used: let them pair one. After other codes, another authentication can succeed.
type Failed struct {
	// Code is the reason, such as NO_USABLE_DEVICES. If PingOne gives none, it is the status.
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string
	// UnavailableDeviceIDs are the devices that could not be used.
	UnavailableDeviceIDs []string
}

// UnknownStep is a status that this version does not know. Show an error: this version cannot continue the
// authentication. GET URL reads it again.
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

// The Content-Type selects the action: all of them are POSTed to the same URL.
const (
	contentTypeOTP    = "application/vnd.pingidentity.otp.check+json"
	contentTypeSelect = "application/vnd.pingidentity.device.select+json"
	contentTypeAssert = "application/vnd.pingidentity.assertion.check+json"
	contentTypeCancel = "application/vnd.pingidentity.cancel.push.authentication+json"
)

// Next returns the next step. It is never nil: for a status that this version does not know, it is an [UnknownStep].
//
// The URL of a step is the link that PingOne sent for it or, if there is none, the authentication's own URL. Each
// request needs a bearer token, such as that of [Client.AccessToken]. Check the host before you send a token there:
// this package does not follow links.
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
		failed := Failed{}
		if a.Failure != nil {
			failed = *a.Failure
		}
		failed.Code = cmp.Or(failed.Code, string(a.Status))
		return failed
	}
	return UnknownStep{URL: a.link("self"), Status: a.Status}
}

// selected returns the selected device, with the members that the list of devices has of it.
func (a *Authentication) selected() AuthenticationDevice {
	for _, d := range a.Devices {
		if d.ID != "" && d.ID == a.SelectedDevice.ID {
			return d
		}
	}
	return a.SelectedDevice
}

// link returns the URL of a relation. No relation is promised, but all known ones are the authentication's own URL.
func (a *Authentication) link(rel string) string {
	links := a.Links()
	return cmp.Or(links[rel], links["self"], a.url+url.PathEscape(a.ID))
}
