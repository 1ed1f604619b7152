package pingmfatest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
	smsID   = "6697f628-7712-4e71-b52b-920ba0635020"
	voiceID = "37df7055-5fc8-4850-8391-dc2af4289345"
	pushID  = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a01"
	fido2ID = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a02"
	totpID  = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a03"
	testID  = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a04"
)

const assertion = `{"origin":"https://login.example.com","assertion":"{\"id\":\"Y3JlZGVudGlhbA\"}"}`

// someDevices adds a user with a device of each kind, and returns the user's id.
func someDevices(srv *pingmfatest.Server) (userID string) {
	return srv.AddUser(pingmfatest.User{ID: someUser, Devices: []pingmfatest.Device{
		{"id": smsID, "type": "SMS", "phone": "+14135550150"},
		{"id": voiceID, "type": "VOICE", "phone": "+12015550111"},
		{"id": pushID, "type": "MOBILE"},
		{"id": fido2ID, "type": "FIDO2"},
		{"id": totpID, "type": "TOTP"},
		{"id": testID, "type": "EMAIL", "email": "person@example.com", "testMode": true},
	}})
}

// start starts an authentication of the user of someDevices and returns its id.
func start(t *testing.T, srv *pingmfatest.Server, deviceID string) (id string) {
	t.Helper()
	body := user(someDevices(srv))
	if deviceID != "" {
		body = body[:len(body)-1] + `,"selectedDevice":{"id":"` + deviceID + `"}}`
	}
	response := authenticate(t, srv, body)
	require.Equal(t, http.StatusCreated, response.status)
	return response.text("id")
}

// A page of the vendor's has a user with two devices; this is what follows.
func TestLoginBySelection(t *testing.T) {
	clock := newClock()
	srv := pingmfatest.NewServer(t, plainAt(clock.Now))
	started := authenticate(t, srv, srv.UserWithSeveralDevices().Request)
	id := started.text("id")
	assert.Equal(t, started.raw, read(t, srv, id).raw)

	srv.Advance(time.Second)
	selected := selectDevice(t, srv, id, voiceID)
	assert.Equal(t, http.StatusOK, selected.status)
	self := `{"href":"` + srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications/" + id + `"}`
	want := `{"_links":{"self":` + self + `,"device.select":` + self + `,"otp.check":` + self + `},
		"_embedded":{"devices":[
			{"id":"` + smsID + `","type":"SMS","status":"ACTIVE","usableStatus":{"status":"ENABLED"},"phone":"*******50",
				"testMode":true},
			{"id":"` + voiceID + `","type":"VOICE","status":"ACTIVE","usableStatus":{"status":"ENABLED"},
				"phone":"*******11","extension":"#313"}]},
		"id":"` + id + `","environment":{"id":"` + srv.EnvironmentID + `"},"status":"OTP_REQUIRED",
		"policy":{"id":"5a0a0950-8a81-4739-b12a-f4d6a11c7a82"},"user":{"id":"b30ac647-e33e-464f-a6ea-0275082d4c26"},
		"selectedDevice":{"id":"` + voiceID + `"},
		"createdAt":"2026-02-03T04:05:06.789Z","updatedAt":"2026-02-03T04:05:07.789Z"}`
	assert.JSONEq(t, want, selected.raw)
	assert.Equal(t, selected.raw, read(t, srv, id).raw)
	messages := srv.Messages()
	require.Len(t, messages, 1)
	assert.Equal(t, pingmfatest.Message{
		Time: clock.Now().Add(time.Second), UserID: "b30ac647-e33e-464f-a6ea-0275082d4c26",
		Operation: pingmfatest.OpContinueDeviceAuthentication, AuthenticationID: id, DeviceID: voiceID,
		Channel: "VOICE", Recipient: "+12015550111", Template: "transaction", Locale: "fr-CA",
		Variables: map[string]string{"account": "1234"}, Passcode: messages[0].Passcode,
	}, messages[0])

	srv.Advance(time.Second)
	completed := checkOTP(t, srv, id, messages[0].Passcode)
	assert.Equal(t, http.StatusOK, completed.status)
	want = strings.NewReplacer(
		`,"device.select":`+self+`,"otp.check":`+self, "", "OTP_REQUIRED", "COMPLETED", "07.789Z", "08.789Z",
	).Replace(want)
	assert.JSONEq(t, want, completed.raw)
	srv.Advance(time.Second)
	assert.Equal(t, completed.raw, read(t, srv, id).raw)
	for _, request := range srv.Requests() {
		assert.True(t, request.Acted)
	}
}

func TestEachKindOfDeviceCompletes(t *testing.T) {
	for name, test := range map[string]struct {
		deviceID, status string
		messages         int
		finish           func(*testing.T, *pingmfatest.Server, reply) reply
	}{
		"SMS": {smsID, "OTP_REQUIRED", 1, func(t *testing.T, srv *pingmfatest.Server, r reply) reply {
			return checkOTP(t, srv, r.text("id"), lastPasscode(t, srv))
		}},
		"test mode": {testID, "OTP_REQUIRED", 0, func(t *testing.T, srv *pingmfatest.Server, r reply) reply {
			return checkOTP(t, srv, r.text("id"), r.text("test", "otp"))
		}},
		"TOTP": {totpID, "OTP_REQUIRED", 0, func(t *testing.T, srv *pingmfatest.Server, r reply) reply {
			return checkOTP(t, srv, r.text("id"), srv.Passcode(totpID))
		}},
		"FIDO2": {fido2ID, "ASSERTION_REQUIRED", 0, func(t *testing.T, srv *pingmfatest.Server, r reply) reply {
			return proceed(t, srv, r.text("id"), "assertion.check", assertion)
		}},
		"MOBILE": {pushID, "PUSH_CONFIRMATION_REQUIRED", 1, func(t *testing.T, srv *pingmfatest.Server, r reply) reply {
			require.NoError(t, srv.ConfirmPush(r.text("id")))
			return read(t, srv, r.text("id"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plain)
			id := start(t, srv, "")
			selected := selectDevice(t, srv, id, test.deviceID)
			assert.Equal(t, test.status, selected.at("status"))
			assert.Len(t, srv.Messages(), test.messages)
			assert.Equal(t, selected.raw, read(t, srv, id).raw, "reading changes nothing")
			completed := test.finish(t, srv, selected)
			assert.Equal(t, http.StatusOK, completed.status)
			assert.Equal(t, "COMPLETED", completed.at("status"))
			assert.Nil(t, completed.at("test"))
			assert.Nil(t, completed.at("publicKeyCredentialRequestOptions"))
		})
	}
}

func TestAssertions(t *testing.T) {
	for body, right := range map[string]bool{
		`{"origin":"https://login.example.com","assertion":"{\"id\":\"a\"}","compatibility":"FULL"}`: true,
		`{"origin":"https://login.example.com","assertion":"{\"id\":\"\"}"}`:                         false,
		`{"origin":"https://login.example.com","assertion":"{\"id\":1}"}`:                            false,
		`{"origin":"https://login.example.com","assertion":"{}"}`:                                    false,
		`{"origin":"https://login.example.com","assertion":"[{\"id\":\"a\"}]"}`:                      false,
		`{"origin":"https://login.example.com","assertion":"null"}`:                                  false,
		`{"origin":"https://login.example.com","assertion":"eyJhbGciOiJub25lIn0.e30."}`:              false,
	} {
		t.Run(body, func(t *testing.T) {
			srv := pingmfatest.NewServer(t)
			id := start(t, srv, fido2ID)
			response := proceed(t, srv, id, "assertion.check", body)
			if right {
				assert.Equal(t, http.StatusOK, response.status)
				assert.Equal(t, "COMPLETED", response.at("status"))
				return
			}
			assert.Equal(t, map[string]any{
				"code": "INVALID_VALUE", "message": "The credential is not valid.", "target": "assertion",
			}, refused(t, response, http.StatusBadRequest, "INVALID_DATA", ""))
			assert.Equal(t, "ASSERTION_REQUIRED", read(t, srv, id).at("status"))
		})
	}
}

// PingID Desktop sends a JWT as its assertion.
func TestDesktopAssertion(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	userID := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "PINGID_DESKTOP_GEN2"}}})
	for assertion, status := range map[string]int{`{\"id\":\"a\"}`: 400, "eyJhbGciOiJub25lIn0.e30.": 200} {
		id := authenticate(t, srv, user(userID)).text("id")
		body := `{"origin":"https://login.example.com","assertion":"` + assertion + `"}`
		assert.Equal(t, status, proceed(t, srv, id, "assertion.check", body).status)
	}
}

func TestOneTimeContactToTheEnd(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	request := `{"user":{"id":"` + someDevices(srv) + `"},
		"selectedDevice":{"oneTime":{"type":"EMAIL","email":"other@example.com"%}}}`
	started := authenticate(t, srv, strings.Replace(request, "%", "", 1))
	id := started.text("id")
	assert.Equal(t, started.raw, read(t, srv, id).raw)
	passcode := lastPasscode(t, srv)
	refused(t, checkOTP(t, srv, id, wrong(passcode)), http.StatusBadRequest, "INVALID_DATA", "INVALID_OTP")
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, passcode).at("status"))

	started = authenticate(t, srv, strings.Replace(request, "%", `,"testMode":true`, 1))
	assert.Len(t, srv.Messages(), 1)
	contact := map[string]any{"type": "EMAIL", "email": "o****@example.com"}
	assert.Equal(t, map[string]any{"oneTime": contact}, started.at("selectedDevice"))
	completed := checkOTP(t, srv, started.text("id"), started.text("test", "otp"))
	assert.Equal(t, "COMPLETED", completed.at("status"))

	// The user has paired devices and can change to one of them.
	id = authenticate(t, srv, strings.Replace(request, "%", "", 1)).text("id")
	changed := proceed(t, srv, id, changeDevice, `{"reason":"CHANGE_DEVICE"}`)
	assert.Equal(t, map[string]any{"oneTime": contact}, changed.at("selectedDevice"))
	assert.Len(t, changed.at("_embedded", "devices"), 6)
	selected := selectDevice(t, srv, id, voiceID)
	assert.Equal(t, map[string]any{"id": voiceID}, selected.at("selectedDevice"))
	assert.Equal(t, voiceID, srv.Messages()[2].DeviceID)
}

func TestActionsThatTheStatusDoesNotAllow(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	for _, test := range []struct{ deviceID, action, body string }{
		{"", "otp.check", `{"otp":"123456"}`}, {pushID, "otp.check", `{"otp":"123456"}`},
		{fido2ID, "otp.check", `{"otp":"123456"}`}, {"", "assertion.check", assertion},
		{smsID, "assertion.check", assertion}, {pushID, "assertion.check", assertion},
	} {
		id := start(t, srv, test.deviceID)
		before := read(t, srv, id).at("status")
		response := proceed(t, srv, id, test.action, test.body)
		assert.Equal(t, map[string]any{
			"code": "CONSTRAINT_VIOLATION", "message": "The state of the resource does not allow it.", "target": "status",
		}, refused(t, response, http.StatusBadRequest, "INVALID_REQUEST", ""))
		assert.Equal(t, before, read(t, srv, id).at("status"))
	}
}

// A client can read the result of a finished authentication, but change nothing any more.
func TestFinishedAuthentications(t *testing.T) {
	for status, finish := range map[string]func(*pingmfatest.Server, string) error{
		"COMPLETED": func(srv *pingmfatest.Server, id string) error { return srv.ConfirmPush(id) },
		"FAILED":    func(srv *pingmfatest.Server, id string) error { return srv.DenyPush(id) },
		"PUSH_CONFIRMATION_TIMED_OUT": func(srv *pingmfatest.Server, _ string) error {
			srv.Advance(time.Minute)
			return nil
		},
	} {
		t.Run(status, func(t *testing.T) {
			srv := pingmfatest.NewServer(t)
			id := start(t, srv, pushID)
			require.NoError(t, finish(srv, id))
			for action, body := range map[string]string{
				"device.select": `{"device":{"id":"` + smsID + `"}}`, "otp.check": `{"otp":"123456"}`,
				"assertion.check": assertion, changeDevice: `{"reason":"CHANGE_DEVICE"}`,
			} {
				refused(t, proceed(t, srv, id, action, body), http.StatusNotFound, "NOT_FOUND", "")
			}
			assert.Equal(t, status, read(t, srv, id).at("status"))
			assert.Len(t, srv.Messages(), 1)
		})
	}
}

func TestUnknownAuthenticationIsNotAViolation(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, smsID)
	refused(t, read(t, srv, unknownID), http.StatusNotFound, "NOT_FOUND", "")
	refused(t, checkOTP(t, srv, unknownID, "123456"), http.StatusNotFound, "NOT_FOUND", "")
	elsewhere := srv.AuthURL + "/" + unknownID + "/deviceAuthentications/" + id
	response := send(t, srv.Client(), http.MethodGet, elsewhere, bearer(srv.Token()), "")
	refused(t, response, http.StatusNotFound, "NOT_FOUND", "")
	response = send(t, srv.Client(), http.MethodPost, elsewhere, forAction(srv, "otp.check"), `{"otp":"123456"}`)
	refused(t, response, http.StatusNotFound, "NOT_FOUND", "")
	assert.Equal(t, "OTP_REQUIRED", read(t, srv, id).at("status"))
}

func TestDisabledUser(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, smsID)
	srv.AddUser(pingmfatest.User{ID: someUser, Disabled: true})
	detail := map[string]any{"code": "ACCOUNT_NOT_USABLE", "message": "The user cannot be used."}
	for _, response := range []reply{
		authenticate(t, srv, user(someUser)),
		checkOTP(t, srv, id, lastPasscode(t, srv)),
		selectDevice(t, srv, id, smsID),
	} {
		assert.Equal(t, detail, refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", ""))
	}
	assert.Equal(t, "OTP_REQUIRED", read(t, srv, id).at("status"))
	assert.Len(t, srv.Messages(), 1)
}

// One of several concurrent checks of the right passcode completes the authentication.
func TestConcurrentChecks(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, smsID)
	passcode := lastPasscode(t, srv)
	const callers = 16
	statuses := make([]int, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() { statuses[i] = checkOTP(t, srv, id, passcode).status })
		group.Go(func() { read(t, srv, id); _ = srv.ConfirmPush(id); srv.Advance(time.Nanosecond); srv.Devices(someUser) })
	}
	group.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	assert.Equal(t, map[int]int{http.StatusOK: 1, http.StatusNotFound: callers - 1}, counts)
	assert.Equal(t, "COMPLETED", read(t, srv, id).at("status"))
}
