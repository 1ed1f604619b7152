package pingmfatest

import (
	"encoding/base32"
	"encoding/binary"
	"maps"
	"net/http"
	"net/url"
)

// createDevice stores a device and returns the response of the vendor's page. A device of a worker application is
// ACTIVE unless the request has another status; a device with the status ACTIVATION_REQUIRED gets a passcode.
func (f *Fake) createDevice(call *call) Response {
	path := segments(call.Path)
	userID := path[3]
	u, ok := f.users[userID]
	if path[1] != f.options.EnvironmentID || !ok {
		return f.notFound()
	}
	if len(u.devices) >= f.options.DeviceLimit {
		return f.refusal(http.StatusBadRequest, "REQUEST_FAILED", "The request could not be completed.", object{
			"code": "LIMIT_EXCEEDED", "message": "There are too many devices.",
			"innerError": object{"maximumAllowed": f.options.DeviceLimit},
		})
	}
	properties := Device(maps.Clone(call.document))
	delete(properties, "policy") // not in the response of the vendor's page
	delete(properties, "notification")
	id := f.pair(u, properties)
	device := u.devices[len(u.devices)-1]

	environment := call.base + "/environments/" + f.options.EnvironmentID
	self := environment + "/users/" + userID + "/devices/" + id
	links := object{
		"self":        object{"href": self},
		"environment": object{"href": environment},
		"user":        object{"href": environment + "/users/" + userID},
	}
	document := clone(object(device))
	maps.Copy(document, object{
		"_links":      links,
		"environment": object{"id": f.options.EnvironmentID},
		"user":        object{"id": userID},
		"createdAt":   f.timestamp(),
		"updatedAt":   f.timestamp(),
	})
	if device.text("status") == "ACTIVATION_REQUIRED" {
		links["device.activate"] = object{"href": self}
		if test := f.send(call, userID, device); test != nil {
			document["test"] = test
		}
	}
	switch device.text("type") {
	case "TOTP":
		document["secret"] = f.newSecret()
		document["keyUri"] = "otpauth://totp/PingOne:" + userID + "?" + url.Values{
			"secret": {text(document, "secret")}, "issuer": {"PingOne"},
		}.Encode()
	case "FIDO2":
		document["publicKeyCredentialCreationOptions"] = f.creationOptions(userID, device)
	}
	response := f.success(http.StatusCreated, document)
	response.Header.Set("Location", self)
	return response
}

func (f *Fake) notFound() Response {
	return f.refusal(http.StatusNotFound, "NOT_FOUND", "There is no such resource.")
}

// newSecret returns a TOTP secret: 20 bytes in base32.
func (f *Fake) newSecret() string {
	return base32.StdEncoding.EncodeToString(f.newBytes(20))
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
