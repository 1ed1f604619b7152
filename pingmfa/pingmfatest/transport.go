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

// faultTransport is the transport of Server.Client. A request that meets a fault below HTTP is sent over a connection
// of its own.
type faultTransport struct {
	*http.Transport
	server *Server

	mu    sync.Mutex
	other []*http.Transport // for the requests that met a fault
}

// dialFunc makes the connection of a request that meets a fault. act makes the fake carry out the request, if the fault
// has Acted.
type dialFunc func(ctx context.Context, s *Server, act func()) (net.Conn, error)

// connHandler is the server side of the one connection of a request that meets a fault. The connection is closed when
// it returns.
type connHandler func(s *Server, conn net.Conn, act func())

func newFaultTransport(server *Server) *faultTransport {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		if target := server.redirectTarget.Listener.Addr().String(); address == target {
			return dial(ctx, target)
		}
		return dial(ctx, server.http1.Listener.Addr().String())
	}}
	transport.MaxResponseHeaderBytes = 256 << 10 // so that endless headers end with an error
	if server.certificate != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		transport.TLSClientConfig.RootCAs.AddCert(server.certificate.Leaf)
	}
	return &faultTransport{Transport: transport, server: server}
}

// RoundTrip implements [http.RoundTripper].
func (t *faultTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	fault, ok := t.server.nextFaultBelowHTTP(request)
	switch {
	case !ok:
		return t.Transport.RoundTrip(request)
	case fault == FaultClosedWhileIdle:
		t.server.connections.closeIdle()
		return t.Transport.RoundTrip(request)
	default:
		return t.transportFor(fault, request).RoundTrip(request)
	}
}

// CloseIdleConnections closes the idle connections of all transports.
func (t *faultTransport) CloseIdleConnections() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Transport.CloseIdleConnections()
	for _, other := range t.other {
		other.CloseIdleConnections()
	}
}

// transportFor returns a transport for one request. If net/http sends the request again over a second connection, that
// one has no fault.
func (t *faultTransport) transportFor(fault Fault, request *http.Request) *http.Transport {
	transport := t.Clone()
	transport.ForceAttemptHTTP2 = fault.NeedsTLS()
	act := t.server.actOn(fault, request)
	var dialed atomic.Bool
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if dialed.Swap(true) {
			return dial(ctx, t.server.http2.Listener.Addr().String())
		}
		return behaviors[fault].dial(ctx, t.server, act)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.other = append(t.other, transport)
	return transport
}

// actOn returns a function that makes the fake carry out a request, for a connHandler that does not parse it. The
// function does nothing if the fault is one before the fake acts.
func (s *Server) actOn(fault Fault, request *http.Request) func() {
	if !behaviors[fault].ambiguous || !fault.Acted() || (request.Body != nil && request.GetBody == nil) {
		return func() {}
	}
	var body []byte
	if request.GetBody != nil { // there is a body
		if reader, err := request.GetBody(); err == nil {
			body, _ = io.ReadAll(reader) // it is in memory
		}
	}
	received := request.Clone(s.ctx)
	received.Host = request.URL.Host
	return func() {
		received.Body = io.NopCloser(bytes.NewReader(body))
		s.ServeHTTP(httptest.NewRecorder(), received)
	}
}

// nextFaultBelowHTTP takes the fault that a client's request meets before it reaches the handler.
func (f *Fake) nextFaultBelowHTTP(r *http.Request) (Fault, bool) {
	at := locate(&http.Request{Host: r.URL.Host, URL: r.URL}, f.options.Prefix)
	request := Request{Method: r.Method, Host: at.host, Path: at.path}
	request.Operation = f.operationOf(request)
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.scripts, func(s script) bool { return s.matches(request) })
	if i < 0 || !f.scripts[i].belowHTTP() {
		return "", false
	}
	return f.dequeue(i).fault, true
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// dialHandler returns a dialFunc that connects to a handler in place of the server.
func dialHandler(handle connHandler) dialFunc {
	return func(ctx context.Context, s *Server, act func()) (net.Conn, error) {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, listener.Addr().String())
		if err != nil {
			_ = listener.Close()
			return nil, err
		}
		err = s.startFaultHandler(func() {
			accepted, err := listener.Accept()
			_ = listener.Close()
			if err != nil {
				return
			}
			defer func() { _ = accepted.Close() }()
			defer context.AfterFunc(s.ctx, func() { _ = accepted.Close() })()
			handle(s, accepted, act)
		})
		if err != nil {
			_ = listener.Close()
			_ = conn.Close()
			return nil, err
		}
		return conn, nil
	}
}

// startFaultHandler runs a function in a goroutine that the end of the test waits for. It fails after the test, when
// net/http may still dial for a request that was canceled.
func (s *Server) startFaultHandler(handle func()) error {
	s.stopping.Lock()
	defer s.stopping.Unlock()
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.faultHandlers.Go(handle)
	return nil
}

// dialHandshake is like dialHandler for a handler that only does the TLS handshake, which must fail.
func dialHandshake(configure func(*Server) (*tls.Config, error)) dialFunc {
	return dialHandler(func(s *Server, conn net.Conn, _ func()) {
		config, err := configure(s)
		if err != nil {
			return
		}
		_ = tls.Server(conn, config).HandshakeContext(s.ctx)
		drain(conn)
	})
}

// dialError returns a dialFunc that returns an error.
func dialError(err error) dialFunc {
	return func(context.Context, *Server, func()) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
}

// withTLS adds a TLS handshake to a handler, if the server speaks TLS.
func withTLS(handle connHandler) connHandler {
	return func(s *Server, conn net.Conn, act func()) {
		if s.certificate == nil {
			handle(s, conn, act)
			return
		}
		secure := tls.Server(conn, s.tlsConfig())
		if secure.HandshakeContext(s.ctx) == nil {
			handle(s, secure, act)
		}
	}
}

// drain reads until the client closes the connection, so that a reset does not discard bytes that were written.
func drain(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// readByte reads the first byte and reports whether there is one.
func readByte(conn net.Conn) bool {
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err == nil
}

// reset closes a connection with a TCP reset.
func reset(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if plain, ok := conn.(*net.TCPConn); ok {
		_ = plain.SetLinger(0)
	}
	_ = conn.Close()
}
