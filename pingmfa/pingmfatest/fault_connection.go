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

var connectionFaults = map[Fault]behavior{
	FaultRefused: {belowHTTP: true, dial: dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED))},
	FaultNoSuchHost: {
		belowHTTP: true, dial: dialError(&net.DNSError{Err: "no such host", Name: "name.invalid", IsNotFound: true}),
	},
	FaultDialTimeout:     {belowHTTP: true, dial: dialError(os.NewSyscallError("connect", syscall.ETIMEDOUT))},
	FaultAcceptThenClose: {belowHTTP: true, dial: dialHandler(func(*Server, net.Conn, func()) {})},
	FaultTLSStall: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandler(func(_ *Server, conn net.Conn, _ func()) { drain(conn) }),
	},
	FaultTLSGarbage: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandler(func(_ *Server, conn net.Conn, _ func()) {
			_ = readByte(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
			drain(conn)
		}),
	},
	FaultTLSTooOld: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			config := s.tlsConfig()
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
			return config, nil
		}),
	},
	FaultUnknownAuthority: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandshake(func(*Server) (*tls.Config, error) {
			return configWith(newCertificate(nil, func(*x509.Certificate) {}))
		}),
	},
	FaultExpiredCertificate: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			return configWith(newCertificate(s.certificate, func(c *x509.Certificate) {
				c.NotAfter = time.Now().Add(-time.Minute)
			}))
		}),
	},
	FaultWrongHost: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandshake(func(s *Server) (*tls.Config, error) {
			return configWith(newCertificate(s.certificate, func(c *x509.Certificate) {
				c.DNSNames, c.IPAddresses = []string{"other.example.com"}, nil
			}))
		}),
	},
	FaultResetBeforeReading: {
		belowHTTP: true,
		dial: dialHandler(withTLS(func(_ *Server, conn net.Conn, _ func()) {
			if readByte(conn) {
				reset(conn)
			}
		})),
	},
	FaultResponseBeforeReading: {
		belowHTTP: true,
		dial: dialHandler(withTLS(func(_ *Server, conn net.Conn, _ func()) {
			if readByte(conn) {
				_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
				drain(conn)
			}
		})),
	},
	// FaultClosedWhileIdle has no dial: the request is sent over one of the transport's connections.
	FaultClosedWhileIdle: {belowHTTP: true, acted: true},
}

// configWith returns a TLS configuration with a certificate.
func configWith(certificate *tls.Certificate, err error) (*tls.Config, error) {
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}, nil
}
