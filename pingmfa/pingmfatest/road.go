package pingmfatest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
)

// road is the way from a Server's Client to the server. A request that meets a fault below HTTP leaves it for a
// connection of its own.
type road struct {
	*http.Transport
	server *Server

	mu    sync.Mutex
	other []*http.Transport
}

// way is how a request goes when a fault has it go another way: it makes the connection.
type way func(ctx context.Context, t *trip) (net.Conn, error)

// trip is a request on a way of its own.
type trip struct {
	*Server
	arrive func() // has the fake act on the request
}

func newTrip(s *Server, fault Fault, request *http.Request) *trip {
	t := &trip{Server: s, arrive: func() {}}
	if !fault.either || !fault.Acted || request.GetBody == nil {
		return t
	}
	var body []byte
	if reader, err := request.GetBody(); err == nil {
		body, _ = io.ReadAll(reader) // it is in memory
	}
	arrived := request.Clone(s.ended) // for a peer who does not unpack what he gets
	arrived.Host = request.URL.Host
	t.arrive = func() {
		arrived.Body = io.NopCloser(bytes.NewReader(body))
		s.ServeHTTP(httptest.NewRecorder(), arrived)
	}
	return t
}

func newRoad(server *Server) *road {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		if away := server.away.Listener.Addr().String(); address == away {
			return dial(ctx, away)
		}
		return dial(ctx, server.web.Listener.Addr().String())
	}}
	transport.MaxResponseHeaderBytes = 256 << 10 // so that headers without end do end
	if server.certificate != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		transport.TLSClientConfig.RootCAs.AddCert(server.certificate.Leaf)
	}
	return &road{Transport: transport, server: server}
}

// RoundTrip makes the fault on the way happen, if the request meets one.
func (r *road) RoundTrip(request *http.Request) (*http.Response, error) {
	fault, ok := r.server.onTheWay(request)
	switch {
	case !ok:
		return r.Transport.RoundTrip(request)
	case fault.way == nil:
		r.server.closeIdle()
		return r.Transport.RoundTrip(request)
	default:
		return r.branch(fault, request).RoundTrip(request)
	}
}

// CloseIdleConnections closes those of all ways.
func (r *road) CloseIdleConnections() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Transport.CloseIdleConnections()
	for _, other := range r.other {
		other.CloseIdleConnections()
	}
}

// branch is a transport for one request. If net/http asks for a second connection, it gets one without a fault.
func (r *road) branch(fault Fault, request *http.Request) *http.Transport {
	branch := r.Clone()
	branch.ForceAttemptHTTP2 = fault.NeedsTLS
	trip := newTrip(r.server, fault, request)
	var dialled atomic.Bool
	branch.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if dialled.Swap(true) {
			return dial(ctx, r.server.http2.Listener.Addr().String())
		}
		return fault.way(ctx, trip)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.other = append(r.other, branch)
	return branch
}

// onTheWay finds the fault that a client's request meets before it arrives.
func (f *Fake) onTheWay(r *http.Request) (Fault, bool) {
	at := locate(&http.Request{Host: r.URL.Host, URL: r.URL}, f.options.Prefix)
	request := Request{Method: r.Method, Host: at.host, Path: at.path}
	request.Operation = f.operationAt(request)
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.scripts, func(s script) bool { return s.matches(request) })
	if i < 0 || !f.scripts[i].below() {
		return Fault{}, false
	}
	return *f.take(i).fault, true
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}
