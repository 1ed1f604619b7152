package main

import (
	"fmt"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// advice says in a sentence what a service does next.
func advice(step pingmfa.Step) string {
	switch next := step.(type) {
	case pingmfa.EnterOTP:
		return fmt.Sprintf("a passcode is on its way. Ask the user for it, then POST {\"otp\": …}\n"+
			"   to   %s\n   as   %s", next.URL, next.ContentType)
	case pingmfa.SelectDevice:
		kinds := make([]string, 0, len(next.Devices))
		for _, d := range next.Devices {
			kinds = append(kinds, fmt.Sprintf("%s %s%s", d.Type, d.Phone, d.Email))
		}
		return fmt.Sprintf("nothing is sent yet. Let the user select one of %s,\n   then POST {\"device\": {\"id\": …}}\n"+
			"   to   %s\n   as   %s", strings.Join(kinds, ", "), next.URL, next.ContentType)
	case pingmfa.ConfirmPush:
		return "a push is on its way. GET this until the status changes:\n   " + next.URL
	case pingmfa.AssertFIDO2:
		return fmt.Sprintf("let the browser make a WebAuthn assertion, then POST it\n   to   %s\n   as   %s",
			next.URL, next.ContentType)
	case pingmfa.Done:
		return "nothing more is needed"
	case pingmfa.Failed:
		return "it is over, because of " + next.Code
	case pingmfa.UnknownStep:
		return "this version does not know that status; read it again at\n   " + next.URL
	}
	return fmt.Sprintf("a step of type %T", step)
}

// masked leaves the last two characters of a phone number.
func masked(phone string) string {
	if len(phone) < 2 {
		return ""
	}
	return strings.Repeat("*", 7) + phone[len(phone)-2:]
}
