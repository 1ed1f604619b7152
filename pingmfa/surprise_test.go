package pingmfa_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// Whatever PingOne adds or changes, the call succeeds, what is known is right, all of it is in Raw, and the observer is
// told where and what, without a value.
func TestDriftIsToldAndHurtsNobody(t *testing.T) {
	const body = `{
		"_links": {"self": {"href": "https://auth.pingone.eu/x"}, "otp.resend": {"href": "https://auth.pingone.eu/y"},
			"otp.check": {}},
		"_embedded": {"devices": [{"id": 17, "type": "PIGEON", "phone": "*******50", "wings": 2}], "blockedDevices": {}},
		"id": "not-a-uuid", "status": "PIGEON_REQUIRED", "environment": "canary", "policy": {"id": null},
		"selectedDevice": {"oneTime": {"type": "SMS", "phone": 4}}, "test": {"otp": 123456},
		"bypassAllowed": "yes", "a/b~c": "canary",
		"createdAt": "22 June 2022", "updatedAt": 1655388745
	}`
	found := make(map[string]pingmfa.DriftKind)
	x := newTenant(t, func(c *pingmfa.Config) {
		c.OnDrift = func(ctx context.Context, d pingmfa.Drift) {
			assert.NotNil(t, ctx)
			assert.Equal(t, "StartAuthentication", d.Operation)
			found[d.Pointer] = d.Kind
		}
	})
	x.script(pingmfatest.Response{Status: 201, Body: body})
	auth, err := x.start(t)
	require.NoError(t, err)
	assert.Equal(t, map[string]pingmfa.DriftKind{
		"/_links/otp.resend":            pingmfa.DriftUnknownProperty,
		"/_links/otp.check":             pingmfa.DriftMissingHref,
		"/_embedded/devices/0/id":       pingmfa.DriftUnexpectedType,
		"/_embedded/devices/0/type":     pingmfa.DriftUnknownValue,
		"/_embedded/devices/0/wings":    pingmfa.DriftUnknownProperty,
		"/_embedded/blockedDevices":     pingmfa.DriftUnexpectedType,
		"/status":                       pingmfa.DriftUnknownValue,
		"/environment":                  pingmfa.DriftUnexpectedType,
		"/selectedDevice/oneTime/phone": pingmfa.DriftUnexpectedType,
		"/bypassAllowed":                pingmfa.DriftUnexpectedType,
		"/a~1b~0c":                      pingmfa.DriftUnknownProperty,
		"/createdAt":                    pingmfa.DriftUnreadableTime,
		"/updatedAt":                    pingmfa.DriftUnexpectedType,
	}, found)

	assert.Equal(t, "not-a-uuid", auth.ID)
	assert.Equal(t, "123456", auth.TestOTP)
	assert.Equal(t, "*******50", auth.Devices[0].Phone)
	assert.Empty(t, auth.Devices[0].ID)
	assert.Equal(t, pingmfa.DeviceType("PIGEON"), auth.Devices[0].Type)
	assert.Equal(t, pingmfa.TypeSMS, auth.SelectedDevice.Type)
	assert.True(t, auth.CreatedAt.IsZero() && auth.UpdatedAt.IsZero())
	assert.Nil(t, auth.BypassAllowed)
	assert.Equal(t, pingmfa.UnknownStep{URL: "https://auth.pingone.eu/x", Status: "PIGEON_REQUIRED"}, auth.Next())
	assert.JSONEq(t, body, string(auth.Raw()))

	// A copy: what a caller does to it stays with him.
	auth.Raw()[0] = 'x'
	assert.JSONEq(t, body, string(auth.Raw()))
	assert.Nil(t, new(pingmfa.Authentication).Raw())
}

// The vendor's own examples hold nothing unexpected.
func TestNoDriftInTheVendorsExamples(t *testing.T) {
	server := pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.Plain = true })
	server.AddUser(pingmfatest.User{ID: userID})
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
		OnDrift:       func(_ context.Context, d pingmfa.Drift) { t.Errorf("%s: %s", d.Pointer, d.Kind) },
	})
	require.NoError(t, err)
	for _, user := range []string{server.UserWithEmailDevice().UserID, server.UserWithSeveralDevices().UserID} {
		_, err := client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: user})
		require.NoError(t, err)
	}
	for _, device := range []pingmfa.NewDevice{pingmfa.SMS{Phone: phone}, pingmfa.TOTP{}, pingmfa.FIDO2{}} {
		_, err := client.CreateDevice(t.Context(), userID, device)
		require.NoError(t, err)
	}
}
