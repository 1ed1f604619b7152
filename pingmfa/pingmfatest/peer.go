package pingmfatest

import (
	"context"
	"crypto/tls"
	"io"
	"net"
)

// peer is what somebody on loopback does with the one connection that a request goes over. It is closed when he is
// done.
type peer func(t *trip, conn net.Conn)

// meet has a request go to a peer instead of the server.
func meet(behave peer) way {
	return func(ctx context.Context, t *trip) (net.Conn, error) {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, listener.Addr().String())
		if err != nil {
			_ = listener.Close()
			return nil, err
		}
		t.peers.Go(func() {
			accepted, err := listener.Accept()
			_ = listener.Close()
			if err != nil {
				return
			}
			defer func() { _ = accepted.Close() }()
			defer context.AfterFunc(t.ended, func() { _ = accepted.Close() })()
			behave(t, accepted)
		})
		return conn, nil
	}
}

// secured is a peer behind a TLS handshake, if the server speaks TLS at all.
func secured(behave peer) peer {
	return func(t *trip, conn net.Conn) {
		if t.certificate == nil {
			behave(t, conn)
			return
		}
		secure := tls.Server(conn, t.tlsConfig())
		if secure.HandshakeContext(t.ended) == nil {
			behave(t, secure)
		}
	}
}

func (s *Server) tlsConfig(protocols ...string) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{*s.certificate}, MinVersion: tls.VersionTLS12, NextProtos: protocols,
	}
}

// shake is a peer that ends with the TLS handshake, which fails when its configuration is as it should be.
func shake(configure func(*Server) (*tls.Config, error)) peer {
	return func(t *trip, conn net.Conn) {
		config, err := configure(t.Server)
		if err != nil {
			return
		}
		_ = tls.Server(conn, config).HandshakeContext(t.ended)
		drain(conn)
	}
}

// drain reads until the client closes the connection, so that nothing that was written is lost to a reset.
func drain(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// await reads the first byte.
func await(conn net.Conn) bool {
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err == nil
}
