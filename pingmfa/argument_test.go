package pingmfa_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// An invalid argument is an error that names the field and not the value, and nothing is sent.
func TestInvalidArgumentsAreNotSent(t *testing.T) {
	var (
		noDevice *pingmfa.SMS
		noOne    *pingmfa.OneTimeSMS
	)
	start := func(change func(*pingmfa.AuthenticationRequest), opts ...pingmfa.CallOption) func(tenant) error {
		return func(x tenant) error {
			request := pingmfa.AuthenticationRequest{UserID: userID}
			change(&request)
			_, err := x.StartAuthentication(t.Context(), request, opts...)
			return err
		}
	}
	to := func(device pingmfa.SelectedDevice) func(tenant) error {
		return start(func(r *pingmfa.AuthenticationRequest) { r.Device = device })
	}
	create := func(device pingmfa.NewDevice) func(tenant) error {
		return func(x tenant) error {
			_, err := x.CreateDevice(t.Context(), userID, device)
			return err
		}
	}
	createFor := func(user string) func(tenant) error {
		return func(x tenant) error {
			_, err := x.CreateDevice(t.Context(), user, pingmfa.TOTP{})
			return err
		}
	}
	call := func(call func(ctx context.Context, x tenant) error) func(tenant) error {
		return func(x tenant) error { return call(t.Context(), x) }
	}
	selectDevice := func(authentication, device string, opts ...pingmfa.CallOption) func(tenant) error {
		return call(func(ctx context.Context, x tenant) error {
			_, err := x.SelectDevice(ctx, authentication, device, opts...)
			return err
		})
	}
	checkOTP := func(authentication, otp string, opts ...pingmfa.CallOption) func(tenant) error {
		return call(func(ctx context.Context, x tenant) error {
			_, err := x.CheckOTP(ctx, authentication, otp, opts...)
			return err
		})
	}
	checkAssertion := func(origin, credential string) func(tenant) error {
		return call(func(ctx context.Context, x tenant) error {
			_, err := x.CheckAssertion(ctx, authenticationID,
				pingmfa.Assertion{Origin: origin, Credential: json.RawMessage(credential)})
			return err
		})
	}
	activate := func(user, device string, proof pingmfa.ActivationProof) func(tenant) error {
		return call(func(ctx context.Context, x tenant) error {
			_, err := x.ActivateDevice(ctx, user, device, proof)
			return err
		})
	}
	attest := func(origin, credential string) func(tenant) error {
		return activate(userID, deviceID, pingmfa.Attestation{Origin: origin, Credential: json.RawMessage(credential)})
	}
	const origin = "https://login.example.com"
	var noProof *pingmfa.Attestation
	pairing := &pingmfa.PairingNotification{PolicyID: "canary"}
	tooLong := strings.Repeat("x", 101)
	bad := "canary\xff"
	unchanged := func(*pingmfa.AuthenticationRequest) {}
	const request = "AuthenticationRequest."
	cases := map[string]struct {
		call  func(tenant) error
		field string
	}{
		"no user": {start(func(r *pingmfa.AuthenticationRequest) { r.UserID = "" }), request + "UserID"},
		"user ..": {start(func(r *pingmfa.AuthenticationRequest) { r.UserID = ".." }), request + "UserID"},
		"application": {start(func(r *pingmfa.AuthenticationRequest) {
			r.MobilePayload, r.ApplicationID = "x", "canary"
		}), request + "ApplicationID"},
		"first of two": {start(func(r *pingmfa.AuthenticationRequest) {
			r.UserID, r.PolicyID = "", "x"
		}), request + "UserID"},
		"policy":                {start(func(r *pingmfa.AuthenticationRequest) { r.PolicyID = "x" }), request + "PolicyID"},
		"typed nil device":      {to(noOne), request + "Device"},
		"paired device":         {to(pingmfa.PairedDevice("canary")), request + "Device"},
		"no paired device":      {to(pingmfa.PairedDevice("")), request + "Device"},
		"SMS without phone":     {to(pingmfa.OneTimeSMS{}), request + "Device.Phone"},
		"voice without plus":    {to(pingmfa.OneTimeVoice{Phone: "0012015550123"}), request + "Device.Phone"},
		"pointer without plus":  {to(&pingmfa.OneTimeVoice{Phone: "0012015550123"}), request + "Device.Phone"},
		"email without address": {to(pingmfa.OneTimeEmail{}), request + "Device.Email"},
		"email without @":       {to(pingmfa.OneTimeEmail{Email: "canary"}), request + "Device.Email"},
		"notification policy": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{PolicyID: "canary"}
		}), request + "Notification.PolicyID"},
		"client context": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{ClientContext: map[string]any{"canary": make(chan int)}}
		}), request + "Notification.ClientContext"},
		"payload without application": {start(func(r *pingmfa.AuthenticationRequest) {
			r.MobilePayload = "canary"
		}), request + "ApplicationID"},
		"application without payload": {start(func(r *pingmfa.AuthenticationRequest) {
			r.ApplicationID = policyID
		}), request + "MobilePayload"},
		"variable not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			variables := map[string]string{"name": bad}
			for i := range 64 { // the order of a map is random
				variables[strconv.Itoa(i)] = "x"
			}
			r.Notification = &pingmfa.Notification{Variables: variables}
		}), request + "Notification.Variables"},
		"variable name not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{Variables: map[string]string{bad: "x"}}
		}), request + "Notification.Variables"},
		"client context not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			list := []any{[1]*string{&bad}, "c"}
			r.Notification = &pingmfa.Notification{ClientContext: map[string]any{"a": list}}
		}), request + "Notification.ClientContext"},
		"client context of encoded JSON": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{ClientContext: map[string]any{"a": json.RawMessage(`"` + bad + `"`)}}
		}), request + "Notification.ClientContext"},
		"template not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{Template: bad}
		}), request + "Notification.Template"},
		"locale not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			r.Notification = &pingmfa.Notification{Locale: bad}
		}), request + "Notification.Locale"},
		"payload not UTF-8": {start(func(r *pingmfa.AuthenticationRequest) {
			r.MobilePayload, r.ApplicationID = bad, policyID
		}), request + "MobilePayload"},
		"one-time address not UTF-8": {to(pingmfa.OneTimeEmail{Email: bad + "@example.com"}), request + "Device.Email"},
		"pointer to it":              {to(&pingmfa.OneTimeEmail{Email: bad + "@example.com"}), request + "Device.Email"},
		"address not UTF-8":          {create(&pingmfa.Email{Email: bad + "@example.com"}), "device.Email"},
		"embedded device not UTF-8":  {create(ownDevice{pingmfa.SMS{Phone: phone, Nickname: bad}}), "device.SMS.Nickname"},
		"nickname not UTF-8":         {create(pingmfa.TOTP{Nickname: bad}), "device.Nickname"},
		"relying party not UTF-8":    {create(pingmfa.FIDO2{RelyingPartyName: bad}), "device.RelyingPartyName"},
		"variant not UTF-8": {
			create(pingmfa.SMS{Phone: phone, Notification: &pingmfa.PairingNotification{Variant: bad}}),
			"device.Notification.Variant",
		},
		"transaction id empty":    {start(unchanged, pingmfa.WithTransactionID("")), "WithTransactionID"},
		"transaction id too long": {start(unchanged, pingmfa.WithTransactionID(tooLong)), "WithTransactionID"},
		"session id with newline": {start(unchanged, pingmfa.WithSessionID("canary\r\nX: y")), "WithSessionID"},

		"no device":          {create(nil), "device"},
		"typed nil kind":     {create(noDevice), "device"},
		"no phone":           {create(pingmfa.SMS{}), "device.Phone"},
		"letters":            {create(pingmfa.SMS{Phone: "+1201canary"}), "device.Phone"},
		"six digits":         {create(pingmfa.SMS{Phone: "+120155"}), "device.Phone"},
		"sixteen digits":     {create(pingmfa.WhatsApp{Phone: "+1201555012345678"}), "device.Phone"},
		"zero":               {create(pingmfa.Voice{Phone: "+0151555012345"}), "device.Phone"},
		"newline":            {create(pingmfa.SMS{Phone: "+12015550123\n"}), "device.Phone"},
		"extension":          {create(pingmfa.Voice{Phone: phone, Extension: "12x"}), "device.Extension"},
		"address":            {create(pingmfa.Email{Email: "a b@example.com"}), "device.Email"},
		"policy of a device": {create(pingmfa.TOTP{PolicyID: "../canary"}), "device.PolicyID"},
		"status":             {create(pingmfa.FIDO2{Status: "canary"}), "device.Status"},
		"nickname":           {create(pingmfa.TOTP{Nickname: strings.Repeat("ü", 101)}), "device.Nickname"},
		"pairing policy": {
			create(pingmfa.Email{Email: "a@b", Notification: pairing}), "device.Notification.PolicyID",
		},
		"authentication":           {selectDevice("canary", deviceID), "authenticationID"},
		"no authentication":        {checkOTP("", "123456"), "authenticationID"},
		"authentication ..":        {checkOTP("..", "123456"), "authenticationID"},
		"selected device":          {selectDevice(authenticationID, "canary"), "deviceID"},
		"no selected device":       {selectDevice(authenticationID, ""), "deviceID"},
		"no passcode":              {checkOTP(authenticationID, ""), "otp"},
		"passcode of letters":      {checkOTP(authenticationID, "canary"), "otp"},
		"passcode with a space":    {checkOTP(authenticationID, "123 456"), "otp"},
		"passcode with a newline":  {checkOTP(authenticationID, "123456\n"), "otp"},
		"passcode of other digits": {checkOTP(authenticationID, "١٢٣٤٥٦"), "otp"},
		"no origin":                {checkAssertion("", `{}`), "assertion.Origin"},
		"origin not UTF-8":         {checkAssertion(bad, `{}`), "assertion.Origin"},
		"no credential":            {checkAssertion(origin, ""), "assertion.Credential"},
		"credential is no JSON":    {checkAssertion(origin, "canary"), "assertion.Credential"},
		"credential is no object":  {checkAssertion(origin, ` "canary"`), "assertion.Credential"},
		"credential and more":      {checkAssertion(origin, `{} {"canary":1}`), "assertion.Credential"},
		"credential not UTF-8":     {checkAssertion(origin, `{"a":"`+bad+`"}`), "assertion.Credential"},
		"compatibility of a passcode": {
			checkOTP(authenticationID, "1", pingmfa.WithCompatibility("FULL")), "WithCompatibility",
		},
		"no compatibility": {
			selectDevice(authenticationID, deviceID, pingmfa.WithCompatibility("")), "WithCompatibility",
		},
		"compatibility not UTF-8": {
			selectDevice(authenticationID, deviceID, pingmfa.WithCompatibility(bad)), "WithCompatibility",
		},
		"no changed authentication": {call(func(ctx context.Context, x tenant) error {
			_, err := x.ChangeDevice(ctx, "")
			return err
		}), "authenticationID"},
		"no read authentication": {call(func(ctx context.Context, x tenant) error {
			_, err := x.Authentication(ctx, "")
			return err
		}), "authenticationID"},
		"no awaited authentication": {call(func(ctx context.Context, x tenant) error {
			_, err := x.WaitForPush(ctx, "")
			return err
		}), "authenticationID"},
		"user of an activation":    {activate("canary", deviceID, pingmfa.ActivationOTP("1")), "userID"},
		"device of an activation":  {activate(userID, "..", pingmfa.ActivationOTP("1")), "deviceID"},
		"no proof":                 {activate(userID, deviceID, nil), "proof"},
		"nil proof":                {activate(userID, deviceID, noProof), "proof"},
		"empty proof":              {activate(userID, deviceID, pingmfa.ActivationOTP("")), "proof"},
		"proof of letters":         {activate(userID, deviceID, pingmfa.ActivationOTP("canary")), "proof"},
		"proof without an origin":  {attest("", `{}`), "proof.Origin"},
		"proof without credential": {attest(origin, ""), "proof.Credential"},
		"proof that is a list":     {attest(origin, "[]"), "proof.Credential"},
		"device of another passcode": {call(func(ctx context.Context, x tenant) error {
			return x.ResendActivation(ctx, userID, "canary")
		}), "deviceID"},
		"user of another passcode": {call(func(ctx context.Context, x tenant) error {
			return x.ResendActivation(ctx, "", deviceID)
		}), "userID"},

		"user of a device ..":   {createFor(".."), "userID"},
		"user of a device .":    {createFor("."), "userID"},
		"user of a device none": {createFor(""), "userID"},
		"user of a device /":    {createFor(userID + "/.."), "userID"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			x := newTenant(t)
			err := c.call(x)
			var argument *pingmfa.ArgumentError
			require.ErrorAs(t, err, &argument)
			assert.Equal(t, c.field, argument.Field)
			assert.NotEmpty(t, argument.Rule)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
			assert.Empty(t, x.Requests())
		})
	}
}

// ownDevice has the methods of the device that it embeds.
type ownDevice struct{ pingmfa.SMS }

// node is a value that encodes itself and holds a cycle.
type node struct{ Next *node }

func (n *node) MarshalJSON() ([]byte, error) { return []byte(`"node"`), nil }

// tree holds a cycle in a member that encoding/json leaves out, and ring in itself.
type (
	tree struct {
		Name string
		Next *tree `json:"-"`
	}
	ring map[string]any
)

func (r ring) MarshalJSON() ([]byte, error) { return []byte(`"ring"`), nil }

// textRing and pointerRing encode themselves in other ways.
type (
	textRing    map[string]any
	pointerRing map[string]any
)

func (r textRing) MarshalText() ([]byte, error)     { return []byte("ring"), nil }
func (r *pointerRing) MarshalJSON() ([]byte, error) { return []byte(`"ring"`), nil }

func TestValidLimits(t *testing.T) {
	x := newTenant(t)
	for _, device := range []pingmfa.NewDevice{
		pingmfa.SMS{Phone: "+1 (512) 520-1234", Nickname: strings.Repeat("ü", 100)},
		&pingmfa.Voice{Phone: "+1.512.520.1234", Extension: "1,#*9"},
		pingmfa.Email{Email: "person@example.com"},
		pingmfa.WhatsApp{Phone: "+1201555"},
		pingmfa.TOTP{PolicyID: "9761c24a-208d-0499-1bf6-39905184a4e1"},
	} {
		_, err := x.CreateDevice(t.Context(), userID, device)
		require.NoError(t, err)
	}
	y := newTenant(t)
	_, err := y.CreateDevice(t.Context(), userID, pingmfa.Voice{Phone: "+1234567890123(45"})
	require.NoError(t, err, "15 digits, no extension")
	cycle := &node{}
	cycle.Next = cycle
	branch, turn := &tree{Name: "\ufffd"}, ring{}
	branch.Next, turn["self"] = branch, turn
	texts, pointers, nested := textRing{}, pointerRing{}, &pingmfa.Notification{ClientContext: map[string]any{}}
	texts["self"], pointers["self"], nested.ClientContext["self"] = texts, pointers, nested
	_, err = x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{
		UserID: userID,
		Notification: &pingmfa.Notification{ClientContext: map[string]any{
			"node": cycle, "tree": branch, "ring": turn, "nothing": nil, "texts": texts, "nested": nested,
			"pointers": []pointerRing{pointers},
			"no node":  (*node)(nil), "number": json.Number("1"), "text": "\ufffd",
			"unexported": struct{ text string }{"\xff"},
		}},
	}, pingmfa.WithTransactionID(strings.Repeat("x", 100)), pingmfa.WithSessionID("-._/@=#+"))
	require.NoError(t, err)
	_, err = newTenant(t).CheckAssertion(t.Context(), authenticationID,
		pingmfa.Assertion{Origin: "https://\ufffd.example.com", Credential: json.RawMessage(`{"id":"a"}`)})
	require.ErrorContains(t, err, "404", "U+FFFD is a character like others")
}
