package pingmfa_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// wire counts the connections to a server and their bytes.
type wire struct {
	server                      string
	connections, sent, received atomic.Int64
}

func (w *wire) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	w.connections.Add(1)
	conn, err := new(net.Dialer).DialContext(ctx, network, w.server)
	return wireConn{conn, w}, err
}

type wireConn struct {
	net.Conn
	wire *wire
}

func (c wireConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.wire.sent.Add(int64(n))
	return n, err
}

func (c wireConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.wire.received.Add(int64(n))
	return n, err
}

// The table of whole flows in PERFORMANCE.md is exact.
func TestFlowCosts(t *testing.T) {
	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.Plain, o.Seed = true, 1 })
	w := wire{server: strings.TrimPrefix(strings.TrimSuffix(srv.AuthURL, "/ping-auth"), "http://")}
	authURL, apiURL := srv.URLs("http://localhost") // without a port, whose length varies
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: srv.EnvironmentID, AuthURL: authURL, APIURL: apiURL,
		Credentials: pingmfa.ClientSecret{ID: srv.ClientID, Secret: srv.ClientSecret},
		HTTPClient:  &http.Client{Transport: &http.Transport{DialContext: w.dial}},
	})
	require.NoError(t, err)
	emailUser := srv.UserWithEmailDevice().UserID
	pushUser := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "MOBILE"}}})
	phone := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{
		{"type": "SMS", "phone": "+12015550123"}, {"type": "VOICE", "phone": "+12015550124"},
	}})
	start := func(userID string) *pingmfa.Authentication {
		auth, err := client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
		require.NoError(t, err)
		return auth
	}
	passcode := func() string {
		messages := srv.Messages()
		return messages[len(messages)-1].Passcode
	}
	check := func(auth *pingmfa.Authentication) {
		auth, err := client.CheckOTP(t.Context(), auth.ID, passcode())
		require.NoError(t, err)
		require.Equal(t, pingmfa.StatusCompleted, auth.Status)
	}
	var pushed string
	table := "| flow | requests | for tokens | connections opened | bytes sent | bytes received |\n" +
		"|---|---|---|---|---|---|\n"
	for _, flow := range []struct {
		name string
		run  func()
	}{
		{"login by passcode, the client's first call", func() { check(start(emailUser)) }},
		{"login by passcode", func() { check(start(emailUser)) }},
		{"login by passcode, after a selection of the device", func() {
			auth := start(phone)
			auth, err := client.SelectDevice(t.Context(), auth.ID, auth.Devices[0].ID)
			require.NoError(t, err)
			check(auth)
		}},
		{"login by push, confirmed before the first read", func() {
			auth := start(pushUser)
			pushed = auth.ID
			require.NoError(t, srv.ConfirmPush(auth.ID))
			auth, err := client.WaitForPush(t.Context(), auth.ID)
			require.NoError(t, err)
			require.Equal(t, pingmfa.StatusCompleted, auth.Status)
		}},
		{"each further read of a push, every 2 seconds", func() {
			_, err := client.Authentication(t.Context(), pushed)
			require.NoError(t, err)
		}},
		{"pairing of a phone, with its activation", func() {
			device, err := client.CreateDevice(t.Context(), emailUser,
				pingmfa.SMS{Phone: "+12015550125", Status: pingmfa.DeviceActivationRequired})
			require.NoError(t, err)
			device, err = client.ActivateDevice(t.Context(), emailUser, device.ID, pingmfa.ActivationOTP(passcode()))
			require.NoError(t, err)
			require.Equal(t, pingmfa.DeviceActive, device.Status)
		}},
	} {
		requests, tokens := len(srv.Requests()), len(srv.Requests(pingmfatest.OpToken))
		w.connections.Store(0)
		w.sent.Store(0)
		w.received.Store(0)
		flow.run()
		table += fmt.Sprintf("| %s | %d | %d | %d | %d | %d |\n", flow.name, len(srv.Requests())-requests,
			len(srv.Requests(pingmfatest.OpToken))-tokens, w.connections.Load(), w.sent.Load(), w.received.Load())
	}
	page, err := os.ReadFile("PERFORMANCE.md")
	require.NoError(t, err)
	if !strings.Contains(string(page), table) {
		t.Errorf("PERFORMANCE.md does not contain:\n%s", table)
	}
}
