package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// Links hold what PingOne sent, whatever that is, and no call fails over them.
func TestLinks(t *testing.T) {
	for wire, want := range map[string]map[string]string{
		`{"self":{"href":"https://a/1"},"otp.resend":{"href":"https:\/\/a\/2"}}`: {
			"self": "https://a/1", "otp.resend": "https://a/2",
		},
		`{"self":{},"next":"https://a/1","other":{"href":7},"up":{"href":"https://a/2"}}`: {
			"self": "", "other": "", "up": "https://a/2",
		},
		`{}`: {}, `null`: {}, `"https://a/1"`: {}, `[{"href":"https://a/1"}]`: {},
	} {
		x := newTenant(t)
		x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"COMPLETED","_links": ` + wire + `}`})
		auth, err := x.start(t)
		require.NoError(t, err, wire)
		assert.Equal(t, want, auth.Links(), wire)
	}
	assert.Nil(t, new(pingmfa.Authentication).Links())
	assert.Nil(t, (*pingmfa.Authentication)(nil).Links())
	assert.Nil(t, (*pingmfa.Device)(nil).Links())
}

// A device says what it is alone: those that are no phone with the vendor's application have nothing of one.
func TestMobileApplication(t *testing.T) {
	x := newTenant(t)
	x.script(pingmfatest.Response{Status: 201, Body: `{"id":"1","status":"OTP_REQUIRED","_embedded":{"devices":[
		{"id":"2","type":"MOBILE","application":{"id":"3"},"pushEnabled":true,"pushStatus":{"status":"ENABLED"},
			"otpStatus":{"status":"LOCKED"},"os":{"type":"ANDROID"},"model":"x"},
		{"id":"4","type":"SMS"},
		{"id":"5","type":"MOBILE","pushEnabled":false}]}}`})
	auth, err := x.start(t)
	require.NoError(t, err)
	require.Len(t, auth.Devices, 3)
	yes, no := true, false
	assert.Equal(t, &pingmfa.MobileApplication{
		ApplicationID: "3", PushEnabled: &yes, PushStatus: "ENABLED", OTPStatus: "LOCKED",
		OS: []byte(`{"type":"ANDROID"}`), Model: []byte(`"x"`),
	}, auth.Devices[0].Mobile)
	assert.Nil(t, auth.Devices[1].Mobile)
	assert.Equal(t, &pingmfa.MobileApplication{PushEnabled: &no}, auth.Devices[2].Mobile)
}
