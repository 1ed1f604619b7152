package pingmfa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// canary makes values that must not be shown. Each place has its own, so that a leak names its source. Those of digits
// are valid phone numbers and extensions.
type canary struct{ placed map[string]string }

func (c *canary) text(place string) string {
	value := fmt.Sprintf("canary-%d-%s", len(c.placed), place)
	c.placed[place] = value
	return value
}

func (c *canary) digits(place string) string {
	value := fmt.Sprintf("8800555%04d", len(c.placed))
	c.placed[place] = value
	return value
}

func (c *canary) leaks(output string) []string {
	var found []string
	for place, value := range c.placed {
		if strings.Contains(output, value) {
			found = append(found, place)
		}
	}
	slices.Sort(found)
	return found
}

// sensitive returns the names of the properties that the contract marks as sensitive.
func sensitive(t *testing.T) map[string]bool {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, schema := range doc.Components.Schemas {
		for name, property := range schema.Value.Properties {
			if property.Value.Extensions["x-sensitive"] == true {
				names[name] = true
			}
		}
	}
	require.Greater(t, len(names), 15)
	return names
}

// everything returns a response with a canary in every sensitive property of the contract, in unknown members and in
// members that can repeat a request.
func everything(t *testing.T, c *canary, schema string) string {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	names := sensitive(t)
	var fill func(place string, ref *openapi3.SchemaRef) any
	fill = func(place string, ref *openapi3.SchemaRef) any {
		name := place[strings.LastIndexByte(place, '.')+1:]
		s := ref.Value
		switch {
		case names[name] || name == "target":
			return c.text(place)
		case s.Type.Is("array"):
			return []any{fill(place, s.Items)}
		case s.Type.Is("object"):
			members := map[string]any{"unknown": c.text(place + ".unknown")}
			for property, inner := range s.Properties {
				members[property] = fill(place+"."+property, inner)
			}
			return members
		}
		return s.Example
	}
	data, err := json.Marshal(fill(schema, doc.Components.Schemas[schema]))
	require.NoError(t, err)
	return string(data)
}

// show formats a value by fmt, slog and encoding/json, alone and inside other values.
func show(t *testing.T, out *bytes.Buffer, v any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%d", "%x"} {
		for _, form := range []any{v, []any{v}, map[string]any{"key": v}, struct{ Field any }{v}} {
			fmt.Fprintf(out, verb+"\n", form)
		}
	}
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	for _, handler := range []slog.Handler{slog.NewTextHandler(out, options), slog.NewJSONHandler(out, options)} {
		slog.New(handler).Debug("value", "alone", v, "list", []any{v}, "struct", struct{ Field any }{v})
	}
	if err, ok := v.(error); ok {
		fmt.Fprintln(out, err.Error())
	}
	data, err := json.Marshal(v)
	if err == nil {
		out.Write(data)
	}
	func() {
		defer func() { fmt.Fprintln(out, recover()) }()
		panic(v)
	}()
}

// No text, log record or JSON of this package contains a secret or personal data: of requests, of the configuration, of
// results, and of errors whose every text repeats one.
func TestNoCanaryIsEverShown(t *testing.T) {
	c := &canary{placed: make(map[string]string)}
	var out, logs bytes.Buffer

	secret := pingmfa.ClientSecret{ID: "client", Secret: c.text("client secret")}
	token := c.text("token")
	notification := &pingmfa.Notification{
		Template:      "transaction",
		Variables:     map[string]string{"account": c.text("variable")},
		ClientContext: map[string]any{"amount": c.text("context")},
	}
	pairing := &pingmfa.PairingNotification{Variables: map[string]string{"name": c.text("pairing variable")}}
	devices := []pingmfa.NewDevice{
		pingmfa.SMS{Phone: "+" + c.digits("SMS"), Nickname: c.text("SMS nickname"), Notification: pairing},
		pingmfa.Voice{Phone: "+" + c.digits("Voice"), Extension: c.digits("extension"), Nickname: c.text("Voice nickname")},
		pingmfa.Email{Email: c.text("email") + "@example.com", Nickname: c.text("Email nickname")},
		pingmfa.WhatsApp{Phone: "+" + c.digits("WhatsApp"), Nickname: c.text("WhatsApp nickname")},
		pingmfa.TOTP{Nickname: c.text("TOTP nickname")},
		pingmfa.FIDO2{Nickname: c.text("FIDO2 nickname")},
	}
	assertion := pingmfa.Assertion{
		Origin: c.text("origin"), Credential: json.RawMessage(`{"id":"` + c.text("request.assertion") + `"}`),
	}
	proofs := []pingmfa.ActivationProof{
		pingmfa.ActivationOTP(c.digits("activation passcode")),
		&pingmfa.Attestation{
			Origin: c.text("origin"), Credential: json.RawMessage(`{"id":"` + c.text("request.attestation") + `"}`),
		},
	}
	otp := c.digits("passcode")
	requests := make([]pingmfa.AuthenticationRequest, 0, 4)
	for _, to := range []pingmfa.SelectedDevice{
		nil,
		pingmfa.OneTimeSMS{Phone: "+" + c.digits("one-time SMS")},
		pingmfa.OneTimeVoice{Phone: "+" + c.digits("one-time voice")},
		pingmfa.OneTimeEmail{Email: c.text("one-time email") + "@example.com"},
	} {
		requests = append(requests, pingmfa.AuthenticationRequest{
			UserID: userID, Device: to, Notification: notification,
			ApplicationID: policyID, MobilePayload: c.text("payload"),
		})
	}

	// The first reply is a lost connection.
	refusal := everything(t, c, "Error")
	echo := http.Header{
		"Correlation-Id": {c.text("Correlation-Id")},
		"Location":       {"https://example.com/" + c.text("Location")},
		"Retry-After":    {c.text("Retry-After")},
		"Content-Type":   {"application/json"},
	}
	type reply struct {
		status int
		body   string
	}
	answers := []reply{{}}
	for _, status := range []int{200, 201, 204, 302, 400, 401, 403, 404, 415, 429, 500, 503} {
		for _, body := range []string{
			refusal, everything(t, c, "DeviceAuthentication"), everything(t, c, "Device"), c.text("no JSON"), "",
		} {
			answers = append(answers, reply{status, body})
		}
	}
	config := pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return token, nil }),
		Logger:        slog.New(slog.NewJSONHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	show(t, &out, secret)
	show(t, &out, &secret)
	results, failures := 0, 0
	for i, answer := range answers {
		config.HTTPClient = &http.Client{Transport: roundTripperFunc(func(*http.Request) (*http.Response, error) {
			if answer.status == 0 {
				return nil, errors.New(c.text("transport"))
			}
			resp := respond(answer.status, answer.body)
			resp.Header = echo
			return resp, nil
		})}
		client, err := pingmfa.New(config)
		require.NoError(t, err)
		keep := func(v any, err error) {
			if err != nil {
				failures++
				v = err
				for e := err; e != nil; e = errors.Unwrap(e) {
					if own(e) {
						show(t, &out, e)
						showValue(t, &out, e)
					}
				}
			} else {
				results++
			}
			show(t, &out, v)
		}
		for _, request := range requests {
			auth, err := client.StartAuthentication(t.Context(), request)
			keep(auth, err)
			if err == nil {
				show(t, &out, *auth)
				show(t, &out, auth.Next())
				show(t, &out, auth.Failure)
				auth.Status = pingmfa.StatusAssertionRequired
				show(t, &out, auth.Next())
			}
			if i == 0 {
				show(t, &out, request)
				show(t, &out, &request)
				show(t, &out, request.Device)
				show(t, &out, *request.Notification)
			}
		}
		for _, device := range devices {
			created, err := client.CreateDevice(t.Context(), userID, device)
			keep(created, err)
			if err == nil {
				show(t, &out, *created)
			}
			if i == 0 {
				show(t, &out, device)
			}
		}
		checked, err := client.CheckOTP(t.Context(), authenticationID, otp)
		keep(checked, err)
		asserted, err := client.CheckAssertion(t.Context(), authenticationID, assertion)
		keep(asserted, err)
		for _, proof := range proofs {
			activated, err := client.ActivateDevice(t.Context(), userID, deviceID, proof)
			keep(activated, err)
			show(t, &out, proof)
		}
		if err := client.ResendActivation(t.Context(), userID, deviceID); err != nil {
			keep(nil, err)
		}
		show(t, &out, assertion)
		show(t, &out, &assertion)
		show(t, &out, client)
		config.Credentials = secret
		show(t, &out, config)
		show(t, &out, &config)
		config.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return token, nil })
	}
	show(t, &out, *pairing)

	assert.Greater(t, results, 20)
	assert.Greater(t, failures, 200)
	assert.Greater(t, len(c.placed), 80)
	require.Positive(t, logs.Len())
	assert.Empty(t, c.leaks(out.String()))
	assert.Empty(t, c.leaks(logs.String()))
	for name := range maps.Keys(sensitive(t)) {
		assert.Condition(t, func() bool {
			for place := range c.placed {
				if strings.HasSuffix(place, "."+name) || requestSensitive[name] {
					return true
				}
			}
			return false
		}, "no canary stands in %s", name)
	}
}

// requestSensitive are the sensitive properties of requests alone.
var requestSensitive = map[string]bool{"clientContext": true, "mobilePayload": true, "variables": true}

// own reports whether an error is of this package.
func own(err error) bool { return strings.HasPrefix(fmt.Sprintf("%T", err), "*pingmfa.") }

// showValue shows the value of an error of this package.
func showValue(t *testing.T, out *bytes.Buffer, err error) {
	t.Helper()
	switch e := err.(type) { //nolint:errorlint // the error itself, not what it wraps
	case *pingmfa.Error:
		show(t, out, *e)
		show(t, out, e.Details)
		show(t, out, e.Attempts)
	case *pingmfa.CallError:
		show(t, out, *e)
	case *pingmfa.TokenError:
		show(t, out, *e)
	}
}
