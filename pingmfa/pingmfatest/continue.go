package pingmfatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// readAuthentication returns an authentication as it is now, also after its end.
func (f *Fake) readAuthentication(call *call) Response {
	a := f.authenticationAt(call)
	if a == nil {
		return f.notFound()
	}
	return f.authenticationResponse(call, http.StatusOK, a)
}

// continueAuthentication carries out the action that the media type selects. It refuses all actions on a finished
// authentication: third parties have seen 404 and 410, and only 404 has a documented code.
func (f *Fake) continueAuthentication(call *call) Response {
	a := f.authenticationAt(call)
	switch {
	case a == nil || a.isFinished():
		return f.notFound()
	case f.users[a.userID].disabled:
		return f.refuseUser()
	}
	switch call.action() {
	case "device.select":
		return f.selectDevice(call, a)
	case "otp.check":
		return f.checkOTP(call, a)
	case "assertion.check":
		return f.checkAssertion(call, a)
	default: // cancel.push.authentication; the contract has no other
		f.setStatus(a, "DEVICE_SELECTION_REQUIRED", nil) // selectedDevice is still there, as in the vendor's sample
		return f.authenticationResponse(call, http.StatusOK, a)
	}
}

// authenticationAt returns the authentication that a call is for, or nil if there is none.
func (f *Fake) authenticationAt(call *call) *authentication {
	path := segments(call.Path)
	if path[0] != f.options.EnvironmentID {
		return nil
	}
	return f.authentication(path[2])
}

// authentication returns the authentication with an id in its present state, or nil if there is none.
func (f *Fake) authentication(id string) *authentication {
	a := f.authentications[id]
	if a != nil && a.status == "PUSH_CONFIRMATION_REQUIRED" && !f.now().Before(a.pushDeadline) {
		a.status, a.updatedAt = "PUSH_CONFIRMATION_TIMED_OUT", a.pushDeadline
	}
	return a
}

func (a *authentication) isFinished() bool {
	return slices.Contains([]string{"COMPLETED", "FAILED", "PUSH_CONFIRMATION_TIMED_OUT"}, a.status)
}

// selectDevice sends the passcode or the push to a device. The same device may be selected again.
func (f *Fake) selectDevice(call *call, a *authentication) Response {
	id := text(call.document, "device", "id")
	candidates := f.users[a.userID].active()
	i := slices.IndexFunc(candidates, func(d *device) bool { return d.text("id") == id })
	if i < 0 {
		return f.refuseDevice("device.id")
	}
	if refusal, refused := f.checkUsable(candidates[i]); refused {
		return refusal
	}
	f.challenge(call, a, candidates[i])
	return f.authenticationResponse(call, http.StatusOK, a)
}

func (f *Fake) checkOTP(call *call, a *authentication) Response {
	if a.status != "OTP_REQUIRED" {
		return f.refuseState("status")
	}
	refusal, refused := f.checkPasscode(a.selected, a.passcode, text(call.document, "otp"))
	_, locked := f.lockedUntil(a.selected)
	switch {
	case !refused:
		f.setStatus(a, "COMPLETED", nil)
	case locked && f.options.FailAfterTries:
		f.setStatus(a, "FAILED", object{"error": object{
			"code": "QUOTA_EXCEEDED", "message": "There were too many wrong passcodes.",
		}})
	default:
		return refusal
	}
	return f.authenticationResponse(call, http.StatusOK, a)
}

// checkAssertion accepts each assertion that has the form of a credential: the fake has no public key to check the
// signature with.
func (f *Fake) checkAssertion(call *call, a *authentication) Response {
	if a.status != "ASSERTION_REQUIRED" {
		return f.refuseState("status")
	}
	if refusal, refused := f.checkUsable(a.selected); refused {
		return refusal
	}
	if !a.selected.isCredential(text(call.document, "assertion")) {
		return f.refuseCredential("assertion")
	}
	f.setStatus(a, "COMPLETED", nil)
	return f.authenticationResponse(call, http.StatusOK, a)
}

// isCredential reports whether data is a JSON object with an id or, for PingID Desktop, has the three parts of a JWT.
func (d *device) isCredential(data string) bool {
	if d.isDesktop() {
		return strings.Count(data, ".") == 2
	}
	var credential map[string]any
	err := json.Unmarshal([]byte(data), &credential)
	id, _ := credential["id"].(string)
	return err == nil && id != ""
}

// ConfirmPush confirms the push of an authentication, as a user does on their phone: the status is then COMPLETED. It
// returns an error if there is no authentication with the id, or if it does not wait for a push.
func (f *Fake) ConfirmPush(authenticationID string) error {
	return f.answerPush(authenticationID, "COMPLETED", nil)
}

// DenyPush denies the push of an authentication, as a user does on their phone: the status is then FAILED, with the
// error code PUSH_DENIED (inferred: PingOne does not document a denial). It returns the same errors as ConfirmPush.
func (f *Fake) DenyPush(authenticationID string) error {
	return f.answerPush(authenticationID, "FAILED", object{"error": object{
		"code": "PUSH_DENIED", "message": "The user denied the push.",
	}})
}

func (f *Fake) answerPush(id, status string, members object) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.authentication(id)
	switch {
	case a == nil:
		return fmt.Errorf("pingmfatest: there is no authentication with the id %s", id)
	case a.status != "PUSH_CONFIRMATION_REQUIRED":
		return fmt.Errorf("pingmfatest: the authentication %s waits for no push: its status is %s", id, a.status)
	}
	f.setStatus(a, status, members)
	return nil
}

// AuthenticationStatus returns the present status of an authentication, such as OTP_REQUIRED. It is empty if there is
// no authentication with the id.
func (f *Fake) AuthenticationStatus(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.authentication(id)
	if a == nil {
		return ""
	}
	return a.status
}
