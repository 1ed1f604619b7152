package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// A step has the link of its own relation, then self, then the authentication's own URL: no link is promised.
func TestStepURLs(t *testing.T) {
	const id = "0ff545da-016a-4ae7-a8c6-84d67f7b20ea"
	for links, want := range map[string]string{
		`{"self":{"href":"https://a/self"},"otp.check":{"href":"https://a/otp"}}`: "https://a/otp",
		`{"self":{"href":"https://a/self"},"otp.check":{}}`:                       "https://a/self",
		`{"device.select":{"href":"https://a/select"}}`:                           "",
		`null`: "",
		`[]`:   "",
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{
			Status: 201, Body: `{"id":"` + id + `","status":"OTP_REQUIRED","_links":` + links + `}`,
		})
		auth, err := x.start(t)
		require.NoError(t, err)
		if want == "" {
			want = x.AuthURL + "/" + x.EnvironmentID + "/deviceAuthentications/" + id
		}
		next, ok := auth.Next().(pingmfa.EnterOTP)
		require.True(t, ok)
		assert.Equal(t, want, next.URL, links)
	}
}

// What a step shows of the device is what the list of devices says of it, as PingOne masks it.
func TestStepShowsWhereThePasscodeWent(t *testing.T) {
	x := newTenant(t)
	auth, err := x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: x.UserWithEmailDevice().UserID})
	require.NoError(t, err)
	next, ok := auth.Next().(pingmfa.EnterOTP)
	require.True(t, ok)
	assert.Equal(t, auth.SelectedDevice.ID, next.Device.ID)
	assert.Equal(t, pingmfa.TypeEmail, next.Device.Type)
	assert.Equal(t, "j****@pingidentity.com", next.Device.Email)
}

func TestFailedSaysWhy(t *testing.T) {
	const failure = `{"code":"NO_USABLE_DEVICES","unavailableDevices":[{"id":"2"}]}`
	for body, want := range map[string]string{
		`{"id":"1","status":"FAILED","error":` + failure + `}`: "NO_USABLE_DEVICES",
		`{"id":"1","status":"FAILED"}`:                         "FAILED",
		`{"id":"1","status":"PUSH_CONFIRMATION_TIMED_OUT"}`:    "PUSH_CONFIRMATION_TIMED_OUT",
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: body})
		auth, err := x.start(t)
		require.NoError(t, err)
		failed, ok := auth.Next().(pingmfa.Failed)
		require.True(t, ok)
		assert.Equal(t, want, failed.Code)
		if auth.Failure != nil {
			assert.Equal(t, []string{"2"}, failed.UnavailableDeviceIDs)
		}
	}
	var none *pingmfa.Authentication
	assert.Equal(t, pingmfa.UnknownStep{}, none.Next())
}

// Sources differ in the name of the link that activates a device.
func TestActivationURL(t *testing.T) {
	for links, want := range map[string]string{
		`{"activate":{"href":"https://a/1"}}`:        "https://a/1",
		`{"device.activate":{"href":"https://a/2"}}`: "https://a/2",
		`{}`: "",
	} {
		x := newTenant(t)
		x.Script(pingmfatest.OpCreateDevice, pingmfatest.Response{
			Status: 201, Body: `{"id":"1","type":"TOTP","secret":"s","_links":` + links + `}`,
		})
		device, err := x.CreateDevice(t.Context(), userID, pingmfa.TOTP{Status: pingmfa.DeviceActivationRequired})
		require.NoError(t, err)
		assert.Equal(t, want, device.ActivationURL())
		assert.Equal(t, "s", device.Secret)
	}
}
