package pingmfatest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Server is a [Fake] on a loopback port, for the duration of a test.
type Server struct {
	*Fake
	// AuthURL and APIURL are the base URLs of the two hosts. Both have a path, and that of APIURL ends with /v1.
	AuthURL string
	APIURL  string

	ctx            context.Context  //nolint:containedctx // it ends with the server
	certificate    *tls.Certificate // nil without TLS
	client         *http.Client
	connections    connections
	http1          *httptest.Server // serves the fake
	http2          *httptest.Server // serves the fake to requests that are sent again after an HTTP/2 fault
	redirectTarget *httptest.Server // reports every request
	faultHandlers  sync.WaitGroup
	stopping       sync.Mutex // held while a fault handler starts, and while ctx ends
}

// NewServer starts a server that speaks HTTP and stops at the end of the test. The test fails on a [Violation], and if
// scripted responses or faults are left over at its end. A failed test logs the seed.
//
//	srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) { o.TokenLifetime = time.Minute })
func NewServer(tb testing.TB, configure ...func(*Options)) *Server {
	tb.Helper()
	return start(tb, nil, configure)
}

// NewTLSServer is like [NewServer] for HTTPS (HTTP/1.1). Only [Server.Client] trusts its certificate, which is valid
// for the loopback addresses and for PingOne's host names.
func NewTLSServer(tb testing.TB, configure ...func(*Options)) *Server {
	tb.Helper()
	certificate, err := newCertificate(nil, func(*x509.Certificate) {})
	if err != nil {
		tb.Fatalf("pingmfatest: create a certificate: %v", err)
	}
	return start(tb, certificate, configure)
}

// Client returns an HTTP client that trusts the server and connects to it whatever host a URL names. With
// [NewTLSServer], https://auth.pingone.eu reaches the fake, for example. The client uses no proxy and reads up to 256
// KiB of headers. Only this client meets a [Fault] that is BelowHTTP. Client always returns the same client; its
// transport may be wrapped.
func (s *Server) Client() *http.Client { return s.client }

// Connections returns the number of connections that the server has accepted so far, and the number of those that are
// still open, active or idle. If a client leaks no connection, none is open after its CloseIdleConnections.
func (s *Server) Connections() (accepted, open int) {
	s.connections.mu.Lock()
	defer s.connections.mu.Unlock()
	return s.connections.accepted, len(s.connections.open)
}

type connections struct {
	mu       sync.Mutex
	accepted int
	open     map[net.Conn]http.ConnState
}

func (c *connections) setState(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.accepted++
		c.open[conn] = state
	case http.StateActive, http.StateIdle:
		c.open[conn] = state
	case http.StateClosed, http.StateHijacked: // a fault that hijacks a connection closes it
		delete(c.open, conn)
	}
}

// closeIdle closes the idle connections. Unlike http.Server.SetKeepAlivesEnabled, it does not announce that to the
// clients of the active ones.
func (c *connections) closeIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn, state := range c.open {
		if state == http.StateIdle {
			_ = conn.Close()
		}
	}
}

func start(tb testing.TB, certificate *tls.Certificate, configure []func(*Options)) *Server {
	tb.Helper()
	var options Options
	for _, change := range configure {
		change(&options)
	}
	if options.Report == nil {
		options.Report = func(violation Violation) { tb.Errorf("pingmfatest: %s", violation) }
	}
	ctx, cancel := context.WithCancel(tb.Context())
	server := &Server{Fake: New(options), certificate: certificate, ctx: ctx}
	server.server = server
	server.connections.open = map[net.Conn]http.ConnState{}
	server.http1 = server.listen(server.Fake, false)
	server.http2 = server.listen(server.Fake, true)
	server.redirectTarget = server.listen(http.HandlerFunc(server.reportRedirect), false)
	transport := newFaultTransport(server)
	server.client = &http.Client{Transport: transport}
	server.AuthURL, server.APIURL = server.URLs(server.http1.URL)
	tb.Cleanup(func() {
		tb.Helper()
		server.stopping.Lock()
		cancel() // ends the faults that wait for the client
		server.stopping.Unlock()
		transport.CloseIdleConnections()
		for _, listener := range []*httptest.Server{server.http1, server.http2, server.redirectTarget} {
			listener.Close() // waits for active requests, so nothing is reported after the test
		}
		server.faultHandlers.Wait()
		if pending := server.Pending(); len(pending) > 0 {
			tb.Errorf("pingmfatest: scripted responses or faults are left over: %s", strings.Join(pending, ", "))
		}
		if tb.Failed() {
			tb.Logf("pingmfatest: the seed was %d", server.Seed())
		}
	})
	return server
}

// listen starts a listener with a handler.
func (s *Server) listen(handler http.Handler, http2 bool) *httptest.Server {
	listener := httptest.NewUnstartedServer(handler)
	listener.Config.BaseContext = func(net.Listener) context.Context { return s.ctx }
	listener.Config.ConnState = s.connections.setState
	if s.certificate == nil {
		listener.Start()
		return listener
	}
	listener.EnableHTTP2 = http2
	listener.TLS = s.tlsConfig()
	listener.StartTLS()
	return listener
}

func (s *Server) tlsConfig(protocols ...string) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{*s.certificate}, MinVersion: tls.VersionTLS12, NextProtos: protocols,
	}
}

// redirectURL returns the base URL of the host that redirects point to.
func (f *Fake) redirectURL() string {
	if f.server == nil {
		return "https://redirect.example.com"
	}
	return f.server.redirectTarget.URL
}

// reportRedirect handles the requests to the redirect target: each is a violation.
func (s *Server) reportRedirect(w http.ResponseWriter, r *http.Request) {
	finding := conformance.Finding{
		Pointer: "host", Rule: "redirect", Message: "the client followed a redirect to another host",
	}
	if r.Header.Get("Authorization") != "" {
		finding.Message += " and sent it the Authorization header"
	}
	violation := Violation{
		Method: r.Method, Path: redactPath(r.URL.Path), Findings: []conformance.Finding{finding},
	}
	s.mu.Lock()
	s.violations = append(s.violations, violation)
	s.mu.Unlock()
	s.options.Report(violation)
	w.WriteHeader(http.StatusNotFound)
}

// newCertificate returns a certificate for the loopback addresses and PingOne's host names, modified by change, signed
// by issuer or, if issuer is nil, by itself. Its key is new and never leaves the process, so nothing else can trust it.
func newCertificate(issuer *tls.Certificate, change func(*x509.Certificate)) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	names := []string{"localhost"}
	for _, region := range regions {
		names = append(names, "auth.pingone."+region, "api.pingone."+region)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "pingmfatest"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              names,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	change(template)
	if issuer == nil {
		issuer = &tls.Certificate{PrivateKey: key, Leaf: template}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.Leaf, key.Public(), issuer.PrivateKey)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
