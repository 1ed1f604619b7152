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
			"up": "https://a/2",
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
}
