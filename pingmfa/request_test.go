package pingmfa_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
	authenticationID     = "3ff545da-016a-4ae7-a8c6-84d67f7b20ea"
	deviceID             = "0ff545da-016a-4ae7-a8c6-84d67f7b20ea"
	applicationID        = "1ff545da-016a-4ae7-a8c6-84d67f7b20ea"
	notificationPolicyID = "2ff545da-016a-4ae7-a8c6-84d67f7b20ea"
)

// Every member of every request is in the body, in its place and with its value.
func TestEveryMemberOfARequestIsSent(t *testing.T) {
	request := pingmfa.AuthenticationRequest{
		UserID: userID, PolicyID: policyID, MobilePayload: "payload", ApplicationID: applicationID,
		Notification: &pingmfa.Notification{
			Template: "transaction", Locale: "fr-CA", Variant: "short", Variables: map[string]string{"account": "1234"},
			ClientContext: map[string]any{"amount": 12.5, "list": []string{"<a>"}}, PolicyID: notificationPolicyID,
		},
	}
	authentication := func(device string) string {
		return `{"user":{"id":"` + userID + `"},"policy":{"id":"` + policyID + `"},"mobilePayload":"payload",
			"application":{"id":"` + applicationID + `"}` + device + `,"notification":{
			"template":{"name":"transaction","locale":"fr-CA","variant":"short","variables":{"account":"1234"}},
			"clientContext":{"amount":12.5,"list":["<a>"]},"policy":{"id":"` + notificationPolicyID + `"}}}`
	}
	pairing := &pingmfa.PairingNotification{
		Locale: "fr-CA", Variant: "short", Variables: map[string]string{"name": "x"}, PolicyID: notificationPolicyID,
	}
	const (
		common  = `"policy":{"id":"` + policyID + `"},"status":"ACTIVATION_REQUIRED","nickname":"My phone"`
		message = `,"notification":{"template":{"locale":"fr-CA","variant":"short","variables":{"name":"x"}},
			"policy":{"id":"` + notificationPolicyID + `"}}`
		required = pingmfa.DeviceActivationRequired
	)
	x := newTenant(t)
	sent := map[string][]string{} // bodies by schema
	for _, c := range []struct {
		device pingmfa.SelectedDevice
		want   string
	}{
		{nil, authentication("")},
		{pingmfa.PairedDevice(deviceID), authentication(`,"selectedDevice":{"id":"` + deviceID + `"}`)},
		{
			pingmfa.OneTimeSMS{Phone: phone, TestMode: true},
			authentication(`,"selectedDevice":{"oneTime":{"type":"SMS","phone":"` + phone + `","testMode":true}}`),
		},
		{
			pingmfa.OneTimeVoice{Phone: phone, TestMode: true},
			authentication(`,"selectedDevice":{"oneTime":{"type":"VOICE","phone":"` + phone + `","testMode":true}}`),
		},
		{
			pingmfa.OneTimeEmail{Email: "a@example.com", TestMode: true},
			authentication(`,"selectedDevice":{"oneTime":{"type":"EMAIL","email":"a@example.com","testMode":true}}`),
		},
	} {
		request.Device = c.device
		x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"COMPLETED"}`})
		_, err := x.StartAuthentication(t.Context(), request)
		require.NoError(t, err)
		body := lastRequest(x, pingmfatest.OpCreateDeviceAuthentication).Body
		assert.JSONEq(t, c.want, string(body))
		sent["DeviceAuthenticationRequest"] = append(sent["DeviceAuthenticationRequest"], c.want)
	}
	for _, c := range []struct {
		device pingmfa.NewDevice
		want   string
	}{
		{
			pingmfa.SMS{
				Phone: phone, PolicyID: policyID, Status: required, Nickname: "My phone", TestMode: true, Notification: pairing,
			},
			`{"type":"SMS","phone":"` + phone + `","testMode":true,` + common + message + `}`,
		},
		{
			pingmfa.Voice{
				Phone: phone, Extension: "12,#", PolicyID: policyID, Status: required, Nickname: "My phone", TestMode: true,
				Notification: pairing,
			},
			`{"type":"VOICE","phone":"` + phone + `","extension":"12,#","testMode":true,` + common + message + `}`,
		},
		{
			pingmfa.Email{
				Email: "a@example.com", PolicyID: policyID, Status: required, Nickname: "My phone", TestMode: true,
				Notification: pairing,
			},
			`{"type":"EMAIL","email":"a@example.com","testMode":true,` + common + message + `}`,
		},
		{
			pingmfa.WhatsApp{
				Phone: phone, PolicyID: policyID, Status: required, Nickname: "My phone", Notification: pairing,
			},
			`{"type":"WHATSAPP","phone":"` + phone + `",` + common + message + `}`,
		},
		{
			pingmfa.TOTP{PolicyID: policyID, Status: required, Nickname: "My phone"},
			`{"type":"TOTP",` + common + `}`,
		},
		{
			pingmfa.FIDO2{
				RelyingPartyID: "example.com", RelyingPartyName: "Example", PolicyID: policyID, Status: required,
				Nickname: "My phone",
			},
			`{"type":"FIDO2","rp":{"id":"example.com","name":"Example"},` + common + `}`,
		},
	} {
		x.Script(pingmfatest.OpCreateDevice, pingmfatest.Response{Status: 201, Body: `{"id":"1","type":"SMS"}`})
		_, err := x.CreateDevice(t.Context(), userID, c.device)
		require.NoError(t, err)
		last := lastRequest(x, pingmfatest.OpCreateDevice)
		assert.JSONEq(t, c.want, string(last.Body))
		assert.Equal(t, "/environments/"+environmentID+"/users/"+userID+"/devices", last.Path)
		sent["CreateDeviceRequest"] = append(sent["CreateDeviceRequest"], c.want)
	}

	// The bodies have every property of the contract but the type of a policy, which this package leaves to PingOne.
	for schema, bodies := range sent {
		got := map[string]bool{schema + "/policy/type": schema == "CreateDeviceRequest"}
		for _, body := range bodies {
			var document map[string]any
			require.NoError(t, json.Unmarshal([]byte(body), &document))
			pointers(schema, document, got)
		}
		for pointer := range requestProperties(t, schema) {
			assert.True(t, got[pointer], "%s is never sent", pointer)
		}
	}
}

func lastRequest(x tenant, operation string) pingmfatest.Request {
	requests := x.Requests(operation)
	return requests[len(requests)-1]
}

// pointers collects the places of an object's members.
func pointers(place string, object map[string]any, found map[string]bool) {
	for name, value := range object {
		found[place+"/"+name] = true
		if members, ok := value.(map[string]any); ok {
			pointers(place+"/"+name, members, found)
		}
	}
}

// requestProperties returns the places of all properties below a schema.
func requestProperties(t *testing.T, schema string) map[string]bool {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	found := map[string]bool{}
	var walk func(place string, ref *openapi3.SchemaRef)
	walk = func(place string, ref *openapi3.SchemaRef) {
		for name, property := range ref.Value.Properties {
			found[place+"/"+name] = true
			walk(place+"/"+name, property)
		}
		for _, branch := range ref.Value.OneOf {
			walk(place, branch)
		}
	}
	walk(schema, doc.Components.Schemas[schema])
	require.NotEmpty(t, found)
	return found
}

// continuations are the calls that finish an authentication or a pairing, by name.
var continuations = map[string]func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error{
	"SelectDevice": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.SelectDevice(ctx, authenticationID, deviceID, opts...)
		return err
	},
	"CheckOTP": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.CheckOTP(ctx, authenticationID, "012345", opts...)
		return err
	},
	"CheckAssertion": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.CheckAssertion(ctx, authenticationID, pingmfa.Assertion{
			Origin: "https://login.example.com", Credential: json.RawMessage(` {"id":"<é>"}`),
		}, opts...)
		return err
	},
	"ChangeDevice": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.ChangeDevice(ctx, authenticationID, opts...)
		return err
	},
	"Authentication": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.Authentication(ctx, authenticationID, opts...)
		return err
	},
	"WaitForPush": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.WaitForPush(ctx, authenticationID, opts...)
		return err
	},
	"ActivateDevice": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.ActivateDevice(ctx, userID, deviceID, pingmfa.ActivationOTP("987654"), opts...)
		return err
	},
	"ActivateDevice by attestation": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		_, err := c.ActivateDevice(ctx, userID, deviceID, &pingmfa.Attestation{
			Origin: "https://pair.example.com", Credential: json.RawMessage(`{"id":"a"}`),
		}, opts...)
		return err
	},
	"ResendActivation": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
		return c.ResendActivation(ctx, userID, deviceID, opts...)
	},
}

// callNames returns the names of the methods of Client that take a context.
func callNames() (names []string) {
	client := reflect.TypeFor[*pingmfa.Client]()
	for i := range client.NumMethod() {
		method := client.Method(i)
		if method.Type.NumIn() > 1 && method.Type.In(1) == reflect.TypeFor[context.Context]() {
			names = append(names, method.Name)
		}
	}
	return names
}

// resourceAt returns a response with the id at the end of a path.
func resourceAt(urlPath string) string {
	return `{"id":"` + path.Base(urlPath) + `","status":"COMPLETED","type":"SMS"}`
}

// Each call that finishes something is one request to the resource's own path, with the media type of its action and
// all members of its body.
func TestContinuationsAreSent(t *testing.T) {
	const (
		authentication = "/" + environmentID + "/deviceAuthentications/" + authenticationID
		device         = "/environments/" + environmentID + "/users/" + userID + "/devices/" + deviceID
		vendor         = "application/vnd.pingidentity."
	)
	type sent struct{ method, path, contentType, body string }
	sentBy := map[string]sent{
		"SelectDevice": {
			"POST", authentication, vendor + "device.select+json",
			`{"device":{"id":"` + deviceID + `"},"compatibility":"FULL"}`,
		},
		"CheckOTP": {"POST", authentication, vendor + "otp.check+json", `{"otp":"012345"}`},
		"CheckAssertion": {
			"POST", authentication, vendor + "assertion.check+json",
			`{"origin":"https://login.example.com","assertion":" {\"id\":\"<é>\"}","compatibility":"FULL"}`,
		},
		"ChangeDevice":   {"POST", authentication, vendor + "cancel.push.authentication+json", `{"reason":"CHANGE_DEVICE"}`},
		"Authentication": {"GET", authentication, "", ""},
		"WaitForPush":    {"GET", authentication, "", ""},
		"ActivateDevice": {"POST", device, vendor + "device.activate+json", `{"otp":"987654"}`},
		"ActivateDevice by attestation": {
			"POST", device, vendor + "device.activate+json",
			`{"origin":"https://pair.example.com","attestation":"{\"id\":\"a\"}"}`,
		},
		"ResendActivation": {"POST", device, vendor + "device.sendActivationCode+json", ""},
	}
	operations := map[string]string{
		"GET" + authentication:  pingmfatest.OpReadDeviceAuthentication,
		"POST" + authentication: pingmfatest.OpContinueDeviceAuthentication,
		"POST" + device:         pingmfatest.OpActivateDevice,
	}
	assert.Len(t, continuations, len(sentBy))
	found := map[string]bool{}
	for name, want := range sentBy {
		x := newTenant(t)
		x.Script(operations[want.method+want.path], pingmfatest.Response{Body: resourceAt(want.path)})
		var opts []pingmfa.CallOption
		if strings.Contains(want.body, "compatibility") {
			opts = append(opts, pingmfa.WithCompatibility("FULL"))
		}
		require.NoError(t, continuations[name](t.Context(), x.Client, opts...), name)
		requests := slices.DeleteFunc(x.Requests(), func(r pingmfatest.Request) bool {
			return r.Operation == pingmfatest.OpToken
		})
		require.Len(t, requests, 1, name)
		got := requests[0]
		assert.Equal(t, want, sent{got.Method, got.Path, got.Header.Get("Content-Type"), want.body}, name)
		assert.Empty(t, got.Query, name)
		if want.body == "" {
			assert.Empty(t, got.Body, name)
		} else {
			assert.JSONEq(t, want.body, string(got.Body), name)
			var document map[string]any
			require.NoError(t, json.Unmarshal(got.Body, &document))
			pointers("", document, found)
		}
	}
	// The bodies have every property of the contract but the one that this package does not send.
	found["/oathResync"] = true
	for _, schema := range []string{
		"SelectDeviceRequest", "CheckOTPRequest", "CheckAssertionRequest", "ChangeDeviceRequest", "ActivateDeviceRequest",
	} {
		for pointer := range requestProperties(t, schema) {
			assert.True(t, found[strings.TrimPrefix(pointer, schema)], "%s is never sent", pointer)
		}
	}
}

// Every header of every operation is sent, and none that makes net/http repeat a POST.
func TestHeadersOfARequest(t *testing.T) {
	calls := map[string]func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error{
		"StartAuthentication": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
			_, err := c.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID}, opts...)
			return err
		},
		"CreateDevice": func(ctx context.Context, c *pingmfa.Client, opts ...pingmfa.CallOption) error {
			_, err := c.CreateDevice(ctx, userID, pingmfa.TOTP{}, opts...)
			return err
		},
	}
	maps.Copy(calls, continuations)
	for _, name := range callNames() {
		_, found := calls[name]
		assert.True(t, found, "continuations lacks %s", name)
	}
	for name, call := range calls {
		var sent []*http.Request
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			sent = append(sent, req)
			return respond(200, resourceAt(req.URL.Path)), nil
		}))
		require.NoError(t, call(t.Context(), client,
			pingmfa.WithTransactionID("order-4711"), pingmfa.WithSessionID("session/1"), nil), name)
		require.NoError(t, call(t.Context(), client), name)
		require.Len(t, sent, 2)
		for header, want := range map[string][]string{
			"Authorization":                  {"Bearer token"},
			"Accept":                         {"application/json"},
			"User-Agent":                     {"pingmfa-go/" + pingmfa.Version},
			"X-Ping-External-Transaction-Id": {"order-4711"},
			"X-Ping-External-Session-Id":     {"session/1"},
			"Idempotency-Key":                nil,
			"X-Idempotency-Key":              nil,
			"Cookie":                         nil,
			"Referer":                        nil,
		} {
			assert.Equal(t, want, sent[0].Header.Values(header), "%s of %s", header, name)
		}
		types := 1
		if sent[0].Method == http.MethodGet {
			types = 0
		}
		assert.Len(t, sent[0].Header.Values("Content-Type"), types, name)
		assert.Empty(t, sent[1].Header.Values("X-Ping-External-Transaction-Id"))
		assert.Empty(t, sent[1].Header.Values("X-Ping-External-Session-Id"))
	}
}
