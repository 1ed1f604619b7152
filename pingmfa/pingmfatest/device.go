package pingmfatest

import (
	"encoding/binary"
	"maps"
	"net/http"
	"net/url"
)

// createDevice stores a device and returns the response of the vendor's page. A device of a worker application is
// ACTIVE unless the request has another status; a device with the status ACTIVATION_REQUIRED gets a passcode.
func (f *Fake) createDevice(call *call) Response {
	path := segments(call.Path)
	u, ok := f.users[path[3]]
	if path[1] != f.options.EnvironmentID || !ok {
		return f.notFound()
	}
	if len(u.devices) >= f.options.DeviceLimit {
		return f.requestFailed(object{
			"code": "LIMIT_EXCEEDED", "message": "There are too many devices.",
			"innerError": object{"maximumAllowed": f.options.DeviceLimit},
		})
	}
	properties := Device(maps.Clone(call.document))
	delete(properties, "policy") // not in the response of the vendor's page
	delete(properties, "notification")
	d := f.pair(u, properties)
	d.notification, _ = call.document["notification"].(object)
	if d.text("status") == "ACTIVATION_REQUIRED" {
		d.passcode = f.send(call, d, Message{UserID: path[3]}, d.notification)
	}
	document := f.deviceDocument(call, d)
	switch {
	case d.secret != nil:
		document["secret"] = encodeSecret(d.secret)
		document["keyUri"] = "otpauth://totp/PingOne:" + path[3] + "?" + url.Values{
			"secret": {encodeSecret(d.secret)}, "issuer": {"PingOne"},
		}.Encode()
	case d.isFIDO2():
		document["publicKeyCredentialCreationOptions"] = f.creationOptions(path[3], d.Device)
	}
	response := f.deviceResponse(http.StatusCreated, document)
	response.Header.Set("Location", text(document, "_links", "self", "href"))
	return response
}

// activateDevice activates a device or sends its passcode again, as the media type selects.
func (f *Fake) activateDevice(call *call) Response {
	path := segments(call.Path)
	u, ok := f.users[path[3]]
	if path[1] != f.options.EnvironmentID || !ok {
		return f.notFound()
	}
	d := u.device(path[5])
	switch {
	case d == nil:
		return f.notFound()
	case d.text("status") != "ACTIVATION_REQUIRED":
		return f.refuseState("status")
	}
	if refusal, refused := f.checkUsable(d); refused {
		return refusal
	}
	if call.action() == "device.sendactivationcode" {
		return f.sendActivationCode(call, d)
	}
	proof := "otp"
	if d.isFIDO2() || d.isDesktop() {
		proof = "attestation"
	}
	entered := text(call.document, proof)
	switch {
	case entered == "":
		return f.invalidData(object{
			"code": "REQUIRED_VALUE", "message": "The device is activated by this property.", "target": proof,
		})
	case proof == "otp":
		if refusal, refused := f.checkPasscode(d, d.passcode, entered); refused {
			return refusal
		}
	case !d.isCredential(entered): // the fake cannot check more, as in an assertion
		return f.refuseCredential(proof)
	}
	d.Device["status"], d.updatedAt = "ACTIVE", f.now()
	return f.deviceResponse(http.StatusOK, f.deviceDocument(call, d))
}

// sendActivationCode sends another passcode. PingOne's response is not public: it is a 204, except in test mode, where
// the passcode must be in the response.
func (f *Fake) sendActivationCode(call *call, d *device) Response {
	if !d.receivesPasscodes() {
		return f.refuseState("type")
	}
	d.passcode = f.send(call, d, Message{UserID: segments(call.Path)[3]}, d.notification)
	if d.inTestMode() {
		return f.deviceResponse(http.StatusOK, f.deviceDocument(call, d))
	}
	return Response{Status: http.StatusNoContent, Header: http.Header{}}
}

// deviceDocument returns a device in the form of the vendor's page, without the members that only the response of
// createDevice has.
func (f *Fake) deviceDocument(call *call, d *device) object {
	environment := call.base + "/environments/" + f.options.EnvironmentID
	userID := segments(call.Path)[3]
	self := environment + "/users/" + userID + "/devices/" + d.text("id")
	links := object{
		"self":        object{"href": self},
		"environment": object{"href": environment},
		"user":        object{"href": environment + "/users/" + userID},
	}
	document := object(f.copyOf(d))
	maps.Copy(document, object{
		"_links":      links,
		"environment": object{"id": f.options.EnvironmentID},
		"user":        object{"id": userID},
		"createdAt":   timestamp(d.createdAt),
		"updatedAt":   timestamp(d.updatedAt),
	})
	if d.text("status") == "ACTIVATION_REQUIRED" {
		links["device.activate"] = object{"href": self}
		if d.inTestMode() && d.passcode.code != "" {
			document["test"] = object{"otp": d.passcode.code}
		}
	}
	return document
}

// deviceResponse returns a success with one of the media types that PingOne uses for devices.
func (f *Fake) deviceResponse(status int, document object) Response {
	response := f.success(status, document)
	if !f.options.Plain && f.random.IntN(2) == 0 {
		response.Header.Set("Content-Type", "application/hal+json;charset=UTF-8")
	}
	return response
}

func (f *Fake) newBytes(length int) []byte {
	var random []byte
	for len(random) < length {
		random = binary.BigEndian.AppendUint64(random, f.random.Uint64())
	}
	return random[:length]
}

// creationOptions returns WebAuthn options as a string of JSON, in which bytes are lists of numbers.
func (f *Fake) creationOptions(userID string, device Device) string {
	id, name := relyingParty(device)
	return string(marshal(object{
		"rp":        object{"id": id, "name": name},
		"user":      object{"id": f.newNumbers(16), "name": userID, "displayName": userID},
		"challenge": f.newNumbers(32),
		"timeout":   120000,
		"pubKeyCredParams": []object{
			{"type": "public-key", "alg": "-7"}, {"type": "public-key", "alg": "-257"},
		},
		"attestation": "none",
	}))
}

// requestOptions returns WebAuthn options in the same form as creationOptions.
func (f *Fake) requestOptions(device Device) string {
	id, _ := relyingParty(device)
	return string(marshal(object{
		"rpId":             id,
		"challenge":        f.newNumbers(32),
		"timeout":          120000,
		"allowCredentials": []object{{"type": "public-key", "id": f.newNumbers(16)}},
		"userVerification": "preferred",
	}))
}

func (f *Fake) newNumbers(length int) []int {
	numbers := make([]int, length)
	for i, b := range f.newBytes(length) {
		numbers[i] = int(b)
	}
	return numbers
}

func relyingParty(device Device) (id, name string) {
	id, name = text(object(device), "rp", "id"), text(object(device), "rp", "name")
	setDefault(&id, "example.com")
	setDefault(&name, id)
	return id, name
}
