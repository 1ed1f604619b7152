package main

import (
	stdjson "encoding/json"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// object is a JSON object. Its methods remove the members that they return, so that only unknown members are left.
type object struct {
	members map[string]any
	invalid bool // a member has a type or value that pingmfa cannot represent
}

// exactNumbers decodes numbers as json.Number, so that the client context keeps every digit.
var exactNumbers = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, value *any) error {
	if d.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	digits, err := d.ReadValue()
	*value = stdjson.Number(digits)
	return err
}))

func parse(body []byte) *object {
	var members map[string]any
	if err := json.Unmarshal(body, &members, exactNumbers); err != nil || members == nil {
		return &object{invalid: true}
	}
	return &object{members: members}
}

// done reports whether every member was removed and is valid.
func (o *object) done() bool { return !o.invalid && len(o.members) == 0 }

// take removes a member. The object is invalid if the member has another type.
func take[T any](o *object, name string) (value T, present bool) {
	member, present := o.members[name]
	delete(o.members, name)
	value, ok := member.(T)
	o.invalid = o.invalid || present && !ok
	return value, present
}

// text removes a string that may be empty. pingmfa rejects it if it must not be.
func (o *object) text(name string) string {
	value, _ := take[string](o, name)
	return value
}

// optional removes a string that pingmfa leaves out if it is empty. An empty string in the request is not expressible.
func (o *object) optional(name string) string {
	value, present := take[string](o, name)
	o.invalid = o.invalid || present && value == ""
	return value
}

// testMode removes a boolean. Its absence means false.
func (o *object) testMode() bool {
	value, _ := take[bool](o, "testMode")
	return value
}

// object removes an object. Its absence means an empty object.
func (o *object) object(name string) *object {
	members, _ := take[map[string]any](o, name)
	return &object{members: members}
}

// reference removes an object {"id": …} and returns the id.
func (o *object) reference(name string) string {
	inner := o.object(name)
	if inner.members == nil {
		return ""
	}
	id, present := take[string](inner, "id")
	o.close(inner)
	o.invalid = o.invalid || !present || id == ""
	return id
}

// close makes o invalid if inner is invalid or has unknown members.
func (o *object) close(inner *object) { o.invalid = o.invalid || !inner.done() }

// texts removes an object of strings.
func (o *object) texts(name string) map[string]string {
	members, present := take[map[string]any](o, name)
	if !present {
		return nil
	}
	out := make(map[string]string, len(members))
	for key, member := range members {
		value, ok := member.(string)
		o.invalid = o.invalid || !ok
		out[key] = value
	}
	return out
}

func authenticationRequest(o *object) (out pingmfa.AuthenticationRequest) {
	if _, present := o.members["user"]; !present {
		o.invalid = true // pingmfa always sends a user.
	}
	user := o.object("user")
	out.UserID = user.text("id")
	o.close(user)
	out.PolicyID = o.reference("policy")
	if _, present := o.members["selectedDevice"]; present {
		out.Device = selectedDevice(o)
	}
	if _, present := o.members["notification"]; present {
		out.Notification = notification(o)
	}
	out.ApplicationID, out.MobilePayload = o.reference("application"), o.optional("mobilePayload")
	return out
}

func selectedDevice(o *object) (out pingmfa.SelectedDevice) {
	selected := o.object("selectedDevice")
	if id, paired := take[string](selected, "id"); paired {
		o.close(selected)
		return pingmfa.PairedDevice(id)
	}
	contact := selected.object("oneTime")
	switch contact.text("type") {
	case "SMS":
		out = pingmfa.OneTimeSMS{Phone: contact.text("phone"), TestMode: contact.testMode()}
	case "VOICE":
		out = pingmfa.OneTimeVoice{Phone: contact.text("phone"), TestMode: contact.testMode()}
	case "EMAIL":
		out = pingmfa.OneTimeEmail{Email: contact.text("email"), TestMode: contact.testMode()}
	default:
		o.invalid = true
	}
	selected.close(contact)
	o.close(selected)
	return out
}

func notification(o *object) *pingmfa.Notification {
	inner := o.object("notification")
	template := inner.object("template")
	out := &pingmfa.Notification{
		Template:  template.optional("name"),
		Locale:    template.optional("locale"),
		Variant:   template.optional("variant"),
		Variables: template.texts("variables"),
	}
	inner.close(template)
	out.ClientContext, _ = take[map[string]any](inner, "clientContext")
	out.PolicyID = inner.reference("policy")
	o.close(inner)
	return out
}

func pairingNotification(o *object) *pingmfa.PairingNotification {
	if _, present := o.members["notification"]; !present {
		return nil
	}
	inner := o.object("notification")
	template := inner.object("template")
	out := &pingmfa.PairingNotification{
		Locale:    template.optional("locale"),
		Variant:   template.optional("variant"),
		Variables: template.texts("variables"),
	}
	inner.close(template)
	out.PolicyID = inner.reference("policy")
	o.close(inner)
	return out
}

func newDevice(o *object) (out pingmfa.NewDevice) {
	kind := o.text("type")
	policy := o.object("policy")
	policyID := policy.optional("id")
	o.close(policy)
	status, nickname := pingmfa.DeviceStatus(o.optional("status")), o.optional("nickname")
	switch kind {
	case "SMS":
		out = pingmfa.SMS{
			Phone: o.text("phone"), PolicyID: policyID, Status: status, Nickname: nickname,
			TestMode: o.testMode(), Notification: pairingNotification(o),
		}
	case "VOICE":
		out = pingmfa.Voice{
			Phone: o.text("phone"), Extension: o.optional("extension"), PolicyID: policyID,
			Status: status, Nickname: nickname, TestMode: o.testMode(), Notification: pairingNotification(o),
		}
	case "EMAIL":
		out = pingmfa.Email{
			Email: o.text("email"), PolicyID: policyID, Status: status, Nickname: nickname,
			TestMode: o.testMode(), Notification: pairingNotification(o),
		}
	case "WHATSAPP":
		out = pingmfa.WhatsApp{
			Phone: o.text("phone"), PolicyID: policyID, Status: status, Nickname: nickname,
			Notification: pairingNotification(o),
		}
	case "TOTP":
		out = pingmfa.TOTP{PolicyID: policyID, Status: status, Nickname: nickname}
	case "FIDO2":
		party := o.object("rp")
		out = pingmfa.FIDO2{
			RelyingPartyID: party.optional("id"), RelyingPartyName: party.optional("name"), PolicyID: policyID,
			Status: status, Nickname: nickname,
		}
		o.close(party)
	default:
		o.invalid = true
	}
	return out
}

// compatibility removes the compatibility, and returns it as an option.
func compatibility(o *object) []pingmfa.CallOption {
	value, present := take[string](o, "compatibility")
	if !present {
		return nil
	}
	return []pingmfa.CallOption{pingmfa.WithCompatibility(value)}
}

// activationProof removes the members of a proof. It returns nil if there are none.
func activationProof(o *object) pingmfa.ActivationProof {
	if otp, present := take[string](o, "otp"); present {
		return pingmfa.ActivationOTP(otp)
	}
	if len(o.members) == 0 {
		return nil
	}
	return pingmfa.Attestation{Origin: o.text("origin"), Credential: []byte(o.text("attestation"))}
}

// fields maps the fields of ArgumentError to the vectors' names.
var fields = map[string]string{
	"Config.EnvironmentID": "path:environmentID",
	"userID":               "path:userID",
	"authenticationID":     "path:deviceAuthenticationID",
	"WithTransactionID":    "header:X-Ping-External-Transaction-ID",
	"WithSessionID":        "header:X-Ping-External-Session-ID",

	"AuthenticationRequest.UserID":                "/user/id",
	"AuthenticationRequest.PolicyID":              "/policy/id",
	"AuthenticationRequest.Device":                "/selectedDevice/id",
	"AuthenticationRequest.Device.Phone":          "/selectedDevice/oneTime/phone",
	"AuthenticationRequest.Device.Email":          "/selectedDevice/oneTime/email",
	"AuthenticationRequest.Notification.PolicyID": "/notification/policy/id",
	"AuthenticationRequest.ApplicationID":         "/application/id",
	"AuthenticationRequest.MobilePayload":         "/mobilePayload",

	"assertion.Origin":     "/origin",
	"assertion.Credential": "/assertion",
	"WithCompatibility":    "/compatibility",
	"proof":                "/otp",
	"proof.Origin":         "/origin",
	"proof.Credential":     "/attestation",

	"device.PolicyID":              "/policy/id",
	"device.Notification.PolicyID": "/notification/policy/id",
}

// field returns the vectors' name of a Go field. The fields of a device are the members in lower case.
func field(operation, name string) string {
	if pointer, ok := fields[name]; ok {
		return pointer
	}
	if name == "deviceID" {
		if operation == "activateDevice" {
			return "path:deviceID"
		}
		return "/device/id"
	}
	return "/" + strings.ToLower(strings.TrimPrefix(name, "device."))
}
