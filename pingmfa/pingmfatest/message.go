package pingmfatest

import (
	"maps"
	"slices"
	"time"
)

// Message is a message that PingOne would have sent. Its personal data and passcode are not masked. It can be encoded
// as JSON.
type Message struct {
	// Time is the fake's time when it was sent.
	Time   time.Time `json:"time"`
	UserID string    `json:"userID"`
	// Operation is the operation that sent it, such as [OpCreateDeviceAuthentication].
	Operation string `json:"operation"`
	// AuthenticationID is the id of the authentication. It is empty if the message is for the activation of a device.
	AuthenticationID string `json:"authenticationID"`
	// DeviceID is the id of the paired device. It is empty for a one-time contact.
	DeviceID string `json:"deviceID"`
	// Channel is SMS, VOICE, EMAIL, WHATSAPP or PUSH.
	Channel string `json:"channel"`
	// Recipient is the phone number or the email address, as in the request. It is empty for PUSH.
	Recipient string `json:"recipient"`
	// Template, Locale, Variant and Variables are those of the notification in the request that started the authentication
	// or created the device, if it has one.
	Template  string            `json:"template"`
	Locale    string            `json:"locale"`
	Variant   string            `json:"variant"`
	Variables map[string]string `json:"variables"`
	// Passcode has six digits. It is empty for PUSH.
	Passcode string `json:"passcode"`
}

// Messages returns the messages that PingOne would have sent so far, in order. In test mode PingOne sends none.
func (f *Fake) Messages() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	var messages []Message
	for _, message := range f.messages {
		message.Variables = maps.Clone(message.Variables)
		messages = append(messages, message)
	}
	return messages
}

// passcodeTypes are the types of devices that receive passcodes. They are also the channels of the messages.
var passcodeTypes = []string{"SMS", "VOICE", "WHATSAPP", "EMAIL"}

// send sends a passcode or a push to a device or a one-time contact, and returns the passcode. It completes the message
// and records it, except for a passcode in test mode. Other devices generate the passcode or need none.
func (f *Fake) send(call *call, to *device, message Message, notification object) passcode {
	var sent passcode
	switch {
	case to.receivesPasscodes():
		sent = f.newPasscode()
		if to.inTestMode() {
			return sent
		}
		message.Channel, message.Recipient = to.text("type"), to.text("phone")
		if message.Channel == "EMAIL" {
			message.Recipient = to.text("email")
		}
	case to.text("type") == "MOBILE":
		message.Channel = "PUSH"
	default:
		return passcode{}
	}
	message.Time, message.Operation, message.DeviceID = f.now(), call.Operation, to.text("id")
	message.Passcode = sent.code
	message.Template = text(notification, "template", "name")
	message.Locale = text(notification, "template", "locale")
	message.Variant = text(notification, "template", "variant")
	if variables, ok := at(notification, "template", "variables").(object); ok {
		message.Variables = map[string]string{}
		for name := range variables {
			message.Variables[name] = text(variables, name)
		}
	}
	f.messages = append(f.messages, message)
	return sent
}

func (d *device) receivesPasscodes() bool { return slices.Contains(passcodeTypes, d.text("type")) }
