package pingmfa

import (
	"fmt"

	"github.com/pingmfa/pingmfa-go/gen"
)

// Notification is what the message of an authentication says, in place of the environment's default.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize_device_authentication_custom_notification.html
type Notification struct {
	// Template is the template's name, such as "transaction" or "strong_authentication".
	Template string
	// Locale is one of the environment's languages, such as "fr-CA".
	Locale string
	// Variant is the name of a variant of the template.
	Variant string
	// Variables are the values for the template's variables.
	Variables map[string]string `json:"-"`
	// ClientContext is free data for the mobile application that gets a push. It goes out as encoding/json writes it.
	ClientContext map[string]any `json:"-"`
	// PolicyID is the notification policy to send by. Empty: the environment's.
	PolicyID string
}

// PairingNotification is what the message to a new device says. It goes out only when the device is created with
// [DeviceActivationRequired].
type PairingNotification struct {
	// Locale is one of the environment's languages, such as "fr-CA".
	Locale string
	// Variant is the name of a variant of the template.
	Variant string
	// Variables are the values for the template's variables.
	Variables map[string]string `json:"-"`
	// PolicyID is the notification policy to send by. Empty: the environment's.
	PolicyID string
}

func (n *Notification) wire(check *check, field string) gen.Notification {
	if n == nil {
		return gen.Notification{}
	}
	check.optionalID(field, ".Notification.PolicyID", n.PolicyID)
	return gen.Notification{
		Template: gen.NotificationTemplate{
			Name:      n.Template,
			Locale:    n.Locale,
			Variant:   n.Variant,
			Variables: n.Variables,
		},
		ClientContext: n.ClientContext,
		Policy:        gen.NotificationPolicyReference{ID: n.PolicyID},
	}
}

func (n *PairingNotification) wire(check *check, field string) gen.PairingNotification {
	if n == nil {
		return gen.PairingNotification{}
	}
	check.optionalID(field, ".Notification.PolicyID", n.PolicyID)
	return gen.PairingNotification{
		Template: gen.PairingTemplate{Locale: n.Locale, Variant: n.Variant, Variables: n.Variables},
		Policy:   gen.NotificationPolicyReference{ID: n.PolicyID},
	}
}

// Format writes template, locale and variant, and no variable.
func (n Notification) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "Notification", "template", n.Template, "locale", n.Locale, "variant", n.Variant)
}

// Format writes locale and variant, and no variable.
func (n PairingNotification) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "PairingNotification", "locale", n.Locale, "variant", n.Variant)
}
