package pingmfa

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// Step is the next step of an authentication: one of [EnterOTP], [SelectDevice], [ConfirmPush], [AssertFIDO2], [Done],
// [Failed] and [UnknownStep], each by value.
//
//	switch step := auth.Next().(type) {
//	case pingmfa.SelectDevice: // show step.Devices, then
//		auth, err = client.SelectDevice(ctx, auth.ID, deviceID)
//	case pingmfa.EnterOTP: // ask for the passcode, then
//		auth, err = client.CheckOTP(ctx, auth.ID, otp)
//	case pingmfa.ConfirmPush:
//		auth, err = client.WaitForPush(ctx, auth.ID)
//	case pingmfa.AssertFIDO2: // pass step.Options to the browser, then
//		auth, err = client.CheckAssertion(ctx, auth.ID, pingmfa.Assertion{Origin: origin, Credential: credential})
//	case pingmfa.Done:
//	case pingmfa.Failed: // step.Code is the reason
//	case pingmfa.UnknownStep: // a status that is newer than this version
//	}
//
//sumtype:decl
type Step interface{ step() }

// EnterOTP is the step in which the user enters a passcode, for [Client.CheckOTP]. PingOne has sent it to Device, or,
// for a TOTP device, sent nothing: the user's authenticator application shows it. It has 6 to 10 digits, 6 by default;
// the policy decides. [Client.SelectDevice] with the same device sends another one; for a one-time contact, which has
// no id, start another authentication.
type EnterOTP struct {
	// Device is the device or contact that has the passcode.
	Device AuthenticationDevice
}

// SelectDevice is the step in which the user selects one of Devices, for [Client.SelectDevice]. Nothing is sent before.
// To show them, copy their members to a type of your own: encoding/json writes neither names nor numbers of them.
type SelectDevice struct {
	Devices []AuthenticationDevice
}

// ConfirmPush is the step after a push was sent to the user's phone. [Client.WaitForPush] waits for the user.
// [Client.ChangeDevice] lets them select another device.
type ConfirmPush struct {
	Device AuthenticationDevice
}

// AssertFIDO2 is the step in which the user proves that they have a passkey or security key. The browser's
// navigator.credentials.get makes the credential for [Client.CheckAssertion].
type AssertFIDO2 struct {
	// Options is JSON: PublicKeyCredentialRequestOptions. In it, byte sequences are base64url, which
	// PublicKeyCredential.parseRequestOptionsFromJSON reads, or lists of signed integers, which the page has to convert
	// to buffers. Both were seen. It is empty for a PingID Desktop device, which this package does not support.
	Options string
}

// Done means that the user is authenticated, or that the policy asks for no second factor. Check that the UserID of the
// [Authentication] is that of the session before you log the user in.
type Done struct{}

// Failed means that the authentication failed. After [CodeNoUsableDevices], another authentication fails, too, until
// the user has a device that can be used: a locked one can be used again after a while (the UsableReason of the devices
// of the [Authentication] says whether there is one); otherwise, let the user pair one. After other codes, another
// authentication can succeed.
type Failed struct {
	// Code is the reason, such as NO_USABLE_DEVICES. If PingOne gives none, it is the status: PUSH_CONFIRMATION_TIMED_OUT
	// or FAILED. What PingOne says of a denied push or of too many wrong passcodes is not documented.
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string
	// UnavailableDeviceIDs are the devices that could not be used.
	UnavailableDeviceIDs []string
}

// UnknownStep is a status that this version does not know. Show an error: this version cannot continue the
// authentication. [Client.Authentication] reads it again.
type UnknownStep struct {
	Status Status
}

func (EnterOTP) step()     {}
func (SelectDevice) step() {}
func (ConfirmPush) step()  {}
func (AssertFIDO2) step()  {}
func (Done) step()         {}
func (Failed) step()       {}
func (UnknownStep) step()  {}

// Next returns the next step. It is never nil: for a status that this version does not know, it is an [UnknownStep].
func (a *Authentication) Next() Step {
	if a == nil {
		return UnknownStep{}
	}
	switch a.Status {
	case StatusOTPRequired:
		return EnterOTP{Device: a.selected()}
	case StatusDeviceSelectionRequired:
		return SelectDevice{Devices: a.Devices}
	case StatusPushConfirmationRequired:
		return ConfirmPush{Device: a.selected()}
	case StatusAssertionRequired:
		return AssertFIDO2{Options: a.PublicKeyCredentialRequestOptions}
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
	return UnknownStep{Status: a.Status}
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

// The Content-Type selects the action: all of them are POSTed to the same URL.
const (
	contentTypeSelect = "application/vnd.pingidentity.device.select+json"
	contentTypeOTP    = "application/vnd.pingidentity.otp.check+json"
	contentTypeAssert = "application/vnd.pingidentity.assertion.check+json"
	contentTypeCancel = "application/vnd.pingidentity.cancel.push.authentication+json"
)

// The calls that take [WithCompatibility].
const (
	selectDevice   = "SelectDevice"
	checkAssertion = "CheckAssertion"
)

// SelectDevice selects one of the user's devices: POST
// {authPath}/{environmentID}/deviceAuthentications/{authenticationID}. PingOne sends the passcode or the push to it. To
// send a passcode again, select the same device again.
//
// Errors are those of [Client.StartAuthentication]. After [OutcomeUnknown], a message may have been sent:
// [Client.Authentication] returns the state that the authentication has now.
func (c *Client) SelectDevice(
	ctx context.Context, authenticationID, deviceID string, opts ...CallOption,
) (*Authentication, error) {
	call, v := newAuthenticationCall(selectDevice, authenticationID, contentTypeSelect, opts)
	v.check("deviceID", requiredIDRule(deviceID))
	body := gen.SelectDeviceRequest{Device: gen.DeviceReference{ID: deviceID}}
	if o := call.options.compatibility; o != nil {
		body.Compatibility = *o
	}
	return c.continueAuthentication(ctx, call, v, body)
}

// CheckOTP checks the passcode that the user entered. It must consist of digits, so remove spaces first; their number
// is not checked, because the policy decides. The correct passcode ends the authentication with [StatusCompleted].
//
// A wrong passcode is an [*Error] with [CodeInvalidOTP]. It uses up a try: see [Error.AttemptsRemaining] and
// [Error.LockedUntil]. After the last try, PingOne may also return an authentication with [StatusFailed]. Otherwise,
// errors are those of [Client.SelectDevice]; after [OutcomeUnknown], a try may have been used up.
func (c *Client) CheckOTP(
	ctx context.Context, authenticationID, otp string, opts ...CallOption,
) (*Authentication, error) {
	call, v := newAuthenticationCall("CheckOTP", authenticationID, contentTypeOTP, opts)
	v.check("otp", otpRule(otp))
	return c.continueAuthentication(ctx, call, v, gen.CheckOTPRequest{OTP: otp})
}

// Assertion is the proof that the user has a passkey or security key.
type Assertion struct {
	// Origin is the origin of the page in which the browser made the credential, such as "https://login.example.com".
	Origin string
	// Credential is the credential that the browser's navigator.credentials.get made from [AssertFIDO2].Options: a JSON
	// object.
	Credential json.RawMessage
}

// CheckAssertion checks the credential that the browser made. A valid one ends the authentication with
// [StatusCompleted]. Errors are those of [Client.SelectDevice].
func (c *Client) CheckAssertion(
	ctx context.Context, authenticationID string, assertion Assertion, opts ...CallOption,
) (*Authentication, error) {
	call, v := newAuthenticationCall(checkAssertion, authenticationID, contentTypeAssert, opts)
	v.check("assertion.Origin", requiredTextRule(assertion.Origin))
	v.check("assertion.Credential", credentialRule(assertion.Credential))
	body := gen.CheckAssertionRequest{Origin: assertion.Origin, Assertion: string(assertion.Credential)}
	if o := call.options.compatibility; o != nil {
		body.Compatibility = *o
	}
	return c.continueAuthentication(ctx, call, v, body)
}

// ChangeDevice lets the user select another device: the vendor's cancel of a push, with the reason CHANGE_DEVICE. The
// result has [StatusDeviceSelectionRequired]; its SelectedDevice is still the earlier one. Errors are those of
// [Client.SelectDevice].
func (c *Client) ChangeDevice(
	ctx context.Context, authenticationID string, opts ...CallOption,
) (*Authentication, error) {
	call, v := newAuthenticationCall("ChangeDevice", authenticationID, contentTypeCancel, opts)
	body := gen.ChangeDeviceRequest{Reason: gen.ChangeDeviceRequestReasonCHANGEDEVICE}
	return c.continueAuthentication(ctx, call, v, body)
}

// newAuthenticationCall returns a call for one authentication. Its Content-Type selects the action.
func newAuthenticationCall(operation, authenticationID, contentType string, opts []CallOption) (*call, *validator) {
	call, v := newCall(operation, opts)
	call.id, call.contentType, call.send = authenticationID, contentType, (*Client).postToAuthentication
	v.check("authenticationID", requiredIDRule(authenticationID))
	return call, v
}

func (c *Client) continueAuthentication(
	ctx context.Context, call *call, v *validator, body any,
) (result *Authentication, err error) {
	if call.payload, err = v.encode(body, "", nil); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, decodeAuthentication)
}

func (c *Client) postToAuthentication(ctx context.Context, call *call, body io.Reader) (*http.Response, error) {
	params := gen.ContinueDeviceAuthenticationParams(call.options.headers)
	return c.auth.ContinueDeviceAuthenticationWithBody(ctx, c.environmentID, call.id, &params, call.contentType, body)
}

// Authentication reads an authentication as it is now: GET
// {authPath}/{environmentID}/deviceAuthentications/{authenticationID}. It changes nothing, so it is repeated within
// [Retry] after any failure that can pass. Errors are those of [Client.StartAuthentication].
func (c *Client) Authentication(
	ctx context.Context, authenticationID string, opts ...CallOption,
) (*Authentication, error) {
	return c.readAuthentication(ctx, "Authentication", authenticationID, opts)
}

func (c *Client) readAuthentication(
	ctx context.Context, operation, authenticationID string, opts []CallOption,
) (*Authentication, error) {
	call, v := newAuthenticationCall(operation, authenticationID, "", opts)
	call.reads, call.send = true, (*Client).getAuthentication
	if err := v.err(); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, decodeAuthentication)
}

func (c *Client) getAuthentication(ctx context.Context, call *call, _ io.Reader) (*http.Response, error) {
	params := gen.ReadDeviceAuthenticationParams(call.options.headers)
	return c.auth.ReadDeviceAuthentication(ctx, c.environmentID, call.id, &params)
}

const (
	// pushInterval is the mean time between two reads of WaitForPush, and pushJitter the width of its variation.
	pushInterval = 2 * time.Second
	pushJitter   = 400 * time.Millisecond
	// maxPushWait is longer than PingOne's longest push time-out, 150 seconds.
	maxPushWait = 3 * time.Minute
)

// WaitForPush reads an authentication every 2 seconds until its status is no longer [StatusPushConfirmationRequired]:
// the user confirmed the push, or PingOne's push time-out (40 to 150 seconds) is over. A read that fails for a reason
// that can pass does not end the wait: no connection, a 5xx, 408 or 429, a response that ends early. Each read is
// logged as a call.
//
// It ends with its context, or after 3 minutes if that has no deadline. The error is a [*CallError] with
// [OutcomeUnknown] and without Attempts then: the user may still confirm the push. Other errors are those of
// [Client.Authentication].
func (c *Client) WaitForPush(
	ctx context.Context, authenticationID string, opts ...CallOption,
) (*Authentication, error) {
	const operation = "WaitForPush"
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, maxPushWait)
		defer cancel()
	}
	for {
		auth, err := c.readOnce(ctx, operation, authenticationID, opts)
		if err == nil && auth.Status != StatusPushConfirmationRequired || err != nil && !canPass(ctx, err) {
			return auth, err
		}
		pause := pushInterval - pushJitter/2 + rand.N(pushJitter) //nolint:gosec // it protects nothing
		if end := sleep(ctx, pause); end != nil {
			return nil, &CallError{Outcome: OutcomeUnknown, Err: errors.Join(end, err), operation: operation}
		}
	}
}

// readOnce bounds one read of a wait, so that a server that does not respond does not take all of its time.
func (c *Client) readOnce(
	ctx context.Context, operation, authenticationID string, opts []CallOption,
) (*Authentication, error) {
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	return c.readAuthentication(ctx, operation, authenticationID, opts)
}

// canPass reports whether the reason of a failed read can pass. Wrong arguments, credentials and certificates do not.
// After the end of ctx, whose cause can be any error, a read without a response says nothing of it.
func canPass(ctx context.Context, err error) bool {
	var (
		response *Error
		token    *TokenError
	)
	_, noResponse := err.(*CallError) //nolint:errorlint // the error of the read itself
	switch {
	case noResponse && ctx.Err() != nil:
		return true
	case isRefusedCertificate(err):
		return false
	case errors.As(err, &response):
		return isTemporaryStatus(response.StatusCode) || endedEarly(response.Err)
	case errors.As(err, &token):
		return isTemporaryStatus(token.StatusCode) || endedEarly(token.Err)
	}
	return errors.As(err, new(*CallError))
}
