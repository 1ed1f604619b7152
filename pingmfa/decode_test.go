package pingmfa_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// A response that has every property of the contract, each with a value of its own.
const (
	fullDevice = `{"id":"d-id","type":"d-type","status":"d-status","usableStatus":{"status":"d-us","reason":"d-ur"},
		"nickname":"d-nick","phone":"d-phone","email":"d-email","extension":"d-ext","displayName":"d-name","testMode":true,
		"application":{"id":"d-app"},"pushEnabled":true,"pushStatus":{"status":"d-ps","reason":"d-pr"},
		"otpStatus":{"status":"d-os","reason":"d-or"},"os":{"type":"ANDROID"},"model":"d-model",
		"rp":{"id":"d-rp-id","name":"d-rp-name"}}`
	fullAuthentication = `{"_links":{"self":{"href":"https://a/self"},"otp.check":{"href":"https://a/check"}},
		"_embedded":{"devices":[` + fullDevice + `,{"id":"second"}],"blockedDevices":[{"id":"blocked"}]},
		"id":"a-id","environment":{"id":"a-env"},"status":"a-status","policy":{"id":"a-policy"},"user":{"id":"a-user"},
		"application":{"id":"a-app"},
		"selectedDevice":{"id":"a-sel","oneTime":{"type":"a-type","phone":"a-phone","email":"a-email"}},
		"error":{"code":"e-code","message":"e-message","unavailableDevices":[{"id":"e-1"},{"id":"e-2"}]},
		"test":{"otp":"a-otp"},"publicKeyCredentialRequestOptions":"a-pk","pingIdDesktopCredentialRequestOptions":"a-desk",
		"authenticators":[{"type":"x"},7],"bypassAllowed":true,"userBypassEnabled":false,"aggregateFido2Devices":true,
		"createdAt":"2026-01-02T03:04:05.678Z","updatedAt":"2026-02-03T04:05:06+01:00"}`
	fullCreated = `{"_links":{"self":{"href":"https://b/self"},"activate":{"href":"https://b/activate"}},
		"id":"c-id","type":"c-type","status":"c-status","environment":{"id":"c-env"},"user":{"id":"c-user"},
		"policy":{"id":"c-policy","type":"c-policy-type"},"nickname":"c-nick","phone":"c-phone","extension":"c-ext",
		"email":"c-email","testMode":false,"test":{"otp":123456},"secret":"c-secret","keyUri":"c-uri",
		"publicKeyCredentialCreationOptions":"c-pk","pingIdDesktopCredentialCreationOptions":"c-desk",
		"rp":{"id":"c-rp-id","name":"c-rp-name"},
		"lock":{"status":"c-ls","reason":"c-lr","expiresAt":"2026-03-04T05:06:07Z"},
		"block":{"status":"c-bs","blockedAt":"2026-04-05T06:07:08Z"},
		"createdAt":"2026-05-06T07:08:09Z","updatedAt":"2026-06-07T08:09:10Z"}`
	fullError = `{"id":"x-id","code":"x-code","message":"x-message","target":"x-target","details":[
		{"code":"y-code","message":"y-message","target":"y-target","innerError":{"maximumAllowed":5}},{"code":"z-code"}]}`
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// Every property of every response is in the right member, with its exact value.
func TestEveryPropertyHasItsMember(t *testing.T) {
	header := http.Header{"Correlation-Id": {policyID}}
	x := newTenant(t)
	x.script(pingmfatest.Response{Status: 201, Header: header, Body: fullAuthentication})
	auth, err := x.start(t)
	require.NoError(t, err)
	wantAuth := pingmfa.Authentication{
		ID: "a-id", Status: "a-status", EnvironmentID: "a-env", UserID: "a-user", PolicyID: "a-policy",
		ApplicationID: "a-app",
		Devices: []pingmfa.AuthenticationDevice{{
			ID: "d-id", Type: "d-type", Status: "d-status", UsableStatus: "d-us", UsableReason: "d-ur", Nickname: "d-nick",
			Phone: "d-phone", Email: "d-email", Extension: "d-ext", DisplayName: "d-name", TestMode: yes(),
			ApplicationID: "d-app", PushEnabled: yes(), PushStatus: "d-ps", OTPStatus: "d-os",
			OS: json.RawMessage(`{"type":"ANDROID"}`), Model: json.RawMessage(`"d-model"`), RelyingPartyID: "d-rp-id",
			RelyingPartyName: "d-rp-name",
		}, {ID: "second"}},
		BlockedDevices: []pingmfa.AuthenticationDevice{{ID: "blocked"}},
		SelectedDevice: pingmfa.AuthenticationDevice{ID: "a-sel", Type: "a-type", Phone: "a-phone", Email: "a-email"},
		Failure: &pingmfa.Failed{
			Code: "e-code", Message: "e-message", UnavailableDeviceIDs: []string{"e-1", "e-2"},
		},
		TestOTP: "a-otp", PublicKeyCredentialRequestOptions: "a-pk", PingIDDesktopCredentialRequestOptions: "a-desk",
		Authenticators: []json.RawMessage{json.RawMessage(`{"type":"x"}`), json.RawMessage(`7`)}, BypassAllowed: yes(),
		UserBypassEnabled: no(), AggregateFIDO2Devices: yes(),
		CreatedAt:     time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		UpdatedAt:     time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 3600)),
		CorrelationID: policyID,
	}
	assertMembers(t, wantAuth, *auth)
	assert.True(t, bytes.Equal([]byte(fullAuthentication), auth.Raw()))
	assertCovers(t, "DeviceAuthentication", fullAuthentication)

	x.Script(pingmfatest.OpCreateDevice, pingmfatest.Response{Status: 201, Header: header, Body: fullCreated})
	device, err := x.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
	require.NoError(t, err)
	wantDevice := pingmfa.Device{
		ID: "c-id", Type: "c-type", Status: "c-status", EnvironmentID: "c-env", UserID: "c-user", PolicyID: "c-policy",
		Nickname: "c-nick", Phone: "c-phone", Extension: "c-ext", Email: "c-email", TestMode: no(), TestOTP: "123456",
		Secret: "c-secret", KeyURI: "c-uri", PublicKeyCredentialCreationOptions: "c-pk",
		PingIDDesktopCredentialCreationOptions: "c-desk", RelyingPartyID: "c-rp-id", RelyingPartyName: "c-rp-name",
		LockStatus: "c-ls", LockReason: "c-lr", LockExpiresAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		BlockStatus: "c-bs", BlockedAt: time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC),
		CreatedAt: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC), UpdatedAt: time.Date(2026, 6, 7, 8, 9, 10, 0, time.UTC),
		CorrelationID: policyID,
	}
	assertMembers(t, wantDevice, *device)
	assert.True(t, bytes.Equal([]byte(fullCreated), device.Raw()))
	device.Raw()[0] = 'x' // of a copy
	assert.True(t, bytes.Equal([]byte(fullCreated), device.Raw()))
	assertCovers(t, "Device", fullCreated)

	header["Retry-After"] = []string{"7"}
	x.script(pingmfatest.Response{Status: 400, Header: header, Body: fullError})
	_, err = x.start(t)
	var refused *pingmfa.Error
	require.ErrorAs(t, err, &refused)
	assertMembers(t, pingmfa.Error{
		StatusCode: 400, ID: "x-id", Code: "x-code", Message: "x-message", Target: "x-target",
		Details: []pingmfa.ErrorDetail{{
			Code: "y-code", Message: "y-message", Target: "y-target", InnerError: json.RawMessage(`{"maximumAllowed":5}`),
		}, {Code: "z-code"}},
		CorrelationID: policyID, RetryAfter: 7 * time.Second,
		Attempts: []pingmfa.Attempt{{StatusCode: 400, CorrelationID: policyID, Outcome: pingmfa.OutcomeRefused}},
	}, *refused, "Reason", "Err")
	assertCovers(t, "Error", fullError)
}

// assertMembers compares the exported members, one by one. All of them but those excepted must have a value.
func assertMembers[T any](t *testing.T, want, got T, except ...string) {
	t.Helper()
	for i := range reflect.TypeFor[T]().NumField() {
		field := reflect.TypeFor[T]().Field(i)
		if !field.IsExported() {
			continue
		}
		w, g := reflect.ValueOf(want).Field(i), reflect.ValueOf(got).Field(i)
		if stamp, ok := w.Interface().(time.Time); ok {
			assert.True(t, stamp.Equal(g.Interface().(time.Time)), field.Name) //nolint:errcheck // of the same type
		} else {
			assert.Equal(t, w.Interface(), g.Interface(), field.Name)
		}
		assert.Equal(t, slices.Contains(except, field.Name), w.IsZero(), "%s has no value in this test", field.Name)
	}
}

// assertCovers holds a body to having every property that the contract has.
func assertCovers(t *testing.T, schema, body string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	var document any
	require.NoError(t, json.Unmarshal([]byte(body), &document))
	var walk func(place string, ref *openapi3.SchemaRef, value any)
	walk = func(place string, ref *openapi3.SchemaRef, value any) {
		if list, ok := value.([]any); ok && len(list) > 0 && ref.Value.Items != nil {
			if strings.HasSuffix(place, "/blockedDevices") {
				return // It has the schema of devices.
			}
			walk(place+"/0", ref.Value.Items, list[0])
			return
		}
		members, _ := value.(map[string]any)
		for name, property := range ref.Value.Properties {
			value, present := members[name]
			if assert.True(t, present, "the body in this file lacks %s%s/%s", schema, place, name) && name != "innerError" {
				walk(place+"/"+name, property, value) // innerError stays JSON
			}
		}
	}
	walk("", doc.Components.Schemas[schema], document)
}

// Whatever PingOne adds or changes, the call succeeds, the members that can be read are right, and Raw has the body.
func TestUnexpectedMembersAreSurvived(t *testing.T) {
	const body = `{
		"_links": {"self": {"href": "https://auth.pingone.eu/x"}, "otp.resend": {"href": "https://auth.pingone.eu/y"},
			"otp.check": {}},
		"_embedded": {"devices": [{"id": 17, "type": "PIGEON", "phone": "*******50", "wings": 2}], "blockedDevices": {}},
		"id": "not-a-uuid", "status": "PIGEON_REQUIRED", "environment": "canary", "policy": {"id": null},
		"selectedDevice": {"oneTime": {"type": "SMS", "phone": 4}}, "test": {"otp": 123456},
		"a/b~c": "canary", "bypassAllowed": "yes", "userBypassEnabled": null,
		"createdAt": "22 June 2022", "updatedAt": 1655388745
	}`
	x := newTenant(t)
	x.script(pingmfatest.Response{Status: 201, Body: body})
	auth, err := x.start(t)
	require.NoError(t, err)
	assert.Equal(t, "not-a-uuid", auth.ID)
	assert.Equal(t, "123456", auth.TestOTP)
	assert.Equal(t, "*******50", auth.Devices[0].Phone)
	assert.Empty(t, auth.Devices[0].ID)
	assert.Equal(t, pingmfa.DeviceType("PIGEON"), auth.Devices[0].Type)
	assert.Equal(t, pingmfa.TypeSMS, auth.SelectedDevice.Type)
	assert.True(t, auth.CreatedAt.IsZero() && auth.UpdatedAt.IsZero())
	assert.Equal(t, no(), auth.BypassAllowed)
	assert.Nil(t, auth.UserBypassEnabled)
	assert.Equal(t, pingmfa.UnknownStep{Status: "PIGEON_REQUIRED"}, auth.Next())
	assert.JSONEq(t, body, string(auth.Raw()))

	auth.Raw()[0] = 'x' // of a copy
	assert.JSONEq(t, body, string(auth.Raw()))
	assert.Nil(t, new(pingmfa.Authentication).Raw())
}

// A 2xx that cannot be read was accepted if it is PingOne's, and is unknown if it can be an intermediary's page.
func TestUnreadableSuccess(t *testing.T) {
	const page = "<html><body>Sign in to the network</body></html>"
	for name, c := range map[string]struct {
		contentType, correlationID, body string
		want                             pingmfa.Outcome
	}{
		"page":                       {"text/html", "", page, pingmfa.OutcomeUnknown},
		"page without type":          {"", "", page, pingmfa.OutcomeUnknown},
		"page of PingOne's":          {"text/html", policyID, page, pingmfa.OutcomeAccepted},
		"page of PingOne's, no type": {"", policyID, page, pingmfa.OutcomeAccepted},
		"nothing":                    {"", "", "", pingmfa.OutcomeUnknown},
		"JSON without members":       {"application/json", "", "{}", pingmfa.OutcomeAccepted},
		"JSON without type":          {"", "", " {}", pingmfa.OutcomeAccepted},
		"broken JSON without type":   {"", "", `{"id":`, pingmfa.OutcomeAccepted},
		"empty JSON":                 {"application/json", "", "", pingmfa.OutcomeAccepted},
		"null":                       {"application/json", "", "null", pingmfa.OutcomeAccepted},
		"no status":                  {"application/json", "", `{"id":"1"}`, pingmfa.OutcomeAccepted},
		"id is a number":             {"application/json", "", `{"id":1,"status":"FAILED"}`, pingmfa.OutcomeAccepted},
		"garbled id":                 {"application/json", "", "{\"id\":\"\xff\",\"status\":\"A\"}", pingmfa.OutcomeAccepted},
		"bytes after JSON":           {"application/json", "", `{"id":"1","status":"FAILED"} x`, pingmfa.OutcomeAccepted},
		"JSON with another type":     {"text/plain", "", `{"id":"1","status":"FAILED"}`, pingmfa.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			resp := respond(200, c.body)
			resp.Header = http.Header{"Content-Type": {c.contentType}, "Correlation-Id": {c.correlationID}}
			err := start(t.Context(), clientWith(t, answer(resp)))
			var unreadable *pingmfa.Error
			require.ErrorAs(t, err, &unreadable)
			assert.Equal(t, 200, unreadable.StatusCode)
			assert.NotEmpty(t, unreadable.Reason)
			assert.Equal(t, c.want, pingmfa.OutcomeOf(err))
			assert.Equal(t, c.want, unreadable.Attempts[0].Outcome)
		})
	}
}

// A response that is not usable has a reason, or the members of PingOne's error that can be read.
func TestUnusableResponses(t *testing.T) {
	const prefix = "pingmfa: CreateDevice: the response was "
	broken := func(body string, err error) io.Reader {
		return io.MultiReader(strings.NewReader(body), iotest.ErrReader(err))
	}
	for name, c := range map[string]struct {
		status            int
		contentType, want string
		body              io.Reader
		outcome           pingmfa.Outcome
	}{
		"no final response": {
			101, "", "101 with no result: it is a redirect, or informational", nil, pingmfa.OutcomeUnknown,
		},
		"redirect, whose body is not read": {
			302, "", "302 with no result: it is a redirect, or informational",
			iotest.ErrReader(io.ErrUnexpectedEOF), pingmfa.OutcomeUnknown,
		},
		"too long": {
			201, "", "201 with a body longer than 1 MiB",
			strings.NewReader(strings.Repeat(" ", 1<<20+1)), pingmfa.OutcomeUnknown,
		},
		"ended early": {
			201, "application/json", "201 with a body that ended early: the connection was closed",
			broken(`{"id":"1","type":"SMS"}`, io.ErrUnexpectedEOF), pingmfa.OutcomeAccepted,
		},
		"no JSON": {
			201, "text/html", "201 with a Content-Type that is not JSON",
			strings.NewReader(`{"id":"1","type":"SMS"}`), pingmfa.OutcomeUnknown,
		},
		"no id": {
			201, "application/json", "201 with a body that is not a JSON object with the required members",
			strings.NewReader(`{"type":"SMS"}`), pingmfa.OutcomeAccepted,
		},
		"no type": {
			201, "application/json", "201 with a body that is not a JSON object with the required members",
			strings.NewReader(`{"id":"1"}`), pingmfa.OutcomeAccepted,
		},
		"an intermediary's 404": {
			404, "text/html", "404 with neither a Correlation-Id nor JSON", strings.NewReader("canary"), pingmfa.OutcomeUnknown,
		},
		"error": {
			503, "application/json", "503 NOT_FOUND", strings.NewReader(`{"code":"NOT_FOUND"}`), pingmfa.OutcomeUnknown,
		},
		"error with odd members": {
			400, "application/json", "400 NOT_FOUND: EMPTY_VALUE",
			strings.NewReader(`{"code":"NOT_FOUND","message":7,"details":[{"code":"EMPTY_VALUE","target":[]}]}`),
			pingmfa.OutcomeRefused,
		},
		"error that ended early": {
			400, "application/json", "400", broken(`{"code":"NOT_FOUND"}`, io.ErrUnexpectedEOF), pingmfa.OutcomeRefused,
		},
	} {
		t.Run(name, func(t *testing.T) {
			resp := respond(c.status, "")
			resp.Header.Set("Content-Type", c.contentType)
			resp.Body = io.NopCloser(cmp.Or(c.body, io.Reader(http.NoBody)))
			device, err := clientWith(t, answer(resp)).CreateDevice(t.Context(), userID, pingmfa.TOTP{})
			require.EqualError(t, err, prefix+c.want)
			assert.Equal(t, c.outcome, pingmfa.OutcomeOf(err))
			assert.Equal(t, strings.HasSuffix(name, "ended early"), errors.Is(err, io.ErrUnexpectedEOF))
			assert.Nil(t, device)
		})
	}
}

// A Content-Type is JSON with and without parameters, by a suffix, and if it is absent.
func TestContentTypesOfJSON(t *testing.T) {
	for contentType, fine := range map[string]bool{
		"": true, "application/json": true, "application/json;charset=UTF-8": true, "Application/JSON": true,
		"application/json; =": true, "application/json ; charset=utf-8; charset=UTF-8": true, "text/json": true,
		"application/hal+json": true, "text/html": false,
		"text/html, application/x+json": false, "foo bar+json": false, "application/x+jsonp": false,
		"application/notjson": false, "text/plain; a=+json": false, "json": false, "application/json/x": false,
	} {
		resp := respond(201, `{"id":"1","status":"COMPLETED"}`)
		resp.Header.Set("Content-Type", contentType)
		assert.Equal(t, fine, start(t.Context(), clientWith(t, answer(resp))) == nil, contentType)
	}
}

// Sources differ in the form of a test mode's passcode.
func TestPasscodesOfTestMode(t *testing.T) {
	for otp, want := range map[string]string{
		`"012345"`: "012345", `123456`: "123456", `""`: "", `null`: "", `true`: "", `{"a":1}`: "", `["1"]`: "",
	} {
		resp := respond(201, `{"id":"1","status":"COMPLETED","test":{"otp":`+otp+`}}`)
		auth, err := clientWith(t, answer(resp)).StartAuthentication(t.Context(),
			pingmfa.AuthenticationRequest{UserID: userID})
		require.NoError(t, err)
		assert.Equal(t, want, auth.TestOTP, otp)
	}
}

// A body is read to io.EOF before it is closed: closing an HTTP/2 response earlier resets the stream.
func TestBodyIsReadToItsEnd(t *testing.T) {
	for _, status := range []int{200, 201, 400, 503} {
		resp := respond(status, `{"id":"1","status":"COMPLETED"}`)
		body := &endOfFile{ReadCloser: resp.Body}
		resp.Body = body
		_ = start(t.Context(), clientWith(t, answer(resp)))
		assert.True(t, body.closedAfterEOF, status)
	}
}

type endOfFile struct {
	io.ReadCloser
	eof, closedAfterEOF bool
}

func (b *endOfFile) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.eof = b.eof || err == io.EOF
	return n, err
}

func (b *endOfFile) Close() error {
	b.closedAfterEOF = b.eof
	return b.ReadCloser.Close()
}
