package pingmfatest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Server is a [Fake] on a loopback port, for the length of a test.
type Server struct {
	*Fake
	// AuthURL and APIURL are the base URLs of the two hosts. Neither is the root, and the second holds the /v1.
	AuthURL string
	APIURL  string

	client *http.Client
}

// NewServer starts a server that speaks HTTP and stops when the test ends. Violations fail the test, and so do scripted
// answers that are left over at its end; a test that failed prints the seed.
//
//	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.TokenLifetime = time.Minute })
func NewServer(tb testing.TB, configure ...func(*Options)) *Server {
	tb.Helper()
	return start(tb, nil, configure)
}

// NewTLSServer starts a server like [NewServer] that speaks HTTPS (HTTP/1.1). Its certificate, which only
// [Server.Client] trusts, is good for the loopback addresses and for PingOne's own host names.
func NewTLSServer(tb testing.TB, configure ...func(*Options)) *Server {
	tb.Helper()
	certificate, err := newCertificate()
	if err != nil {
		tb.Fatalf("pingmfatest: make a certificate: %v", err)
	}
	return start(tb, certificate, configure)
}

// Client gives an HTTP client that trusts the server and connects to it whatever host a URL names: with
// [NewTLSServer], https://auth.pingone.eu and its like reach the fake. It uses no proxy. Each server has one, whose
// transport may be wrapped in a copy of it.
func (s *Server) Client() *http.Client { return s.client }

func start(tb testing.TB, certificate *tls.Certificate, configure []func(*Options)) *Server {
	tb.Helper()
	var options Options
	for _, change := range configure {
		change(&options)
	}
	if options.Report == nil {
		options.Report = func(violation Violation) { tb.Errorf("pingmfatest: %s", violation) }
	}
	fake := New(options)
	web := httptest.NewUnstartedServer(fake)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, web.Listener.Addr().String())
	}}
	if certificate == nil {
		web.Start()
	} else {
		web.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		web.StartTLS()
		transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		transport.TLSClientConfig.RootCAs.AddCert(certificate.Leaf)
	}
	server := &Server{Fake: fake, client: &http.Client{Transport: transport}}
	server.AuthURL, server.APIURL = fake.URLs(web.URL)
	tb.Cleanup(func() {
		tb.Helper()
		transport.CloseIdleConnections()
		web.Close() // waits for the requests under way, so nothing is reported after the test
		if pending := fake.Pending(); len(pending) > 0 {
			tb.Errorf("pingmfatest: scripted answers were not asked for: %s", strings.Join(pending, ", "))
		}
		if tb.Failed() {
			tb.Logf("pingmfatest: the seed was %d", fake.Seed())
		}
	})
	return server
}
