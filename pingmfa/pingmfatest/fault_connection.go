package pingmfatest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// What happens before the server has the request.
var (
	FaultRefused = onMenu(Fault{
		Name: "refused", Doc: "Nobody listens: the connection is refused.", BelowHTTP: true,
		way: func(ctx context.Context, _ *trip) (net.Conn, error) {
			listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			_ = listener.Close()
			return dial(ctx, listener.Addr().String())
		},
	})
	FaultNoSuchHost = onMenu(Fault{
		Name: "no-such-host", Doc: "The name is not found. (No name server is asked: the dialer says so.)", BelowHTTP: true,
		way: undialled(&net.DNSError{Err: "no such host", Name: "name.invalid", IsNotFound: true}),
	})
	FaultDialTimeout = onMenu(Fault{
		Name: "dial-timeout", Doc: "The connection does not come about in time. (The dialer says so, at once.)",
		BelowHTTP: true, way: undialled(os.NewSyscallError("connect", syscall.ETIMEDOUT)),
	})
	FaultAcceptThenClose = onMenu(Fault{
		Name: "accept-then-close", Doc: "The connection is accepted and closed before anything is read.", BelowHTTP: true,
		way: meet(func(*trip, net.Conn) {}),
	})
	FaultTLSStall = onMenu(Fault{
		Name: "tls-stall", Doc: "The TLS handshake is never answered.", BelowHTTP: true, NeedsTLS: true,
		way: meet(func(_ *trip, conn net.Conn) { drain(conn) }),
	})
	FaultTLSGarbage = onMenu(Fault{
		Name: "tls-garbage", Doc: "The TLS handshake is answered in plain HTTP.", BelowHTTP: true, NeedsTLS: true,
		way: meet(func(_ *trip, conn net.Conn) {
			_ = await(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			drain(conn)
		}),
	})
	FaultTLSTooOld = onMenu(Fault{
		Name: "tls-too-old", Doc: "The server speaks nothing newer than TLS 1.1.", BelowHTTP: true, NeedsTLS: true,
		way: meet(shake(func(s *Server) (*tls.Config, error) {
			config := s.tlsConfig()
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
			return config, nil
		})),
	})
	FaultUnknownAuthority = onMenu(Fault{
		Name: "unknown-authority", Doc: "The certificate is signed by nobody whom the client knows.",
		BelowHTTP: true, NeedsTLS: true,
		way: meet(shake(func(*Server) (*tls.Config, error) {
			stranger, err := newCertificate()
			return certified(stranger), err
		})),
	})
	FaultExpiredCertificate = onMenu(Fault{
		Name: "expired-certificate", Doc: "The certificate was good until a minute ago.", BelowHTTP: true, NeedsTLS: true,
		way: meet(shake(func(s *Server) (*tls.Config, error) {
			expired, err := issueCertificate(s.certificate, func(c *x509.Certificate) {
				c.NotAfter = time.Now().Add(-time.Minute)
			})
			return certified(expired), err
		})),
	})
	FaultWrongHost = onMenu(Fault{
		Name: "wrong-host", Doc: "The certificate is another host's.", BelowHTTP: true, NeedsTLS: true,
		way: meet(shake(func(s *Server) (*tls.Config, error) {
			other, err := issueCertificate(s.certificate, func(c *x509.Certificate) {
				c.DNSNames, c.IPAddresses = []string{"elsewhere.example.com"}, nil
			})
			return certified(other), err
		})),
	})
	FaultResetBeforeReading = onMenu(Fault{
		Name: "reset-before-reading", Doc: "The connection is reset when the first byte of the request is there.",
		BelowHTTP: true,
		way: meet(secured(func(_ *trip, conn net.Conn) {
			if await(conn) {
				reset(conn)
			}
		})),
	})
	FaultAnswerBeforeReading = onMenu(Fault{
		Name: "answer-before-reading", Doc: "503 when the first byte of the request is there; the rest is not heeded.",
		BelowHTTP: true,
		way: meet(secured(func(_ *trip, conn net.Conn) {
			if await(conn) {
				_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
				drain(conn)
			}
		})),
	})
	// FaultClosedWhileIdle has way == nil: the request goes the ordinary way after all.
	FaultClosedWhileIdle = onMenu(Fault{
		Name: "closed-while-idle", BelowHTTP: true, Acted: true,
		Doc: "The server closes the connections that it has kept, just before the request is sent: it goes over a new one, " +
			"and the fake acts; or over an old one, if the client has not noticed yet, and is lost.",
	})
)

// undialled has the dialer fail.
func undialled(err error) way {
	return func(context.Context, *trip) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
}

func certified(certificate *tls.Certificate) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	return config
}

// closeIdle closes the connections between two requests.
func (s *Server) closeIdle() {
	s.web.Config.SetKeepAlivesEnabled(false)
	s.web.Config.SetKeepAlivesEnabled(true)
}
