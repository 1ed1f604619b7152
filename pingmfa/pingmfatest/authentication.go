package pingmfatest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// authentication is a device authentication.
type authentication struct {
	id           string
	userID       string
	policyID     string
	notification object // of the request that started it
	status       string
	selected     *device   // paired, or a one-time contact; nil before a selection
	passcode     passcode  // that was sent to it
	pushDeadline time.Time // for PUSH_CONFIRMATION_REQUIRED
	members      object    // that only some responses have
	createdAt    time.Time
	updatedAt    time.Time
}

// linksByStatus has the links other than self. They are documented only for these statuses.
var linksByStatus = map[string][]string{
	"OTP_REQUIRED":              {"device.select", "otp.check"},
	"DEVICE_SELECTION_REQUIRED": {"device.select"},
}

// startAuthentication challenges the user through selectedDevice or through their only usable device. If there are
// several usable devices, the response asks for a selection.
func (f *Fake) startAuthentication(call *call) Response {
	userID := text(call.document, "user", "id")
	u, ok := f.users[userID]
	switch {
	case segments(call.Path)[0] != f.options.EnvironmentID || !ok:
		return f.notFound()
	case u.disabled:
		return f.refuseUser()
	}
	a := &authentication{
		id: f.newID(), userID: userID, policyID: text(call.document, "policy", "id"), createdAt: f.now(),
	}
	setDefault(&a.policyID, u.policyID)
	a.notification, _ = call.document["notification"].(object)
	if contact, ok := at(call.document, "selectedDevice", "oneTime").(object); ok {
		f.challenge(call, a, &device{Device: contact})
	} else if refusal, refused := f.choose(call, a, u); refused {
		return refusal
	}
	f.authentications[a.id] = a
	return f.authenticationResponse(call, http.StatusCreated, a)
}

// choose continues an authentication that was started without a one-time contact.
func (f *Fake) choose(call *call, a *authentication, u *user) (refusal Response, refused bool) {
	candidates := u.active()
	if id := text(call.document, "selectedDevice", "id"); id != "" {
		candidates = slices.DeleteFunc(candidates, func(d *device) bool { return d.text("id") != id })
		if len(candidates) == 0 {
			return f.refuseDevice("selectedDevice.id"), true
		}
	}
	usable := slices.DeleteFunc(slices.Clone(candidates), func(d *device) bool { return !f.usable(d) })
	switch {
	case len(usable) == 0 && f.options.RefuseWithoutDevices:
		return f.refuseUnusable(), true
	case len(usable) == 0:
		unavailable := []object{}
		for _, device := range candidates {
			unavailable = append(unavailable, object{"id": device.text("id")})
		}
		f.setStatus(a, "FAILED", object{"error": object{
			"code": "NO_USABLE_DEVICES", "message": "There is no usable device.", "unavailableDevices": unavailable,
		}})
	case len(usable) == 1:
		f.challenge(call, a, usable[0])
	default:
		f.setStatus(a, "DEVICE_SELECTION_REQUIRED", nil)
	}
	return Response{}, false
}

// challenge selects a device and sends what it requires.
func (f *Fake) challenge(call *call, a *authentication, d *device) {
	a.selected = d
	a.passcode = f.send(call, d, Message{UserID: a.userID, AuthenticationID: a.id}, a.notification)
	switch {
	case d.text("type") == "MOBILE":
		a.pushDeadline = f.now().Add(f.options.PushTimeout)
		f.setStatus(a, "PUSH_CONFIRMATION_REQUIRED", nil)
	case d.isFIDO2():
		f.setStatus(a, "ASSERTION_REQUIRED", object{"publicKeyCredentialRequestOptions": f.requestOptions(d.Device)})
	case d.isDesktop():
		f.setStatus(a, "ASSERTION_REQUIRED", object{"pingIdDesktopCredentialRequestOptions": "{}"})
	case d.inTestMode() && a.passcode.code != "":
		f.setStatus(a, "OTP_REQUIRED", object{"test": object{"otp": a.passcode.code}})
	case d.receivesPasscodes() || d.secret != nil:
		f.setStatus(a, "OTP_REQUIRED", nil)
	default: // the type is not in the contract
		f.setStatus(a, d.text("type")+"_REQUIRED", nil)
	}
}

func (f *Fake) setStatus(a *authentication, status string, members object) {
	a.status, a.members, a.updatedAt = status, members, f.now()
}

// authenticationResponse returns the response of the vendor's pages.
func (f *Fake) authenticationResponse(call *call, status int, a *authentication) Response {
	href := call.base + "/" + f.options.EnvironmentID + "/deviceAuthentications/" + a.id
	links := object{"self": object{"href": href}}
	for _, relation := range linksByStatus[a.status] { // the URL is the same: the Content-Type selects the action
		links[relation] = object{"href": href}
	}
	document := object{
		"_links":      links,
		"_embedded":   f.embedded(a),
		"id":          a.id,
		"environment": object{"id": f.options.EnvironmentID},
		"status":      a.status,
		"policy":      object{"id": a.policyID},
		"user":        object{"id": a.userID},
		"createdAt":   timestamp(a.createdAt),
		"updatedAt":   timestamp(a.updatedAt),
	}
	switch {
	case a.selected == nil:
	case a.selected.isOneTime():
		document["selectedDevice"] = object{"oneTime": masked(a.selected.contact())}
	default:
		document["selectedDevice"] = object{"id": a.selected.text("id")}
	}
	maps.Copy(document, clone(a.members)) // success modifies the document
	return f.success(status, document)
}

// embedded returns the devices of an authentication. PingOne's blockedDevices were only seen empty, and with one
// status: that a blocked device is there and not in devices is inferred.
func (f *Fake) embedded(a *authentication) object {
	if a.selected != nil && a.selected.isOneTime() && a.status != "DEVICE_SELECTION_REQUIRED" {
		return object{"devices": []object{masked(a.selected.contact())}}
	}
	devices, blocked := []object{}, []object{}
	for _, device := range f.users[a.userID].active() {
		if shown := f.inAuthentication(device); device.isBlocked() {
			blocked = append(blocked, shown)
		} else {
			devices = append(devices, shown)
		}
	}
	embedded := object{"devices": devices}
	if len(blocked) > 0 || a.status == "DEVICE_SELECTION_REQUIRED" {
		embedded["blockedDevices"] = blocked
	}
	return embedded
}

// inAuthentication returns a device in the form that it has in authentications. The usableStatus of a locked device is
// inferred.
func (f *Fake) inAuthentication(d *device) object {
	shown := masked(d.Device)
	delete(shown, "lock")
	delete(shown, "block")
	if _, locked := f.lockedUntil(d); locked {
		shown["usableStatus"] = object{"status": "DISABLED", "reason": "LOCKED"}
	}
	return shown
}

// masked returns a copy of a device with the phone number and the email address masked.
func masked(device Device) object {
	shown := clone(object(device))
	if phone := device.text("phone"); phone != "" {
		shown["phone"] = "*******" + phone[max(0, len(phone)-2):]
	}
	if mailbox, domain, ok := strings.Cut(device.text("email"), "@"); ok {
		_, first := utf8.DecodeRuneInString(mailbox)
		shown["email"] = mailbox[:first] + "****@" + domain
	}
	return shown
}
