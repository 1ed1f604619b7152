package main

import (
	stdjson "encoding/json"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// object is a JSON object whose members are removed one by one as they are read. A member that is left at the end has no
// counterpart in pingmfa.
type object struct {
	members map[string]any
	bad     bool
}

// exactNumbers keeps every digit of a number, for the client context.
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
		return &object{bad: true}
	}
	return &object{members: members}
}

// done reports whether every member was read, and each had the expected type.
func (o *object) done() bool { return !o.bad && len(o.members) == 0 }

func take[T any](o *object, name string) (value T, present bool) {
	member, present := o.members[name]
	delete(o.members, name)
	value, ok := member.(T)
	o.bad = o.bad || present && !ok
	return value, present
}

// text reads a member that may be empty: pingmfa reports an empty one itself.
func (o *object) text(name string) string {
	value, _ := take[string](o, name)
	return value
}

// optional reads a member for which an empty string in pingmfa means that it is absent.
func (o *object) optional(name string) string {
	value, present := take[string](o, name)
	o.bad = o.bad || present && value == ""
	return value
}

// testMode reads a boolean for which absent and false are the same.
func (o *object) testMode() bool {
	value, _ := take[bool](o, "testMode")
	return value
}

// object reads an inner object. An empty one is the same as none.
func (o *object) object(name string) *object {
	members, _ := take[map[string]any](o, name)
	return &object{members: members}
}

// reference reads the id of an inner object {"id": …}.
func (o *object) reference(name string) string {
	inner := o.object(name)
	if inner.members == nil {
		return ""
	}
	id, present := take[string](inner, "id")
	o.close(inner)
	o.bad = o.bad || !present || id == ""
	return id
}

// close requires that no member is left in an inner object.
func (o *object) close(inner *object) { o.bad = o.bad || !inner.done() }

func (o *object) texts(name string) map[string]string {
	members, present := take[map[string]any](o, name)
	if !present {
		return nil
	}
	out := make(map[string]string, len(members))
	for key, member := range members {
		value, ok := member.(string)
		o.bad = o.bad || !ok
		out[key] = value
	}
	return out
}

func authenticationRequest(body []byte) (out pingmfa.AuthenticationRequest, ok bool) {
	o := parse(body)
	if _, present := o.members["user"]; !present {
		return out, false // In pingmfa, a request always has a user.
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
	return out, o.done()
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
		o.bad = true
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

func newDevice(body []byte) (out pingmfa.NewDevice, ok bool) {
	o := parse(body)
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
		o.bad = true
	}
	return out, o.done()
}

// fields maps the Go fields of an ArgumentError to the places that the vectors name.
var fields = map[string]string{
	"Config.EnvironmentID": "path:environmentID",
	"userID":               "path:userID",
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

	"device.PolicyID":              "/policy/id",
	"device.Notification.PolicyID": "/notification/policy/id",
}

// field returns the place that the vectors name for a Go field. For a member of a device it is the property.
func field(name string) string {
	if pointer, ok := fields[name]; ok {
		return pointer
	}
	return "/" + strings.ToLower(strings.TrimPrefix(name, "device."))
}
