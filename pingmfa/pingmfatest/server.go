package pingmfatest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Server is a [Fake] on a loopback port, for the length of a test.
type Server struct {
	*Fake
	// AuthURL and APIURL are the base URLs of the two hosts. Neither is the root, and the second holds the /v1.
	AuthURL string
	APIURL  string

	certificate *tls.Certificate // nil: without TLS
	client      *http.Client
	connections connections
	web         *httptest.Server // the fake
	http2       *httptest.Server // the fake, to clients that are sent there to speak HTTP/2
	away        *httptest.Server // where redirects point to
	ended       context.Context  //nolint:containedctx // it is the server's own
	peers       sync.WaitGroup
}

// NewServer starts a server that speaks HTTP and stops when the test ends. Violations fail the test, and so do scripted
// answers and faults that are left over at its end; a test that failed prints the seed.
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
// [NewTLSServer], https://auth.pingone.eu and its like reach the fake. It uses no proxy, reads 256 KiB of headers at
// most, and is the only one that meets a [Fault] that is BelowHTTP. Each server has one, whose transport may be wrapped
// in a copy of it.
func (s *Server) Client() *http.Client { return s.client }

// Connections counts the connections that the server has accepted so far, and those of them that are still open: kept
// for the next request, or in the middle of one. A client that has given back all that it used has no open ones once
// its CloseIdleConnections is called.
func (s *Server) Connections() (accepted, open int) {
	s.connections.mu.Lock()
	defer s.connections.mu.Unlock()
	return s.connections.accepted, len(s.connections.open)
}

type connections struct {
	mu       sync.Mutex
	accepted int
	open     map[net.Conn]bool
}

func (c *connections) watch(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.accepted++
		c.open[conn] = true
	case http.StateClosed, http.StateHijacked: // who took one over closes it
		delete(c.open, conn)
	case http.StateActive, http.StateIdle:
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
	ended, stop := context.WithCancel(tb.Context())
	server := &Server{Fake: New(options), certificate: certificate, ended: ended}
	server.server = server
	server.connections.open = map[net.Conn]bool{}
	server.web = server.serve(server.Fake, false)
	server.http2 = server.serve(server.Fake, true)
	server.away = server.serve(http.HandlerFunc(server.reached), false)
	road := newRoad(server)
	server.client = &http.Client{Transport: road}
	server.AuthURL, server.APIURL = server.URLs(server.web.URL)
	tb.Cleanup(func() {
		tb.Helper()
		stop() // frees whoever waits for a client to give up
		road.CloseIdleConnections()
		for _, web := range []*httptest.Server{server.web, server.http2, server.away} {
			web.Close() // waits for the requests under way, so nothing is reported after the test
		}
		server.peers.Wait()
		if pending := server.Pending(); len(pending) > 0 {
			tb.Errorf("pingmfatest: scripted answers were not asked for: %s", strings.Join(pending, ", "))
		}
		if tb.Failed() {
			tb.Logf("pingmfatest: the seed was %d", server.Seed())
		}
	})
	return server
}

// serve starts a listener of the server's.
func (s *Server) serve(handler http.Handler, http2 bool) *httptest.Server {
	web := httptest.NewUnstartedServer(handler)
	web.Config.BaseContext = func(net.Listener) context.Context { return s.ended }
	web.Config.ConnState = s.connections.watch
	if s.certificate == nil {
		web.Start()
		return web
	}
	web.EnableHTTP2 = http2
	web.TLS = &tls.Config{Certificates: []tls.Certificate{*s.certificate}, MinVersion: tls.VersionTLS12}
	web.StartTLS()
	return web
}
