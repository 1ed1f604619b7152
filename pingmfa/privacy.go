package pingmfa

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// shownMembers lists the members that texts, logs and JSON of this package's values contain. Every other member is
// private, and so is a new one until it is listed here. A listed text is shown only in a form that personal data and
// secrets do not have: see shownText.
var shownMembers = map[reflect.Type][]string{
	reflect.TypeFor[Config]():                {"EnvironmentID", "Region"},
	reflect.TypeFor[Retry]():                 {"Attempts", "MaxWait", "Backoff"},
	reflect.TypeFor[ClientSecret]():          {"ID"},
	reflect.TypeFor[AuthenticationRequest](): {"UserID", "PolicyID", "ApplicationID"},
	reflect.TypeFor[OneTimeSMS]():            {"TestMode"},
	reflect.TypeFor[OneTimeVoice]():          {"TestMode"},
	reflect.TypeFor[OneTimeEmail]():          {"TestMode"},
	reflect.TypeFor[Notification]():          {"PolicyID"},
	reflect.TypeFor[PairingNotification]():   {"PolicyID"},
	reflect.TypeFor[SMS]():                   {"PolicyID", "Status", "TestMode"},
	reflect.TypeFor[Voice]():                 {"PolicyID", "Status", "TestMode"},
	reflect.TypeFor[Email]():                 {"PolicyID", "Status", "TestMode"},
	reflect.TypeFor[WhatsApp]():              {"PolicyID", "Status"},
	reflect.TypeFor[TOTP]():                  {"PolicyID", "Status"},
	reflect.TypeFor[FIDO2]():                 {"PolicyID", "Status"},
	reflect.TypeFor[ActivationOTP]():         {},
	reflect.TypeFor[Attestation]():           {},
	reflect.TypeFor[Assertion]():             {},
	reflect.TypeFor[Authentication](): {
		"ID", "Status", "UserID", "SelectedDevice", "Devices", "Failure", "CorrelationID",
	},
	reflect.TypeFor[AuthenticationDevice](): {
		"ID", "Type", "Status", "UsableStatus", "PushStatus", "OTPStatus",
	},
	reflect.TypeFor[Device](): {
		"ID", "Type", "Status", "UserID", "LockStatus", "BlockStatus", "CorrelationID",
	},
	reflect.TypeFor[EnterOTP]():     {"Device"},
	reflect.TypeFor[SelectDevice](): {"Devices"},
	reflect.TypeFor[ConfirmPush]():  {"Device"},
	reflect.TypeFor[AssertFIDO2]():  {},
	reflect.TypeFor[Done]():         {},
	reflect.TypeFor[Failed]():       {"Code", "UnavailableDeviceIDs"},
	reflect.TypeFor[UnknownStep]():  {"Status"},

	// Field, Rule and Reason are this package's own words. They are in the text of the error, which JSON has as well.
	reflect.TypeFor[ArgumentError](): {"Field", "Rule"},
	reflect.TypeFor[Attempt]():       {"StatusCode", "CorrelationID", "Outcome"},
	reflect.TypeFor[Error](): {
		"StatusCode", "Reason", "ID", "Code", "Target", "Details", "CorrelationID", "RetryAfter", "Attempts",
	},
	reflect.TypeFor[ErrorDetail](): {"Code", "Target"},
	reflect.TypeFor[CallError]():   {"Outcome", "RetryAfter", "Attempts"},
	reflect.TypeFor[TokenError]():  {"StatusCode", "Code", "Reason", "CorrelationID"},
}

// publicWords are texts that say nothing of a person: the property names of requests in openapi.yaml (a test holds them
// together), the OAuth 2.0 error codes (RFC 6749, section 5.2) and the outcomes.
var publicWords = set("application", "assertion", "attestation", "clientContext", "compatibility", "device", "email",
	"extension", "id", "locale", "mobilePayload", "name", "nickname", "notification", "oathResync", "oneTime", "origin",
	"otp", "phone", "policy", "reason", "rp", "selectedDevice", "status", "template", "testMode", "type", "user",
	"variables", "variant",
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
	"invalid_scope",
	string(OutcomeNotSent), string(OutcomeRefused), string(OutcomeUnknown), string(OutcomeAccepted))

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// maxShown bounds the elements of a list, and maxShownText the bytes of a text that came from elsewhere.
const (
	maxShown     = 10
	maxShownText = 64
)

// shownText returns s if it has the form of an id, of an error code or of a property path, and "" otherwise: PingOne
// can repeat in any text what it was sent.
func shownText(s string) string {
	if len(s) > maxShownText || !isID(s) && !isCode(s) && !isPropertyPath(s) {
		return ""
	}
	return s
}

var (
	// isCode reports the form of the vendor's error codes and statuses: at least two words in capitals.
	isCode = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)+$`).MatchString
	// isWord reports the form of a status or a type of one word. A secret of a TOTP device is longer.
	isWord = regexp.MustCompile(`^[A-Z]{1,15}$`).MatchString
)

func isPropertyPath(s string) bool {
	for name := range strings.SplitSeq(s, ".") {
		if !publicWords[name] {
			return false
		}
	}
	return true
}

// shown returns what may be shown of a value, or nil.
func shown(v reflect.Value) any {
	if open, ok := v.Interface().(interface{ Known() bool }); ok && (open.Known() || isWord(v.String())) {
		return open // also a new status or type of PingOne's
	}
	switch v.Kind() { //nolint:exhaustive // no other kind is listed
	case reflect.Pointer:
		if !v.IsNil() {
			return shown(v.Elem())
		}
	case reflect.Bool, reflect.Int, reflect.Int64:
		if !v.IsZero() {
			return v.Interface()
		}
	case reflect.String:
		if _, secret := shownMembers[v.Type()]; secret {
			return nil
		}
		if s := shownText(v.String()); s != "" {
			return s
		}
	case reflect.Slice:
		var list []any
		for i := range min(v.Len(), maxShown) {
			if element := shown(v.Index(i)); element != nil {
				list = append(list, element)
			}
		}
		if list != nil {
			return list
		}
	case reflect.Struct:
		members := map[string]any{}
		for _, name := range shownMembers[v.Type()] {
			value := shown(v.FieldByName(name))
			if inner, ok := value.(map[string]any); value != nil && (!ok || len(inner) > 0) {
				members[name] = value
			}
		}
		return members
	}
	return nil
}

// format writes the shown JSON of a value after the name of its type, whatever the verb: no verb reaches the members.
func format(f fmt.State, verb rune, value any) {
	data, _ := marshal(value) // What is shown can be encoded.
	writeText(f, verb, fmt.Sprintf("%T%s", value, data))
}

func writeText(f fmt.State, verb rune, text string) {
	if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(f, text)
}

// marshal returns the shown JSON of a value. That of an error has its text as well.
func marshal(value any) ([]byte, error) {
	members := shown(reflect.ValueOf(value))
	if err, ok := value.(error); ok {
		members.(map[string]any)["Error"] = err.Error() //nolint:errcheck // an error is a struct
	}
	return json.Marshal(members)
}

// describe describes an error of another package in this package's words.
func describe(err error) string {
	if token, ok := err.(*TokenError); ok { //nolint:errorlint // one below can be of another call: the context's cause
		return token.text()
	}
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		op      *net.OpError
		errno   syscall.Errno
		timeout net.Error
	)
	switch {
	// The context comes first: its cause can be the error of another call.
	case errors.Is(err, context.Canceled):
		return "the context was canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "the deadline passed"
	case errors.Is(err, errRateLimited):
		return errRateLimited.Error()
	case errors.As(err, &dns):
		return "the host name could not be resolved"
	case errors.As(err, &cert):
		return "the server's certificate was refused"
	case errors.As(err, &record), errors.As(err, &alert):
		return "the TLS handshake failed"
	case errors.As(err, &errno):
		if errors.As(err, &op) && slices.Contains([]string{"dial", "read", "write"}, op.Op) {
			return op.Op + ": " + errno.Error()
		}
		return errno.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "a timeout passed"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	}
	return "a failure of another kind"
}

// Format and MarshalJSON are the only ways by which fmt, log/slog and encoding/json reach a value.

func (c Config) Format(f fmt.State, verb rune)                { format(f, verb, c) }
func (r Retry) Format(f fmt.State, verb rune)                 { format(f, verb, r) }
func (s ClientSecret) Format(f fmt.State, verb rune)          { format(f, verb, s) }
func (r AuthenticationRequest) Format(f fmt.State, verb rune) { format(f, verb, r) }
func (d OneTimeSMS) Format(f fmt.State, verb rune)            { format(f, verb, d) }
func (d OneTimeVoice) Format(f fmt.State, verb rune)          { format(f, verb, d) }
func (d OneTimeEmail) Format(f fmt.State, verb rune)          { format(f, verb, d) }
func (n Notification) Format(f fmt.State, verb rune)          { format(f, verb, n) }
func (n PairingNotification) Format(f fmt.State, verb rune)   { format(f, verb, n) }
func (d SMS) Format(f fmt.State, verb rune)                   { format(f, verb, d) }
func (d Voice) Format(f fmt.State, verb rune)                 { format(f, verb, d) }
func (d Email) Format(f fmt.State, verb rune)                 { format(f, verb, d) }
func (d WhatsApp) Format(f fmt.State, verb rune)              { format(f, verb, d) }
func (d TOTP) Format(f fmt.State, verb rune)                  { format(f, verb, d) }
func (d FIDO2) Format(f fmt.State, verb rune)                 { format(f, verb, d) }
func (otp ActivationOTP) Format(f fmt.State, verb rune)       { format(f, verb, otp) }
func (a Attestation) Format(f fmt.State, verb rune)           { format(f, verb, a) }
func (a Assertion) Format(f fmt.State, verb rune)             { format(f, verb, a) }
func (a Authentication) Format(f fmt.State, verb rune)        { format(f, verb, a) }
func (d AuthenticationDevice) Format(f fmt.State, verb rune)  { format(f, verb, d) }
func (d Device) Format(f fmt.State, verb rune)                { format(f, verb, d) }
func (s EnterOTP) Format(f fmt.State, verb rune)              { format(f, verb, s) }
func (s SelectDevice) Format(f fmt.State, verb rune)          { format(f, verb, s) }
func (s ConfirmPush) Format(f fmt.State, verb rune)           { format(f, verb, s) }
func (s AssertFIDO2) Format(f fmt.State, verb rune)           { format(f, verb, s) }
func (s Done) Format(f fmt.State, verb rune)                  { format(f, verb, s) }
func (s Failed) Format(f fmt.State, verb rune)                { format(f, verb, s) }
func (s UnknownStep) Format(f fmt.State, verb rune)           { format(f, verb, s) }
func (a Attempt) Format(f fmt.State, verb rune)               { format(f, verb, a) }
func (d ErrorDetail) Format(f fmt.State, verb rune)           { format(f, verb, d) }
func (e ArgumentError) Format(f fmt.State, verb rune)         { writeText(f, verb, e.Error()) }
func (e Error) Format(f fmt.State, verb rune)                 { writeText(f, verb, e.Error()) }
func (e CallError) Format(f fmt.State, verb rune)             { writeText(f, verb, e.Error()) }
func (e TokenError) Format(f fmt.State, verb rune)            { writeText(f, verb, e.Error()) }

func (c Config) MarshalJSON() ([]byte, error)                { return marshal(c) }
func (r Retry) MarshalJSON() ([]byte, error)                 { return marshal(r) }
func (s ClientSecret) MarshalJSON() ([]byte, error)          { return marshal(s) }
func (r AuthenticationRequest) MarshalJSON() ([]byte, error) { return marshal(r) }
func (d OneTimeSMS) MarshalJSON() ([]byte, error)            { return marshal(d) }
func (d OneTimeVoice) MarshalJSON() ([]byte, error)          { return marshal(d) }
func (d OneTimeEmail) MarshalJSON() ([]byte, error)          { return marshal(d) }
func (n Notification) MarshalJSON() ([]byte, error)          { return marshal(n) }
func (n PairingNotification) MarshalJSON() ([]byte, error)   { return marshal(n) }
func (d SMS) MarshalJSON() ([]byte, error)                   { return marshal(d) }
func (d Voice) MarshalJSON() ([]byte, error)                 { return marshal(d) }
func (d Email) MarshalJSON() ([]byte, error)                 { return marshal(d) }
func (d WhatsApp) MarshalJSON() ([]byte, error)              { return marshal(d) }
func (d TOTP) MarshalJSON() ([]byte, error)                  { return marshal(d) }
func (d FIDO2) MarshalJSON() ([]byte, error)                 { return marshal(d) }
func (otp ActivationOTP) MarshalJSON() ([]byte, error)       { return marshal(otp) }
func (a Attestation) MarshalJSON() ([]byte, error)           { return marshal(a) }
func (a Assertion) MarshalJSON() ([]byte, error)             { return marshal(a) }
func (a Authentication) MarshalJSON() ([]byte, error)        { return marshal(a) }
func (d AuthenticationDevice) MarshalJSON() ([]byte, error)  { return marshal(d) }
func (d Device) MarshalJSON() ([]byte, error)                { return marshal(d) }
func (s EnterOTP) MarshalJSON() ([]byte, error)              { return marshal(s) }
func (s SelectDevice) MarshalJSON() ([]byte, error)          { return marshal(s) }
func (s ConfirmPush) MarshalJSON() ([]byte, error)           { return marshal(s) }
func (s AssertFIDO2) MarshalJSON() ([]byte, error)           { return marshal(s) }
func (s Done) MarshalJSON() ([]byte, error)                  { return marshal(s) }
func (s Failed) MarshalJSON() ([]byte, error)                { return marshal(s) }
func (s UnknownStep) MarshalJSON() ([]byte, error)           { return marshal(s) }
func (a Attempt) MarshalJSON() ([]byte, error)               { return marshal(a) }
func (d ErrorDetail) MarshalJSON() ([]byte, error)           { return marshal(d) }
func (e ArgumentError) MarshalJSON() ([]byte, error)         { return marshal(&e) }
func (e Error) MarshalJSON() ([]byte, error)                 { return marshal(&e) }
func (e CallError) MarshalJSON() ([]byte, error)             { return marshal(&e) }
func (e TokenError) MarshalJSON() ([]byte, error)            { return marshal(&e) }
