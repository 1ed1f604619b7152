package conformance_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
)

// The operations, and the media types of those that have several actions.
const (
	authentications = "createDeviceAuthentication"
	reading         = "readDeviceAuthentication"
	continuation    = "continueDeviceAuthentication"
	devices         = "createDevice"
	activation      = "activateDevice"

	selectDevice   = "application/vnd.pingidentity.device.select+json"
	checkOTP       = "application/vnd.pingidentity.otp.check+json"
	checkAssertion = "application/vnd.pingidentity.assertion.check+json"
	changeDevice   = "application/vnd.pingidentity.cancel.push.authentication+json"
	activateDevice = "application/vnd.pingidentity.device.activate+json"
	resend         = "application/vnd.pingidentity.device.sendActivationCode+json"

	envID    = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	userID   = "8ce55f02-2077-4493-9a6d-0385df1f0772"
	authID   = "03e1897e-33b0-40b9-b54e-68236769b1fa"
	deviceID = "4ca9eb79-be29-4a1f-9a23-b29d58606e18"
)

func newValidator(tb testing.TB) *conformance.Validator {
	tb.Helper()
	v, err := conformance.NewValidator()
	require.NoError(tb, err)
	return v
}

// request returns a request for an operation. It is valid if its body is. If the operation has several media types, it
// has that of checkOTP or activateDevice.
func request(operation, body string) conformance.Request {
	req := conformance.Request{
		Method: http.MethodPost, Host: conformance.HostAuth, Path: "/" + envID + "/deviceAuthentications",
		Header: http.Header{"Authorization": {"Bearer token"}, "Content-Type": {"application/json"}},
		Body:   []byte(body),
	}
	const ofUser = "/environments/" + envID + "/users/" + userID + "/devices"
	switch operation {
	case reading:
		req.Method, req.Path = http.MethodGet, req.Path+"/"+authID
		req.Header.Del("Content-Type")
	case continuation:
		req.Path += "/" + authID
		req.Header.Set("Content-Type", checkOTP)
	case devices:
		req.Host, req.Path = conformance.HostAPI, ofUser
	case activation:
		req.Host, req.Path = conformance.HostAPI, ofUser+"/"+deviceID
		req.Header.Set("Content-Type", activateDevice)
	}
	return req
}

// response returns a response with valid headers.
func response(status int, body string) conformance.Response {
	return conformance.Response{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body),
	}
}

// places returns findings as "pointer rule", and as "~pointer rule" if they are tolerated.
func places(r conformance.Report) []string {
	found := []string{}
	for _, f := range r.Findings {
		place := f.Pointer + " " + f.Rule
		if f.Tolerated {
			place = "~" + place
		}
		found = append(found, place)
	}
	return found
}

func TestOperations(t *testing.T) {
	const started = "/{environmentID}/deviceAuthentications"
	const created = "/environments/{environmentID}/users/{userID}/devices"
	assert.Equal(t, []conformance.Operation{
		{ID: activation, Method: "POST", Host: conformance.HostAPI, Path: created + "/{deviceID}"},
		{ID: continuation, Method: "POST", Host: conformance.HostAuth, Path: started + "/{deviceAuthenticationID}"},
		{ID: devices, Method: "POST", Host: conformance.HostAPI, Path: created},
		{ID: authentications, Method: "POST", Host: conformance.HostAuth, Path: started},
		{ID: reading, Method: "GET", Host: conformance.HostAuth, Path: started + "/{deviceAuthenticationID}"},
	}, newValidator(t).Operations())
}

func TestRoute(t *testing.T) {
	v := newValidator(t)
	for _, tt := range []struct {
		name, method string
		host         conformance.Host
		path, want   string
	}{
		{"authentication", "POST", conformance.HostAuth, "/" + envID + "/deviceAuthentications", authentications},
		{"device", "POST", conformance.HostAPI, "/environments/" + envID + "/users/" + userID + "/devices", devices},
		{"parent segment", "POST", conformance.HostAPI, "/environments/" + envID + "/users/../devices", devices},
		{"empty segment", "POST", conformance.HostAPI, "/environments/" + envID + "/users//devices", devices},
		{"other method", "GET", conformance.HostAuth, "/" + envID + "/deviceAuthentications", ""},
		{"other host", "POST", conformance.HostAPI, "/" + envID + "/deviceAuthentications", ""},
		{"doubled version", "POST", conformance.HostAPI, "/v1/environments/e/users/u/devices", ""},
		{"one authentication", "POST", conformance.HostAuth, "/" + envID + "/deviceAuthentications/1", continuation},
		{"one authentication, read", "GET", conformance.HostAuth, "/" + envID + "/deviceAuthentications/1", reading},
		{"one device", "POST", conformance.HostAPI, "/environments/e/users/u/devices/d", activation},
		{"extra segment", "POST", conformance.HostAuth, "/" + envID + "/deviceAuthentications/1/otp", ""},
		{"other case", "POST", conformance.HostAuth, "/" + envID + "/deviceauthentications", ""},
		{"empty path", "POST", conformance.HostAuth, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			operation, ok := v.Route(tt.method, tt.host, tt.path)
			assert.Equal(t, tt.want, operation)
			assert.Equal(t, tt.want != "", ok)
		})
	}
}

func TestValidateRequestBody(t *testing.T) {
	v := newValidator(t)
	const user = `"user":{"id":"` + userID + `"}`
	for _, tt := range []struct {
		name, operation, body string
		want                  []string
	}{
		{"valid", authentications, `{` + user + `}`, []string{}},
		{"no user", authentications, `{}`, []string{" required"}},
		{"empty", authentications, ``, []string{" required"}},
		{"null", authentications, `null`, []string{" type"}},
		{"one-time SMS without phone", authentications, `{` + user + `,"selectedDevice":{"oneTime":{"type":"SMS"}}}`,
			[]string{"/selectedDevice/oneTime required"}},
		{"unknown one-time type", authentications, `{` + user + `,"selectedDevice":{"oneTime":{"type":"FAX"}}}`,
			[]string{"/selectedDevice/oneTime/type discriminator"}},
		{"one-time without type", authentications, `{` + user + `,"selectedDevice":{"oneTime":{"phone":"+14155552671"}}}`,
			[]string{"/selectedDevice/oneTime required"}},
		{"one-time type a number", authentications, `{` + user + `,"selectedDevice":{"oneTime":{"type":1}}}`,
			[]string{"/selectedDevice/oneTime/type type"}},
		{"email in an SMS", authentications,
			`{` + user + `,"selectedDevice":{"oneTime":{"type":"SMS","phone":"+14155552671","email":"a@example.com"}}}`,
			[]string{"/selectedDevice/oneTime/email additionalProperties"}},
		{"neither device", authentications, `{` + user + `,"selectedDevice":{}}`, []string{"/selectedDevice oneOf"}},
		{"both devices", authentications,
			`{` + user + `,"selectedDevice":{"id":"` + userID + `","oneTime":{"type":"EMAIL"}}}`,
			[]string{"/selectedDevice oneOf"}},
		{"a device that is null", authentications, `{` + user + `,"selectedDevice":null}`, []string{"/selectedDevice type"}},
		{"a device that is text", authentications, `{` + user + `,"selectedDevice":"x"}`, []string{"/selectedDevice type"}},
		{"a device with a bad id", authentications, `{` + user + `,"selectedDevice":{"id":"x"}}`,
			[]string{"/selectedDevice/id pattern"}},
		{"a device with an unknown member", authentications, `{` + user + `,"selectedDevice":{"x":1}}`,
			[]string{"/selectedDevice oneOf", "/selectedDevice/x additionalProperties"}},
		{"wrong case", authentications, `{` + user + `,"selecteddevice":{}}`,
			[]string{"/selecteddevice additionalProperties"}},
		{"names that need escaping", authentications, `{` + user + `,"a/b~c":1}`, []string{"/a~1b~0c additionalProperties"}},
		{"two unknown", authentications, `{` + user + `,"b":1,"a":1}`,
			[]string{"/a additionalProperties", "/b additionalProperties"}},
		{"duplicate", authentications, `{` + user + `,` + user + `}`, []string{"/user duplicate"}},
		{"duplicate below", authentications, `{"user":{"id":"` + userID + `","id":"` + userID + `"}}`,
			[]string{"/user/id duplicate"}},
		{"byte order mark", authentications, "\xef\xbb\xbf{" + user + `}`, []string{" bom"}},
		{"trailing comma", authentications, `{` + user + `, }`, []string{" trailingComma"}},
		{"trailing comma below", authentications, `{"user":{"id":"` + userID + `",}}`, []string{"/user trailingComma"}},
		{"trailing bytes", authentications, `{` + user + `}{}`, []string{" trailing"}},
		{"trailing space", authentications, `{` + user + "} \r\n", []string{}},
		{"cut off", authentications, `{"user":{"id":"` + userID, []string{"/user/id syntax"}},
		{"not JSON", authentications, `user=1`, []string{" syntax"}},
		{"not UTF-8", authentications, `{` + user + ",\"mobilePayload\":\"\xff\"}", []string{"/mobilePayload utf8"}},
		{"half a surrogate pair", authentications, `{` + user + `,"mobilePayload":"\ud83d"}`,
			[]string{"/mobilePayload utf8"}},
		{"template variable a number", authentications, `{` + user + `,"notification":{"template":{"variables":{"a":1}}}}`,
			[]string{"/notification/template/variables/a type"}},
		{"SMS device without phone", devices, `{"type":"SMS"}`, []string{" required"}},
		{"unknown device", devices, `{"type":"PAGER"}`, []string{"/type discriminator"}},
		{"a device that is a list", devices, `[]`, []string{" type"}},
		{"bad status", devices, `{"type":"TOTP","status":"BLOCKED"}`, []string{"/status enum"}},
		{"address in brackets", devices, `{"type":"EMAIL","email":"<a@example.com>"}`,
			[]string{"/email pattern"}},
		{"several", devices, `{"type":"VOICE","phone":"1","extension":"x","nickname":1}`,
			[]string{"/extension pattern", "/nickname type", "/phone pattern"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := v.ValidateRequest(tt.operation, request(tt.operation, tt.body))
			assert.Equal(t, tt.want, places(report))
			assert.Equal(t, tt.operation, report.Operation)
		})
	}
}

// The Content-Type selects the schema of the body. Without it, the body is not validated: the action is not known.
func TestValidateRequestMediaType(t *testing.T) {
	v := newValidator(t)
	const contentType = "header:Content-Type contentType"
	for _, tt := range []struct {
		name, operation string
		types           []string
		body            string
		want            []string
	}{
		{"a GET", reading, nil, ``, []string{}},
		{"a GET with a body", reading, nil, `{}`, []string{" forbidden"}},
		{"a GET with a media type and a body", reading, []string{checkOTP}, `{"otp":"1"}`, []string{" forbidden"}},
		{"the right one", continuation, []string{changeDevice}, `{"reason":"CHANGE_DEVICE"}`, []string{}},
		{"parameters", continuation, []string{checkOTP + "; charset=UTF-8"}, `{"otp":"1"}`, []string{}},
		{"that of another action", continuation, []string{checkOTP}, `{"reason":"CHANGE_DEVICE"}`,
			[]string{" required", "/reason additionalProperties"}},
		{"JSON", continuation, []string{"application/json"}, `{"otp":1}`, []string{contentType}},
		{"no media type", continuation, nil, `{"otp":1}`, []string{contentType}},
		{"two", continuation, []string{checkOTP, checkOTP}, `{"otp":1}`, []string{contentType}},
		{"no body", continuation, []string{checkOTP}, ``, []string{" required"}},
		{"resend", activation, []string{resend}, ``, []string{}},
		{"resend with a body", activation, []string{resend}, `{}`, []string{" forbidden"}},
		{"activation without a body", activation, []string{activateDevice}, ``, []string{" required"}},
		{"activation with JSON", activation, []string{"application/json"}, ``, []string{contentType}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := request(tt.operation, tt.body)
			req.Header["Content-Type"] = tt.types
			assert.Equal(t, tt.want, places(v.ValidateRequest(tt.operation, req)))
		})
	}
}

func TestValidateResponseBody(t *testing.T) {
	v := newValidator(t)
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"valid", 201, `{"id":"1","status":"NEW","new":{"id":1}}`, []string{}},
		{"another success", 200, `{"id":"1","status":"NEW"}`, []string{"~status status"}},
		{"no id", 201, `{"status":"NEW"}`, []string{" required"}},
		{"id a number", 201, `{"id":1,"status":"NEW"}`, []string{"/id type"}},
		{"invalid time", 201, `{"id":"1","status":"NEW","createdAt":"today"}`, []string{"~/createdAt format"}},
		{"wrong type below", 201, `{"id":"1","status":"NEW","_embedded":{"devices":[{"id":1}]}}`,
			[]string{"~/_embedded/devices/0/id type"}},
		{"duplicate optional", 201, `{"id":"1","status":"NEW","user":{},"user":{}}`, []string{"~/user duplicate"}},
		{"duplicate in an unknown member", 201, `{"id":"1","status":"NEW","x":{"y":1,"y":1}}`, []string{"~/x/y duplicate"}},
		{"duplicate required", 201, `{"id":"1","status":"NEW","id":"2"}`, []string{"~/id duplicate"}},
		{"last duplicate invalid", 201, `{"id":"1","status":"NEW","id":2}`, []string{"~/id duplicate", "/id type"}},
		{"byte order mark", 201, "\xef\xbb\xbf" + `{"id":"1","status":"NEW"}`, []string{"~ bom"}},
		{"not UTF-8 in a required member", 201, "{\"id\":\"\xff\",\"status\":\"NEW\"}", []string{"/id utf8"}},
		{"not UTF-8 in an unknown member", 201, "{\"id\":\"1\",\"status\":\"NEW\",\"x\":\"\xff\"}", []string{"~/x utf8"}},
		{"trailing", 201, `{"id":"1","status":"NEW"}x`, []string{" trailing"}},
		{"null", 201, `null`, []string{" type"}},
		{"empty", 201, ``, []string{" required"}},
		{"no content", 204, ``, []string{" required", "~status status"}},
		{"an untyped null", 201, `{"id":"1","status":"NEW","test":{"otp":null}}`, []string{}},
		{"broken error", 400, `{`, []string{"~ syntax"}},
		{"error without code", 500, `{}`, []string{"~ required"}},
		{"another refusal", 410, `{}`, []string{"~ required"}},
		{"teapot", 418, `{`, []string{"~status status"}},
		{"redirect", 302, `{"code":"X"}`, []string{"~status status"}},
		{"continue", 100, ``, []string{"status status"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, places(v.ValidateResponse(authentications, response(tt.status, tt.body))))
		})
	}
}

func TestValidateResponseHeaders(t *testing.T) {
	v := newValidator(t)
	const body = `{"id":"1","status":"NEW"}`
	for _, tt := range []struct {
		name   string
		status int
		types  []string
		body   string
		want   []string
	}{
		{"charset", 201, []string{"application/json;charset=utf-8"}, body, []string{}},
		{"HAL", 201, []string{"application/hal+json"}, body, []string{"~header:Content-Type contentType"}},
		{"none", 201, nil, body, []string{"~header:Content-Type contentType"}},
		{"none, and no JSON", 201, nil, "<html>", []string{" syntax", "~header:Content-Type contentType"}},
		{"two", 201, []string{"application/json", "application/json"}, body, []string{"header:Content-Type contentType"}},
		{"unreadable", 201, []string{"json"}, body, []string{"header:Content-Type contentType"}},
		{"page", 201, []string{"text/html"}, "<html>", []string{"header:Content-Type contentType"}},
		{"described page", 503, []string{"text/html"}, "<html>", []string{}},
		{"page of a 502", 502, []string{"text/html"}, "<html>", []string{}},
		{"page of a 400", 400, []string{"text/html"}, "<html>", []string{"~header:Content-Type contentType"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp := response(tt.status, tt.body)
			resp.Header["Content-Type"] = tt.types
			assert.Equal(t, tt.want, places(v.ValidateResponse(authentications, resp)))
		})
	}
	t.Run("HAL of a device", func(t *testing.T) {
		resp := response(201, `{"id":"1"}`)
		resp.Header.Set("Content-Type", "application/hal+json;charset=UTF-8")
		assert.Equal(t, []string{" required"}, places(v.ValidateResponse(devices, resp)))
	})
	t.Run("the passcode was sent again", func(t *testing.T) {
		assert.Empty(t, v.ValidateResponse(activation, conformance.Response{Status: 204}).Findings)
	})
	t.Run("repeated", func(t *testing.T) {
		resp := response(201, body)
		resp.Header["Correlation-Id"] = []string{"1", "2"}
		assert.Equal(t, []string{"~header:Correlation-Id repeated"}, places(v.ValidateResponse(authentications, resp)))
	})
}

func TestUnknownOperation(t *testing.T) {
	v := newValidator(t)
	for _, report := range []conformance.Report{
		v.ValidateRequest("noSuchOperation", conformance.Request{}),
		v.ValidateResponse("noSuchOperation", conformance.Response{}),
	} {
		assert.Equal(t, []string{"operation operation"}, places(report))
		assert.Equal(t, conformance.Invalid, report.Verdict())
	}
}

// A changed description gives other findings. The constraint coverage relies on that.
func TestNewValidatorFor(t *testing.T) {
	changed := strings.Replace(string(openapi.YAML), "required: [type, phone]", "required: [type]", 1)
	require.NotEqual(t, string(openapi.YAML), changed)
	v, err := conformance.NewValidatorFor([]byte(changed))
	require.NoError(t, err)
	body := `{"user":{"id":"` + userID + `"},"selectedDevice":{"oneTime":{"type":"SMS"}}}`
	assert.Empty(t, v.ValidateRequest(authentications, request(authentications, body)).Findings)
	assert.NotEmpty(t, newValidator(t).ValidateRequest(authentications, request(authentications, body)).Findings)

	for _, spec := range []string{"", "{", "openapi: 3.0.3", strings.Replace(changed, "type: object", "type: objekt", 1)} {
		_, err := conformance.NewValidatorFor([]byte(spec))
		assert.Error(t, err)
	}
}

// With its own error details, kin-openapi would be quadratic in the number of unknown members: minutes and gigabytes.
func TestManyUnknownMembers(t *testing.T) {
	v := newValidator(t)
	var members strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&members, `"k%d":1,`, i)
	}
	user := `"user":{"id":"` + userID + `"}`
	report := v.ValidateRequest(authentications, request(authentications, `{`+members.String()+user+`}`))
	assert.Len(t, report.Findings, 20_000)
	report = v.ValidateRequest(authentications,
		request(authentications, `{"selectedDevice":{`+members.String()+`"x":1},`+user+`}`))
	assert.Len(t, report.Findings, 20_002) // one for each unknown member, and one for the oneOf
}

func TestValidatorIsSafeForConcurrentUse(t *testing.T) {
	v, vectors := newValidator(t), loadVectors(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, vector := range vectors {
				if r := vector.Request; r != nil {
					assert.Equal(t, r.Verdict, v.ValidateRequest(vector.Operation, r.Wire()).Verdict())
				}
				if r := vector.Response; r != nil {
					assert.Equal(t, r.Verdict, v.ValidateResponse(vector.Operation, r.Wire()).Verdict())
				}
			}
		})
	}
	group.Wait()
}
