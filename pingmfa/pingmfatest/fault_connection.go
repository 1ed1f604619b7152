package pingmfatest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Faults of the connection, before the server has read the request.
var (
	FaultRefused = register(Fault{
		Name: "refused", Doc: "The connection is refused. The dialer returns the error without a connection attempt.",
		BelowHTTP: true, dial: dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
	})
	FaultNoSuchHost = register(Fault{
		Name: "no-such-host", Doc: "The host name does not exist. The dialer returns the error without a DNS query.",
		BelowHTTP: true, dial: dialError(&net.DNSError{Err: "no such host", Name: "name.invalid", IsNotFound: true}),
	})
	FaultDialTimeout = register(Fault{
		Name: "dial-timeout", Doc: "The connection attempt times out. The dialer returns the error at once.",
		BelowHTTP: true, dial: dialError(os.NewSyscallError("connect", syscall.ETIMEDOUT)),
	})
	FaultAcceptThenClose = register(Fault{
		Name: "accept-then-close", Doc: "The connection is accepted and closed before anything is read.", BelowHTTP: true,
		dial: dialHandler(func(*Server, net.Conn, func()) {}),
	})
	FaultTLSStall = register(Fault{
		Name: "tls-stall", Doc: "The server does not take part in the TLS handshake.", BelowHTTP: true, NeedsTLS: true,
		dial: dialHandler(func(_ *Server, conn net.Conn, _ func()) { drain(conn) }),
	})
	FaultTLSGarbage = register(Fault{
		Name: "tls-garbage", Doc: "The server responds to the TLS handshake with plain HTTP.",
		BelowHTTP: true, NeedsTLS: true,
		dial: dialHandler(func(_ *Server, conn net.Conn, _ func()) {
			_ = readByte(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			drain(conn)
		}),
	})
	FaultTLSTooOld = register(Fault{
		Name: "tls-too-old", Doc: "The server supports only TLS 1.0 and 1.1.", BelowHTTP: true, NeedsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			config := s.tlsConfig()
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
			return config, nil
		}),
	})
	FaultUnknownAuthority = register(Fault{
		Name: "unknown-authority", Doc: "The certificate is signed by an unknown authority.",
		BelowHTTP: true, NeedsTLS: true,
		dial: dialHandshake(func(*Server) (*tls.Config, error) {
			return configWith(newCertificate(nil, func(*x509.Certificate) {}))
		}),
	})
	FaultExpiredCertificate = register(Fault{
		Name: "expired-certificate", Doc: "The certificate expired a minute ago.", BelowHTTP: true, NeedsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			return configWith(newCertificate(s.certificate, func(c *x509.Certificate) {
				c.NotAfter = time.Now().Add(-time.Minute)
			}))
		}),
	})
	FaultWrongHost = register(Fault{
		Name: "wrong-host", Doc: "The certificate is for another host name.", BelowHTTP: true, NeedsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			return configWith(newCertificate(s.certificate, func(c *x509.Certificate) {
				c.DNSNames, c.IPAddresses = []string{"other.example.com"}, nil
			}))
		}),
	})
	FaultResetBeforeReading = register(Fault{
		Name: "reset-before-reading", Doc: "The connection is reset after the first byte of the request.",
		BelowHTTP: true,
		dial: dialHandler(withTLS(func(_ *Server, conn net.Conn, _ func()) {
			if readByte(conn) {
				reset(conn)
			}
		})),
	})
	FaultAnswerBeforeReading = register(Fault{
		Name: "answer-before-reading", Doc: "503 after the first byte of the request; the server ignores the rest.",
		BelowHTTP: true,
		dial: dialHandler(withTLS(func(_ *Server, conn net.Conn, _ func()) {
			if readByte(conn) {
				_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
				drain(conn)
			}
		})),
	})
	// FaultClosedWhileIdle has no dial: the request is sent over one of the transport's connections.
	FaultClosedWhileIdle = register(Fault{
		Name: "closed-while-idle", BelowHTTP: true, Acted: true,
		Doc: "The server closes its idle connections without notice just before the request is sent. The client uses a " +
			"new connection, and the fake acts; or it uses a closed one, and the request is lost.",
	})
)

// configWith returns a TLS configuration with a certificate.
func configWith(certificate *tls.Certificate, err error) (*tls.Config, error) {
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}, nil
}
