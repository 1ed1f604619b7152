package pingmfatest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// authentication is the content of a createDeviceAuthentication response.
type authentication struct {
	status   string
	links    []string // relations other than self
	devices  []Device
	selected object
	members  object // that only some responses have
}

// startAuthentication challenges the user through selectedDevice or through their only usable device. If there are
// several usable devices, the response asks for a selection.
func (f *Fake) startAuthentication(call *call) Response {
	userID := text(call.document, "user", "id")
	u, ok := f.users[userID]
	if segments(call.Path)[0] != f.options.EnvironmentID || !ok {
		return f.notFound()
	}
	paired := slices.DeleteFunc(slices.Clone(u.devices), func(d Device) bool { return d.text("status") != "ACTIVE" })
	if contact, ok := at(call.document, "selectedDevice", "oneTime").(object); ok {
		shown := Device{"type": contact["type"]}
		for _, name := range []string{"phone", "email"} {
			if value, ok := contact[name]; ok {
				shown[name] = value
			}
		}
		next := f.challenge(call, userID, contact)
		next.devices, next.selected = []Device{shown}, object{"oneTime": masked(shown)}
		return f.authenticationResponse(call, userID, u, next)
	}
	candidates := paired
	if id := text(call.document, "selectedDevice", "id"); id != "" {
		candidates = slices.DeleteFunc(slices.Clone(paired), func(d Device) bool { return d.text("id") != id })
		if len(candidates) == 0 { // inferred
			return f.refusal(http.StatusBadRequest, "INVALID_DATA", "A value was refused.", object{
				"code": "INVALID_VALUE", "message": "The user has no such device.", "target": "selectedDevice.id",
			})
		}
	}
	usable := slices.DeleteFunc(slices.Clone(candidates), func(d Device) bool { return !d.usable() })
	switch {
	case len(usable) == 0:
		return f.withoutDevices(call, userID, u, candidates)
	case len(usable) == 1:
		next := f.challenge(call, userID, usable[0])
		next.devices, next.selected = paired, object{"id": usable[0]["id"]}
		return f.authenticationResponse(call, userID, u, next)
	default:
		return f.authenticationResponse(call, userID, u, authentication{
			status: "DEVICE_SELECTION_REQUIRED", links: []string{"device.select"}, devices: paired,
		})
	}
}

// challenge sends what the device requires. Links other than self are documented only for passcodes.
func (f *Fake) challenge(call *call, userID string, device Device) authentication {
	switch device.text("type") {
	case "MOBILE":
		f.send(call, userID, device)
		return authentication{status: "PUSH_CONFIRMATION_REQUIRED"}
	case "FIDO2", "PLATFORM", "SECURITY_KEY":
		return authentication{status: "ASSERTION_REQUIRED", members: object{
			"publicKeyCredentialRequestOptions": f.requestOptions(device),
		}}
	}
	next := authentication{status: "OTP_REQUIRED", links: []string{"device.select", "otp.check"}, members: object{}}
	if test := f.send(call, userID, device); test != nil {
		next.members["test"] = test
	}
	return next
}

// withoutDevices returns the response to an authentication without a usable device.
func (f *Fake) withoutDevices(call *call, userID string, u *user, unavailable []Device) Response {
	const code, message = "NO_USABLE_DEVICES", "There is no usable device."
	if f.options.RefuseWithoutDevices {
		return f.refusal(http.StatusBadRequest, "REQUEST_FAILED", "The request could not be completed.",
			object{"code": code, "message": message})
	}
	ids := []object{}
	for _, device := range unavailable {
		ids = append(ids, object{"id": device["id"]})
	}
	return f.authenticationResponse(call, userID, u, authentication{status: "FAILED", members: object{
		"error": object{"code": code, "message": message, "unavailableDevices": ids},
	}})
}

// authenticationResponse returns the response of the vendor's pages.
func (f *Fake) authenticationResponse(call *call, userID string, u *user, next authentication) Response {
	id := f.newID()
	href := call.base + "/" + f.options.EnvironmentID + "/deviceAuthentications/" + id
	links := object{"self": object{"href": href}}
	for _, relation := range next.links { // the URL is the same: the Content-Type of the next request selects the action
		links[relation] = object{"href": href}
	}
	embedded := object{"devices": maskedAll(next.devices)}
	if next.status == "DEVICE_SELECTION_REQUIRED" { // only on this one of the vendor's pages
		embedded["blockedDevices"] = []object{}
	}
	policyID := text(call.document, "policy", "id")
	if policyID == "" {
		policyID = u.policyID
	}
	document := object{
		"_links":      links,
		"_embedded":   embedded,
		"id":          id,
		"environment": object{"id": f.options.EnvironmentID},
		"status":      next.status,
		"policy":      object{"id": policyID},
		"user":        object{"id": userID},
		"createdAt":   f.timestamp(),
		"updatedAt":   f.timestamp(),
	}
	if next.selected != nil {
		document["selectedDevice"] = next.selected
	}
	maps.Copy(document, next.members)
	return f.success(http.StatusCreated, document)
}

// maskedAll returns an empty list, not nil, for no devices.
func maskedAll(devices []Device) []object {
	list := []object{}
	for _, device := range devices {
		list = append(list, masked(device))
	}
	return list
}

// masked returns a device with the phone number and the email address masked, as in authentications.
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
