package pingmfatest_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// pageExample returns an example of one of the vendor's pages, from the contract.
func pageExample(t *testing.T, name string) string {
	t.Helper()
	var contract struct {
		Components struct {
			Examples map[string]struct{ Value any }
		}
	}
	require.NoError(t, yaml.Unmarshal(openapi.YAML, &contract))
	require.Contains(t, contract.Components.Examples, name)
	data, err := json.Marshal(contract.Components.Examples[name].Value)
	require.NoError(t, err)
	return string(data)
}

var pingOneHost = regexp.MustCompile(`https://(auth\.pingone\.[a-z]+|api\.pingone\.[a-z]+/v1)`)

// asPage replaces the hosts, the generated id and the times in the response of a page by those of the fake.
func asPage(t *testing.T, srv *pingmfatest.Server, page string, response reply) string {
	t.Helper()
	var example struct{ ID, CreatedAt, UpdatedAt string }
	require.NoError(t, json.Unmarshal([]byte(page), &example))
	const now = "2026-02-03T04:05:06.789Z"
	page = strings.NewReplacer(
		example.ID, response.text("id"), example.CreatedAt, now, example.UpdatedAt, now,
	).Replace(page)
	return pingOneHost.ReplaceAllStringFunc(page, func(base string) string {
		if strings.HasSuffix(base, "/v1") {
			return srv.APIURL
		}
		return srv.AuthURL
	})
}

func plainAt(now func() time.Time) func(*pingmfatest.Options) {
	return func(o *pingmfatest.Options) { o.Plain, o.Now = true, now }
}

func TestScenariosAreTheVendorsPages(t *testing.T) {
	for name, test := range map[string]struct {
		scenario func(*pingmfatest.Fake) pingmfatest.Scenario
		request  string
		response string
		messages int
	}{
		"email device": {(*pingmfatest.Fake).UserWithEmailDevice,
			"InitializeDeviceAuthenticationRequest", "InitializeDeviceAuthenticationResponse", 1},
		"several devices": {(*pingmfatest.Fake).UserWithSeveralDevices,
			"CustomNotificationRequest", "CustomNotificationResponse", 0},
		"one-time SMS": {(*pingmfatest.Fake).UserWithoutDevices, "OneTimeSMSRequest", "OneTimeSMSResponse", 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
			scenario := test.scenario(srv.Fake)
			assert.JSONEq(t, pageExample(t, test.request), scenario.Request)
			response := authenticate(t, srv, scenario.Request)
			require.Equal(t, http.StatusCreated, response.status)
			page := pageExample(t, test.response)
			// The phone number of the page's request ends with 50, that of its response with 44.
			page = strings.ReplaceAll(page, "*******44", "*******50")
			assert.JSONEq(t, asPage(t, srv, page, response), response.raw)
			assert.Equal(t, scenario.Status, response.at("status"))
			assert.Equal(t, scenario.UserID, response.at("user", "id"))
			assert.Len(t, srv.Messages(), test.messages)
		})
	}
}

func TestOneTimePageWithTheNumberOfItsAnswer(t *testing.T) {
	srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
	request := strings.Replace(srv.UserWithoutDevices().Request, "+14135550150", "+14135550144", 1)
	response := authenticate(t, srv, request)
	assert.JSONEq(t, asPage(t, srv, pageExample(t, "OneTimeSMSResponse"), response), response.raw)
}

func TestCreatedDeviceIsTheVendorsPage(t *testing.T) {
	srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
	srv.AddUser(pingmfatest.User{ID: someUser})
	response := create(t, srv, someUser, pageExample(t, "CreateSMSDeviceRequest"))
	assert.JSONEq(t, asPage(t, srv, pageExample(t, "CreateSMSDeviceResponse"), response), response.raw)
}
