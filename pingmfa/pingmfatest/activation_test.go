package pingmfatest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestActivation(t *testing.T) {
	for kind, request := range created {
		t.Run(kind, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plain)
			userID := srv.AddUser(pingmfatest.User{})
			notification := `,"notification":{"template":{"locale":"fr-CA","variables":{"account":"1234"}}}`
			messages := kind != "TOTP" && kind != "FIDO2"
			if !messages {
				notification = ""
			}
			response := create(t, srv, userID, withMembers(request, `,"status":"ACTIVATION_REQUIRED"`+notification))
			require.Equal(t, http.StatusCreated, response.status)
			assert.Equal(t, "ACTIVATION_REQUIRED", response.at("status"))
			assert.Equal(t, response.at("_links", "self"), response.at("_links", "device.activate"))
			assert.Nil(t, response.at("notification"))
			if !messages {
				assert.Empty(t, srv.Messages())
				return
			}
			require.Len(t, srv.Messages(), 1)
			message := srv.Messages()[0]
			assert.Equal(t, pingmfatest.OpCreateDevice, message.Operation)
			assert.Equal(t, kind, message.Channel)
			assert.Contains(t, []any{response.at("phone"), response.at("email")}, any(message.Recipient))
			assert.Equal(t, response.at("id"), message.DeviceID)
			assert.Equal(t, "fr-CA", message.Locale)
			assert.Equal(t, map[string]string{"account": "1234"}, message.Variables)
			assert.Equal(t, "FAILED", authenticate(t, srv, user(userID)).at("status"), "the device is not active")
		})
	}
}

const attestation = `{"origin":"https://login.example.com","attestation":"{\"id\":\"Y3JlZGVudGlhbA\"}"}`

const waiting = `,"status":"ACTIVATION_REQUIRED"`

func otp(passcode string) string { return `{"otp":"` + passcode + `"}` }

func TestActivatedDevice(t *testing.T) {
	for kind, request := range created {
		t.Run(kind, func(t *testing.T) {
			clock := newClock()
			srv := pingmfatest.NewServer(t, plainAt(clock.Now))
			userID := srv.AddUser(pingmfatest.User{})
			device := create(t, srv, userID, withMembers(request, waiting))
			id := device.text("id")
			proof := attestation
			switch kind {
			case "TOTP":
				proof = otp(srv.Passcode(id))
			case "FIDO2":
			default:
				proof = otp(lastPasscode(t, srv))
			}
			srv.Advance(time.Second)
			response := activate(t, srv, userID, id, "device.activate", proof)
			require.Equal(t, http.StatusOK, response.status)
			want := device.body
			for _, name := range []string{"secret", "keyUri", "publicKeyCredentialCreationOptions"} {
				delete(want, name) // that only the response of createDevice has
			}
			links, _ := want["_links"].(map[string]any)
			delete(links, "device.activate")
			want["status"], want["updatedAt"] = "ACTIVE", "2026-02-03T04:05:07.789Z"
			assert.Equal(t, want, response.body)
			assert.Equal(t, "ACTIVE", srv.Devices(userID)[0]["status"])

			// It can be used, and not activated again.
			assert.Equal(t, id, authenticate(t, srv, user(userID)).at("selectedDevice", "id"))
			for _, action := range []string{"device.activate", "device.sendActivationCode"} {
				body := map[bool]string{true: proof}[action == "device.activate"]
				assert.Equal(t, map[string]any{
					"code": "CONSTRAINT_VIOLATION", "message": "The state of the resource does not allow it.",
					"target": "status",
				}, refused(t, activate(t, srv, userID, id, action, body), http.StatusBadRequest, "INVALID_REQUEST", ""))
			}
		})
	}
}

func TestSendActivationCode(t *testing.T) {
	for kind, request := range created {
		t.Run(kind, func(t *testing.T) {
			clock := newClock()
			srv := pingmfatest.NewServer(t, plainAt(clock.Now), seeded(1))
			userID := srv.AddUser(pingmfatest.User{})
			if kind == "TOTP" || kind == "FIDO2" {
				id := create(t, srv, userID, withMembers(request, waiting)).text("id")
				response := activate(t, srv, userID, id, "device.sendActivationCode", "")
				detail := refused(t, response, http.StatusBadRequest, "INVALID_REQUEST", "CONSTRAINT_VIOLATION")
				assert.Equal(t, "type", detail["target"])
				return
			}
			id := create(t, srv, userID, withMembers(request, waiting+
				`,"notification":{"template":{"locale":"fr-CA","variant":"short","variables":{"account":"1234"}}}`)).text("id")
			srv.Advance(time.Minute)
			response := activate(t, srv, userID, id, "device.sendActivationCode", "")
			assert.Equal(t, http.StatusNoContent, response.status)
			assert.Empty(t, response.raw)
			assert.NotContains(t, response.header, "Content-Type")
			assert.True(t, srv.Requests(pingmfatest.OpActivateDevice)[0].Acted)

			messages := srv.Messages()
			require.Len(t, messages, 2)
			want := messages[0]
			want.Time, want.Operation, want.Passcode = clock.Now().Add(time.Minute), "activateDevice", messages[1].Passcode
			assert.Equal(t, want, messages[1])
			assert.Equal(t, clock.Now(), messages[0].Time)
			assert.Empty(t, messages[1].AuthenticationID)
			triesLeft(t, activate(t, srv, userID, id, "device.activate", otp(messages[0].Passcode)), 2)
			response = activate(t, srv, userID, id, "device.activate", otp(messages[1].Passcode))
			assert.Equal(t, "ACTIVE", response.at("status"))
		})
	}
}

func TestActivationInTestMode(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain, seeded(1))
	userID := srv.AddUser(pingmfatest.User{})
	device := create(t, srv, userID, withMembers(created["SMS"], waiting+`,"testMode":true`))
	assert.Equal(t, true, device.at("testMode"))
	id, first := device.text("id"), device.text("test", "otp")
	assert.Regexp(t, `^[0-9]{6}$`, first)
	again := activate(t, srv, userID, id, "device.sendActivationCode", "")
	assert.Equal(t, http.StatusOK, again.status, "the passcode must be in the response")
	triesLeft(t, activate(t, srv, userID, id, "device.activate", otp(first)), 2)
	response := activate(t, srv, userID, id, "device.activate", otp(again.text("test", "otp")))
	assert.Equal(t, "ACTIVE", response.at("status"))
	assert.Nil(t, response.at("test"))
	assert.Empty(t, srv.Messages())
}

func TestWrongActivationPasscodes(t *testing.T) {
	clock := newClock()
	for _, kind := range []string{"SMS", "TOTP"} {
		srv := pingmfatest.NewServer(t, plainAt(clock.Now), seeded(1), func(o *pingmfatest.Options) {
			o.FailAfterTries = true // it is for authentications only
		})
		userID := srv.AddUser(pingmfatest.User{})
		id := create(t, srv, userID, withMembers(created[kind], waiting)).text("id")
		right := func() string {
			if kind == "TOTP" {
				return srv.Passcode(id)
			}
			return lastPasscode(t, srv)
		}
		try := func(passcode string) reply { return activate(t, srv, userID, id, "device.activate", otp(passcode)) }
		triesLeft(t, try("000000"), 2)
		triesLeft(t, try("000000"), 1)
		coolingDown(t, try("000000"), clock.Now().Add(2*time.Minute))
		coolingDown(t, try(right()), clock.Now().Add(2*time.Minute))
		coolingDown(t, activate(t, srv, userID, id, "device.sendActivationCode", ""), clock.Now().Add(2*time.Minute))
		assert.Equal(t, "ACTIVATION_REQUIRED", srv.Devices(userID)[0]["status"])
		srv.Advance(2 * time.Minute)
		if kind == "SMS" {
			srv.Advance(28 * time.Minute)
			triesLeft(t, try(right()), 2) // it is too old
			assert.Equal(t, 204, activate(t, srv, userID, id, "device.sendActivationCode", "").status)
		}
		response := try(right())
		assert.Equal(t, "ACTIVE", response.at("status"))
		assert.Equal(t, map[string]any{"status": "UNLOCKED"}, response.at("lock"))
	}
}

// PingID Desktop sends a JWT as its attestation. No request creates such a device, but a user can have one.
func TestDesktopAttestation(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	userID := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{
		{"type": "PINGID_DESKTOP_GEN2", "status": "ACTIVATION_REQUIRED"},
	}})
	id, _ := srv.Devices(userID)[0]["id"].(string)
	for _, test := range []struct {
		body   string
		status int
	}{
		{otp("123456"), 400}, {attestation, 400}, {`{"origin":"https://login.example.com","attestation":"a.b.c"}`, 200},
	} {
		assert.Equal(t, test.status, activate(t, srv, userID, id, "device.activate", test.body).status, test.body)
	}
}

func TestActivationByTheWrongProof(t *testing.T) {
	for kind, test := range map[string]struct{ body, code, message, target string }{
		"SMS": {attestation, "REQUIRED_VALUE", "The device is activated by this property.", "otp"},
		"FIDO2": {`{"otp":"123456"}`, "REQUIRED_VALUE", "The device is activated by this property.",
			"attestation"},
		"FIDO2 ": {`{"origin":"https://login.example.com","attestation":"{}"}`, "INVALID_VALUE",
			"The credential is not valid.", "attestation"},
	} {
		srv := pingmfatest.NewServer(t)
		userID := srv.AddUser(pingmfatest.User{})
		id := create(t, srv, userID, withMembers(created[strings.TrimSpace(kind)], waiting)).text("id")
		response := activate(t, srv, userID, id, "device.activate", test.body)
		assert.Equal(t, map[string]any{"code": test.code, "message": test.message, "target": test.target},
			refused(t, response, http.StatusBadRequest, "INVALID_DATA", ""))
		assert.Equal(t, "ACTIVATION_REQUIRED", srv.Devices(userID)[0]["status"])
	}
}

func TestUnknownDeviceIsNotAViolation(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	userID := srv.AddUser(pingmfatest.User{})
	id := create(t, srv, userID, withMembers(created["SMS"], waiting)).text("id")
	body := otp(lastPasscode(t, srv))
	refused(t, activate(t, srv, userID, unknownID, "device.activate", body), http.StatusNotFound, "NOT_FOUND", "")
	refused(t, activate(t, srv, unknownID, id, "device.activate", body), http.StatusNotFound, "NOT_FOUND", "")
	elsewhere := srv.APIURL + "/environments/" + unknownID + "/users/" + userID + "/devices/" + id
	response := send(t, srv.Client(), http.MethodPost, elsewhere, forAction(srv, "device.activate"), body)
	refused(t, response, http.StatusNotFound, "NOT_FOUND", "")
	assert.Equal(t, "ACTIVATION_REQUIRED", srv.Devices(userID)[0]["status"])
}

// The media type of devices depends on the seed, unless Plain is set.
func TestMediaTypesOfDevices(t *testing.T) {
	types := map[string]int{}
	for seed := range uint64(20) {
		for _, configure := range []func(*pingmfatest.Options){plain, func(*pingmfatest.Options) {}} {
			srv := pingmfatest.NewServer(t, seeded(seed+1), configure)
			userID := srv.AddUser(pingmfatest.User{})
			device := create(t, srv, userID, withMembers(created["SMS"], waiting))
			active := activate(t, srv, userID, device.text("id"), "device.activate", otp(lastPasscode(t, srv)))
			if strings.Contains(device.raw, extra) {
				types[device.header.Get("Content-Type")]++
				types[active.header.Get("Content-Type")]++
			} else {
				assert.Equal(t, "application/json", device.header.Get("Content-Type"))
				assert.Equal(t, "application/json", active.header.Get("Content-Type"))
			}
			triesLeft(t, activateWrongly(t, srv, userID), 2)
		}
	}
	assert.Len(t, types, 2)
	assert.Greater(t, types["application/json"], 5)
	assert.Greater(t, types["application/hal+json;charset=UTF-8"], 5)
}

// activateWrongly returns a refusal, whose media type is always application/json: valid checks it.
func activateWrongly(t *testing.T, srv *pingmfatest.Server, userID string) reply {
	t.Helper()
	id := create(t, srv, userID, withMembers(created["SMS"], waiting)).text("id")
	return activate(t, srv, userID, id, "device.activate", otp(wrong(lastPasscode(t, srv))))
}
