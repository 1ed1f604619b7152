package pingmfatest

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
)

var http2Faults = map[Fault]behavior{
	FaultHTTP2GoAway: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandler(http2Handler(func(c *http2Conn, stream uint32) { c.goAway(stream - 1) })),
	},
	FaultHTTP2Refused: {
		belowHTTP: true, needsTLS: true,
		dial: dialHandler(http2Handler(func(c *http2Conn, stream uint32) {
			c.goAway(stream) // so that net/http does not use this connection again
			c.reset(stream, http2RefusedStream)
		})),
	},
	FaultHTTP2GoAwayLate: {
		belowHTTP: true, needsTLS: true, ambiguous: true,
		dial: dialHandler(http2Handler(func(c *http2Conn, stream uint32) { c.goAway(stream); _ = c.Close() })),
	},
	FaultHTTP2Reset: {
		belowHTTP: true, needsTLS: true, ambiguous: true,
		dial: dialHandler(http2Handler(func(c *http2Conn, stream uint32) { c.reset(stream, http2InternalError) })),
	},
	FaultHTTP2ProtocolError: {
		belowHTTP: true, needsTLS: true, ambiguous: true,
		dial: dialHandler(http2Handler(func(c *http2Conn, stream uint32) { c.reset(stream, http2ProtocolError) })),
	},
}

const (
	http2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

	http2Headers   = 0x1
	http2RSTStream = 0x3
	http2Settings  = 0x4
	http2GoAway    = 0x7

	http2EndStream = 0x1 // of HEADERS and DATA
	http2Ack       = 0x1 // of SETTINGS

	http2ProtocolError = 0x1
	http2InternalError = 0x2
	http2RefusedStream = 0x7
)

// http2Conn reads and writes frames. It does not decode headers.
type http2Conn struct{ net.Conn }

// http2Handler returns a handler that calls respond for each request when it has read the whole request.
func http2Handler(respond func(c *http2Conn, stream uint32)) connHandler {
	return func(s *Server, conn net.Conn, act func()) {
		secure := tls.Server(conn, s.tlsConfig("h2"))
		if secure.HandshakeContext(s.ctx) != nil {
			return
		}
		c := &http2Conn{secure}
		if _, err := io.ReadFull(c, make([]byte, len(http2Preface))); err != nil {
			return
		}
		c.write(http2Settings, 0, 0)
		for {
			kind, flags, stream, err := c.read()
			switch {
			case err != nil:
				return
			case kind == http2Settings && flags&http2Ack == 0:
				c.write(http2Settings, http2Ack, 0)
			case kind <= http2Headers && flags&http2EndStream != 0: // HEADERS, or DATA
				act()
				respond(c, stream)
			}
		}
	}
}

func (c *http2Conn) goAway(lastStream uint32) { c.write(http2GoAway, 0, 0, lastStream, 0) }

func (c *http2Conn) reset(stream, code uint32) { c.write(http2RSTStream, 0, stream, code) }

func (c *http2Conn) write(kind, flags byte, stream uint32, payload ...uint32) {
	frame := []byte{0, 0, byte(4 * len(payload)), kind, flags} //nolint:gosec // two words at most
	for _, word := range append([]uint32{stream}, payload...) {
		frame = binary.BigEndian.AppendUint32(frame, word)
	}
	_, _ = c.Write(frame) // the client may be gone
}

func (c *http2Conn) read() (kind, flags byte, stream uint32, err error) {
	var head [9]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return 0, 0, 0, err
	}
	length := int64(head[0])<<16 | int64(head[1])<<8 | int64(head[2])
	_, err = io.CopyN(io.Discard, c, length)
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]), err
}
