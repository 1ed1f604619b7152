package pingmfa_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// secured returns a fake with a TLS configuration, and the configuration of a client for it.
func secured(t *testing.T, config *tls.Config) (*httptest.Server, pingmfa.Config) {
	t.Helper()
	fake := pingmfatest.New(pingmfatest.Options{})
	fake.AddUser(pingmfatest.User{ID: userID})
	web := httptest.NewUnstartedServer(fake)
	web.TLS = config
	web.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	web.StartTLS()
	t.Cleanup(web.Close)
	authURL, apiURL := fake.URLs(web.URL)
	return web, pingmfa.Config{
		EnvironmentID: fake.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
	}
}

func startWith(t *testing.T, config pingmfa.Config) error {
	t.Helper()
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	return start(t.Context(), client)
}

// The client certificate of the HTTPClient is used for the operations and for the token.
func TestMutualTLSComesWithTheHTTPClient(t *testing.T) {
	own := clientCertificate(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(own.Leaf)
	web, config := secured(t, &tls.Config{
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted, MinVersion: tls.VersionTLS12,
	})
	config.HTTPClient = web.Client()
	err := startWith(t, config)
	require.Error(t, err)
	assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err), "without one there is no token")

	transport, ok := web.Client().Transport.(*http.Transport)
	require.True(t, ok)
	transport = transport.Clone()
	transport.TLSClientConfig.Certificates = []tls.Certificate{own}
	config.HTTPClient = &http.Client{Transport: transport}
	require.NoError(t, startWith(t, config))
}

func clientCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// The default transport requires TLS 1.2.
func TestOldTLSIsRefused(t *testing.T) {
	for version, fine := range map[uint16]bool{
		tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true,
	} {
		web, config := secured(t, &tls.Config{MinVersion: version, MaxVersion: version})
		trustByDefault(t, web.Certificate())
		config.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "bad", nil })
		err := startWith(t, config)
		var refused *pingmfa.Error
		assert.Equal(t, fine, errors.As(err, &refused), "%s: %v", tls.VersionName(version), err)
		if !fine {
			assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
		}
	}
}

// A handshake that times out is tried again: the request was not sent.
func TestHandshakeTimeoutIsTriedAgain(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0") // no connection is accepted
	require.NoError(t, err)
	defer func() { assert.NoError(t, listener.Close()) }()
	err = startWith(t, pingmfa.Config{
		EnvironmentID: environmentID,
		AuthURL:       "https://" + listener.Addr().String(),
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		HTTPClient:    &http.Client{Transport: &http.Transport{TLSHandshakeTimeout: 10 * time.Millisecond}},
		Retry:         pingmfa.Retry{Backoff: time.Millisecond},
	})
	var call *pingmfa.CallError
	require.ErrorAs(t, err, &call)
	assert.Equal(t, pingmfa.OutcomeNotSent, call.Outcome)
	assert.Len(t, call.Attempts, 3)
}
