package pingmfatest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// created has a request for each type of device. withMembers replaces the percent sign.
var created = map[string]string{
	"SMS":      `{"type":"SMS","phone":"+1 (201) 555-0123","nickname":"Phone"%}`,
	"VOICE":    `{"type":"VOICE","phone":"+12015550123","extension":"#313"%}`,
	"EMAIL":    `{"type":"EMAIL","email":"person@example.com"%}`,
	"WHATSAPP": `{"type":"WHATSAPP","phone":"+12015550123"%}`,
	"TOTP":     `{"type":"TOTP"%}`,
	"FIDO2":    `{"type":"FIDO2","rp":{"id":"login.example.com","name":"Example"}%}`,
}

func withMembers(request, members string) string {
	return request[:len(request)-len("%}")] + members + "}"
}

func TestCreatedDevice(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	for kind := range doc.Components.Schemas["CreateDeviceRequest"].Value.Discriminator.Mapping {
		assert.NotEmpty(t, created[kind], "there is no request for a device of the type %s", kind)
	}
	for kind, request := range created {
		t.Run(kind, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plain)
			userID := srv.AddUser(pingmfatest.User{})
			response := create(t, srv, userID, withMembers(request, `,"policy":{"id":"`+unknownID+`"}`))
			require.Equal(t, http.StatusCreated, response.status)
			assert.Equal(t, "ACTIVE", response.at("status"))
			assert.Empty(t, srv.Messages(), "an active device gets no message")

			// The members of the request are in the response, and stored.
			var sent map[string]any
			require.NoError(t, json.Unmarshal([]byte(withMembers(request, "")), &sent))
			devices := srv.Devices(userID)
			require.Len(t, devices, 1)
			for name, value := range sent {
				assert.Equal(t, value, response.at(name), name)
				assert.Equal(t, value, devices[0][name], name)
			}
			assert.Equal(t, devices[0]["id"], response.at("id"))
			self := response.text("_links", "self", "href")
			assert.Equal(t, srv.APIURL+"/environments/"+srv.EnvironmentID+"/users/"+userID+"/devices/"+
				response.text("id"), self)
			assert.Equal(t, self, response.header.Get("Location"))

			// The next authentication can use it.
			assert.Equal(t, response.at("id"), authenticate(t, srv, user(userID)).at("selectedDevice", "id"))
		})
	}
}

func TestSecretsOfCreatedDevices(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	userID := srv.AddUser(pingmfatest.User{})
	totp := create(t, srv, userID, `{"type":"TOTP"}`)
	uri, err := url.Parse(totp.text("keyUri"))
	require.NoError(t, err)
	assert.Equal(t, "otpauth", uri.Scheme)
	assert.Equal(t, totp.at("secret"), uri.Query().Get("secret"))
	assert.Regexp(t, `^[A-Z2-7]{32}$`, totp.at("secret"))
	assert.NotContains(t, srv.Devices(userID)[0], "secret", "only the response has the secret")

	fido2 := create(t, srv, userID, withMembers(created["FIDO2"], ""))
	var options struct {
		RP        struct{ ID, Name string }
		Challenge []int
	}
	require.NoError(t, json.Unmarshal([]byte(fido2.text("publicKeyCredentialCreationOptions")), &options))
	assert.Equal(t, "login.example.com", options.RP.ID)
	assert.Len(t, options.Challenge, 32)
}

func TestDeviceLimit(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	userID := srv.AddUser(pingmfatest.User{})
	for range 5 {
		require.Equal(t, http.StatusCreated, create(t, srv, userID, `{"type":"TOTP"}`).status)
	}
	response := create(t, srv, userID, `{"type":"TOTP"}`)
	detail := refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", "LIMIT_EXCEEDED")
	assert.Equal(t, map[string]any{"maximumAllowed": 5.0}, detail["innerError"])
	assert.Len(t, srv.Devices(userID), 5)

	srv = pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.DeviceLimit = 1 })
	userID = srv.AddUser(pingmfatest.User{})
	srv.AddDevice(userID, pingmfatest.Device{"type": "TOTP"})
	response = create(t, srv, userID, `{"type":"TOTP"}`)
	detail = refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", "LIMIT_EXCEEDED")
	assert.Equal(t, map[string]any{"maximumAllowed": 1.0}, detail["innerError"])
}

func TestDevicesAreCopies(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	usable := map[string]any{"status": "ENABLED"}
	mine := pingmfatest.Device{"type": "SMS", "usableStatus": usable}
	userID := srv.AddUser(pingmfatest.User{})
	id := srv.AddDevice(userID, mine)
	usable["status"] = "DISABLED"
	theirs := srv.Devices(userID)[0]
	assert.Equal(t, map[string]any{"status": "ENABLED"}, theirs["usableStatus"])
	theirs["type"] = "VOICE"
	assert.Equal(t, pingmfatest.Device{
		"id": id, "type": "SMS", "status": "ACTIVE", "usableStatus": map[string]any{"status": "ENABLED"},
	}, srv.Devices(userID)[0])
	assert.Equal(t, id, srv.AddDevice(userID, pingmfatest.Device{"id": id, "type": "EMAIL"}))
	assert.Equal(t, []pingmfatest.Device{{"id": id, "type": "EMAIL", "status": "ACTIVE"}}, srv.Devices(userID))
	assert.Nil(t, srv.Devices(unknownID))
	assert.PanicsWithValue(t, "pingmfatest: AddDevice: no user with the id "+unknownID, func() {
		srv.AddDevice(unknownID, mine)
	})
}
