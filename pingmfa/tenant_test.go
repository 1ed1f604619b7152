package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const (
	environmentID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	userID        = "8ce55f02-2077-4493-9a6d-0385df1f0772"
	policyID      = "5a0a0950-8a81-4739-b12a-f4d6a11c7a82"
	phone         = "+12015550123"
)

// tenant is a fake PingOne, with one user who has no device, and a client for it.
type tenant struct {
	*pingmfatest.Server
	*pingmfa.Client
}

func newTenant(t *testing.T, configure ...func(*pingmfa.Config)) tenant {
	t.Helper()
	server := pingmfatest.NewServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	config := pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
	}
	for _, c := range configure {
		c(&config)
	}
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	return tenant{Server: server, Client: client}
}

// start is the plainest call there is.
func (x tenant) start(t *testing.T) (*pingmfa.Authentication, error) {
	t.Helper()
	return x.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{
		UserID: userID,
		Device: pingmfa.OneTimeSMS{Phone: phone},
	})
}

func (x tenant) script(answers ...pingmfatest.Response) {
	x.Script(pingmfatest.OpCreateDeviceAuthentication, answers...)
}

// calls counts the requests to both operations.
func (x tenant) calls() int {
	return len(x.Requests(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpCreateDevice))
}
