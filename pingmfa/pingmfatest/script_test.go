package pingmfatest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestScriptedResponsesReplaceTheFakesOwn(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	srv.Script(pingmfatest.OpCreateDeviceAuthentication,
		pingmfatest.Response{Status: 429, Header: http.Header{"retry-after": {"7"}}, Body: `{"code":"REQUEST_LIMITED"}`},
		pingmfatest.Response{
			Status: 503, Header: http.Header{"Content-Type": {"text/html"}, "Correlation-Id": {"mine"}},
			Body: "<html></html>", Acted: true,
		},
	)
	srv.Script(pingmfatest.OpCreateDevice, pingmfatest.Response{Status: 201, Body: `{`})
	assert.Len(t, srv.Pending(), 3)
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
	try := func() reply {
		return send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), person.Request)
	}

	response := try()
	assert.Equal(t, 429, response.status)
	assert.Equal(t, "7", response.header.Get("Retry-After"))
	assert.Equal(t, "application/json", response.header.Get("Content-Type"))
	assert.NotEmpty(t, response.header.Get("Correlation-Id"))
	assert.Empty(t, srv.Messages(), "the fake did not act")

	response = try()
	assert.Equal(t, 503, response.status)
	assert.Equal(t, "<html></html>", response.raw)
	assert.Equal(t, "text/html", response.header.Get("Content-Type"))
	assert.Equal(t, "mine", response.header.Get("Correlation-Id"))
	assert.Len(t, srv.Messages(), 1, "the fake acted, despite the response")

	assert.Equal(t, 201, try().status, "the queue is empty")
	var acted []bool
	for _, request := range srv.Requests() {
		acted = append(acted, request.Acted)
	}
	assert.Equal(t, []bool{false, true, true}, acted)

	device := send(t, srv.Client(), http.MethodPost, srv.APIURL+"/environments/"+srv.EnvironmentID+"/users/"+
		person.UserID+"/devices", bearer(srv.Token()), `{"type":"TOTP"}`)
	assert.Equal(t, "{", device.raw)
	assert.Len(t, srv.Devices(person.UserID), 1, "the fake did not act")
	assert.Empty(t, srv.Pending())
}

func TestScriptedNilHeaderIsNotSent(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	srv.Script(pingmfatest.OpToken, pingmfatest.Response{
		Header: http.Header{"Content-Type": nil, "correlation-id": nil}, Body: "hello",
	})
	response := fetchToken(t, srv)
	assert.Equal(t, http.StatusOK, response.status)
	assert.Equal(t, "hello", response.raw)
	assert.NotContains(t, response.header, "Content-Type")
	assert.NotContains(t, response.header, "Correlation-Id")
	assert.Len(t, srv.Requests(pingmfatest.OpToken), 1, "a scripted request counts")
}

// Scripts and faults of the operations that finish what others have started: first without acting, then after acting.
func TestScriptsAndFaultsOfTheNextStep(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, totpID)
	waitingID := srv.AddDevice(someUser, pingmfatest.Device{"type": "TOTP", "status": "ACTIVATION_REQUIRED"})
	authentication := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications/" + id
	device := srv.APIURL + "/environments/" + srv.EnvironmentID + "/users/" + someUser + "/devices/" + waitingID
	for _, test := range []struct {
		operation, method, target, action, body string
		state                                   func() any // that the operation changes
		before, after                           any
	}{
		{pingmfatest.OpReadDeviceAuthentication, http.MethodGet, authentication, "", "",
			func() any { return read(t, srv, id).status }, http.StatusOK, http.StatusOK},
		{pingmfatest.OpContinueDeviceAuthentication, http.MethodPost, authentication, "otp.check", otp(srv.Passcode(totpID)),
			func() any { return read(t, srv, id).at("status") }, "OTP_REQUIRED", "COMPLETED"},
		{pingmfatest.OpActivateDevice, http.MethodPost, device, "device.activate", otp(srv.Passcode(waitingID)),
			func() any { return srv.Devices(someUser)[6]["status"] }, "ACTIVATION_REQUIRED", "ACTIVE"},
	} {
		t.Run(test.operation, func(t *testing.T) {
			next := func(want int, wantActed bool) {
				header := bearer(srv.Token())
				if test.action != "" {
					header = forAction(srv, test.action)
				}
				response := send(t, srv.Client(), test.method, test.target, header, test.body)
				assert.Equal(t, want, response.status)
				requests := srv.Requests(test.operation)
				assert.Equal(t, wantActed, requests[len(requests)-1].Acted)
			}
			srv.Script(test.operation, pingmfatest.Response{Status: http.StatusTeapot})
			srv.Inject(test.operation, pingmfatest.FaultGatewayPage)
			next(http.StatusTeapot, false)
			next(http.StatusBadGateway, false)
			assert.Equal(t, test.before, test.state())
			srv.Inject(test.operation, pingmfatest.FaultGatewayPage.AfterActing())
			next(http.StatusBadGateway, true)
			assert.Equal(t, test.after, test.state())
		})
	}
}

func TestPatternsOfScripts(t *testing.T) {
	for pattern, matches := range map[string]bool{
		"GET /{environmentID}/flows/{id}":    true,
		"GET /{environmentID}/flows/x":       true,
		"POST /{environmentID}/flows/{id}":   false,
		"GET /{environmentID}/flows":         false,
		"GET /{environmentID}/flows/{id}/{}": false,
		"GET /{environmentID}/devices/{id}":  false,
	} {
		t.Run(pattern, func(t *testing.T) {
			tb := &recorder{TB: t}
			srv := pingmfatest.NewServer(tb)
			srv.Script(pattern, pingmfatest.Response{Body: "{}"})
			response := send(t, srv.Client(), http.MethodGet, srv.AuthURL+"/"+unknownID+"/flows/x", nil, "")
			assert.Equal(t, matches, response.status == http.StatusOK)
			assert.Equal(t, matches, len(tb.finish()) == 0)
		})
	}
}

func TestScriptByPathOfAnOperation(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithEmailDevice()
	srv.Script("POST /{environmentID}/deviceAuthentications", pingmfatest.Response{Status: 500, Acted: true})
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
	response := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), person.Request)
	assert.Equal(t, 500, response.status)
	assert.Len(t, srv.Messages(), 1)
}

func TestRefusedRequestsUseNoScript(t *testing.T) {
	tb := &recorder{TB: t}
	srv := pingmfatest.NewServer(tb)
	person := srv.UserWithEmailDevice()
	srv.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{Status: 500})
	target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
	response := send(t, srv.Client(), http.MethodPost, target, bearer("bad"), person.Request)
	assert.Equal(t, 401, response.status)
	assert.Equal(t, 400, authenticate(t, srv, `{}`).status)
	assert.Equal(t, []string{pingmfatest.OpCreateDeviceAuthentication}, srv.Pending())
	failures := tb.finish()
	require.Len(t, failures, 2)
	assert.Contains(t, failures[1], "left over: createDeviceAuthentication")
}
