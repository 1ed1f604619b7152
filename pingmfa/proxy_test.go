package pingmfa_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// proxy is an HTTP proxy on loopback that connects to one address, for every host.
type proxy struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // hosts, in order
}

func newProxy(t *testing.T, address string, status int) *proxy {
	t.Helper()
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.Host)
		p.mu.Unlock()
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		far, err := new(net.Dialer).DialContext(r.Context(), "tcp", address)
		if !assert.NoError(t, err) {
			return
		}
		defer func() { _ = far.Close() }()
		near, _, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer func() { _ = near.Close() }()
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		_, _ = io.Copy(near, far)
	}))
	t.Cleanup(p.Close)
	return p
}

// The environment variables of the second process.
const (
	proxyTrust  = "PINGMFA_TEST_PROXY_TRUST"  // the certificate of the fake
	proxyAccess = "PINGMFA_TEST_PROXY_ACCESS" // a token of the fake's
)

// The client uses the proxy of the environment. net/http reads the environment once and uses no proxy for loopback, so
// a second process calls PingOne's real host names through a proxy that connects to the fake.
func TestProxyOfTheEnvironmentIsUsed(t *testing.T) {
	if certificate := os.Getenv(proxyTrust); certificate != "" {
		callThroughProxy(t, certificate)
		return
	}
	server := pingmfatest.NewTLSServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	address, err := url.Parse(server.AuthURL)
	require.NoError(t, err)
	proxy := newProxy(t, address.Host, http.StatusOK)
	//nolint:gosec // it is this program
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), "HTTPS_PROXY="+proxy.URL, "NO_PROXY=",
		proxyTrust+"="+certificateOf(t, address.Host), proxyAccess+"="+server.Token())
	output, err := child.CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Contains(t, string(output), "--- PASS: "+t.Name())
	assert.Equal(t, []string{"CONNECT auth.pingone.eu:443", "CONNECT api.pingone.eu:443"}, proxy.asked)
	for _, operation := range []string{pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpCreateDevice} {
		requests := server.Requests(operation)
		require.Len(t, requests, 1)
		assert.True(t, requests[0].Acted)
	}
}

func callThroughProxy(t *testing.T, certificate string) {
	t.Helper()
	block, _ := pem.Decode([]byte(certificate))
	require.NotNil(t, block)
	trusted, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	trustByDefault(t, trusted)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Europe,
		Credentials: pingmfa.TokenFunc(func(context.Context) (string, error) {
			return os.Getenv(proxyAccess), nil
		}),
	})
	require.NoError(t, err)
	require.NoError(t, start(t.Context(), client))
	_, err = client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
	require.NoError(t, err)
}

// certificateOf returns the certificate of a server as PEM.
func certificateOf(t *testing.T, address string) string {
	t.Helper()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // nothing is sent
	conn, err := dialer.DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	defer func() { assert.NoError(t, conn.Close()) }()
	secure, ok := conn.(*tls.Conn)
	require.True(t, ok)
	shown := secure.ConnectionState().PeerCertificates[0]
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: shown.Raw}))
}

// If a proxy refuses to connect, nothing was sent. The error does not contain the proxy's password.
func TestProxyThatRefusesIsNotSent(t *testing.T) {
	for _, status := range []int{http.StatusProxyAuthRequired, http.StatusBadGateway} {
		proxy := newProxy(t, "", status)
		address, err := url.Parse(proxy.URL)
		require.NoError(t, err)
		address.User = url.UserPassword("me", "canary")
		client, err := pingmfa.New(pingmfa.Config{
			EnvironmentID: environmentID,
			Region:        pingmfa.Europe,
			Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
			HTTPClient:    &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(address)}},
		})
		require.NoError(t, err)
		err = start(t.Context(), client)
		require.Error(t, err)
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
		assert.NotContains(t, err.Error(), "canary")
		assert.Equal(t, []string{"CONNECT auth.pingone.eu:443"}, proxy.asked, "once")
	}
}
