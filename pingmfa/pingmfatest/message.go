package pingmfatest

import "maps"

// Message is a message that PingOne would have sent. Its personal data and passcode are not masked.
type Message struct {
	UserID string
	// Operation is the operation that sent it, [OpCreateDeviceAuthentication] or [OpCreateDevice].
	Operation string
	// DeviceID is the id of the paired device. It is empty for a one-time contact.
	DeviceID string
	// Channel is SMS, VOICE, EMAIL, WHATSAPP or PUSH.
	Channel string
	// Recipient is the phone number or the email address, as in the request. It is empty for PUSH.
	Recipient string
	// Template, Locale, Variant and Variables are those of the request's notification, if it has one.
	Template  string
	Locale    string
	Variant   string
	Variables map[string]string
	// Passcode has six digits. It is empty for PUSH.
	Passcode string
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

// send records a message to a device or to a one-time contact. In test mode it records none, and returns the value of
// "test" in the response.
func (f *Fake) send(call *call, userID string, to Device) (test object) {
	message := Message{
		UserID: userID, Operation: call.Operation, DeviceID: to.text("id"), Channel: to.text("type"),
		Template: text(call.document, "notification", "template", "name"),
		Locale:   text(call.document, "notification", "template", "locale"),
		Variant:  text(call.document, "notification", "template", "variant"),
	}
	switch message.Channel {
	case "SMS", "VOICE", "WHATSAPP":
		message.Recipient, message.Passcode = to.text("phone"), f.newPasscode()
	case "EMAIL":
		message.Recipient, message.Passcode = to.text("email"), f.newPasscode()
	case "MOBILE":
		message.Channel = "PUSH"
	default: // TOTP and OATH tokens generate the passcode, FIDO2 needs none
		return nil
	}
	if to["testMode"] == true && message.Passcode != "" {
		return object{"otp": message.Passcode}
	}
	if variables, ok := at(call.document, "notification", "template", "variables").(object); ok {
		message.Variables = map[string]string{}
		for name := range variables {
			message.Variables[name] = text(variables, name)
		}
	}
	f.messages = append(f.messages, message)
	return nil
}
