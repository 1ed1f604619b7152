package pingmfa_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
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
	require.Greater(t, len(found), 10)
	return found
}

// Every header of both operations is sent, and none that makes net/http repeat a POST.
func TestHeadersOfARequest(t *testing.T) {
	x := newTenant(t)
	calls := map[string]func(opts ...pingmfa.CallOption) error{
		pingmfatest.OpCreateDeviceAuthentication: func(opts ...pingmfa.CallOption) error {
			_, err := x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID}, opts...)
			return err
		},
		pingmfatest.OpCreateDevice: func(opts ...pingmfa.CallOption) error {
			_, err := x.CreateDevice(t.Context(), userID, pingmfa.TOTP{}, opts...)
			return err
		},
	}
	for operation, call := range calls {
		require.NoError(t, call(pingmfa.WithTransactionID("order-4711"), pingmfa.WithSessionID("session/1"), nil))
		header := lastRequest(x, operation).Header
		token, err := x.AccessToken(t.Context())
		require.NoError(t, err)
		for name, want := range map[string][]string{
			"Authorization":                  {"Bearer " + token},
			"Content-Type":                   {"application/json"},
			"Accept":                         {"application/json"},
			"User-Agent":                     {"pingmfa-go/" + pingmfa.Version},
			"X-Ping-External-Transaction-Id": {"order-4711"},
			"X-Ping-External-Session-Id":     {"session/1"},
			"Idempotency-Key":                nil,
			"X-Idempotency-Key":              nil,
			"Cookie":                         nil,
			"Referer":                        nil,
		} {
			assert.Equal(t, want, header.Values(name), "%s of %s", name, operation)
		}
		require.NoError(t, call())
		header = lastRequest(x, operation).Header
		assert.Empty(t, header.Values("X-Ping-External-Transaction-Id"))
		assert.Empty(t, header.Values("X-Ping-External-Session-Id"))
	}
}
