package pingmfatest

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
)

// What a server of HTTP/2 (RFC 9113) may do to a request; each over a connection of its own.
var (
	FaultHTTP2GoAway = onMenu(Fault{
		Name: "http2-goaway", BelowHTTP: true, NeedsTLS: true,
		Doc: "GOAWAY says that the request was not looked at. net/http sends it again, over a new connection, if it can.",
		way: meet(frames(func(c *http2Conn, stream uint32) { c.goAway(stream - 1) })),
	})
	FaultHTTP2Refused = onMenu(Fault{
		Name: "http2-refused-stream", BelowHTTP: true, NeedsTLS: true,
		Doc: "RST_STREAM with REFUSED_STREAM: the request was not looked at. net/http sends it again, over a " +
			"new connection, if it can.",
		way: meet(frames(func(c *http2Conn, stream uint32) {
			c.goAway(stream) // so that net/http leaves this connection
			c.reset(stream, http2RefusedStream)
		})),
	})
	FaultHTTP2GoAwayLate = onMenu(Fault{
		Name: "http2-goaway-late", BelowHTTP: true, NeedsTLS: true, either: true,
		Doc: "GOAWAY says that the request may have been looked at, and the connection is closed.",
		way: meet(frames(func(c *http2Conn, stream uint32) { c.goAway(stream); _ = c.Close() })),
	})
	FaultHTTP2Reset = onMenu(Fault{
		Name: "http2-reset", BelowHTTP: true, NeedsTLS: true, either: true,
		Doc: "RST_STREAM with INTERNAL_ERROR after the whole request.",
		way: meet(frames(func(c *http2Conn, stream uint32) { c.reset(stream, http2InternalError) })),
	})
	FaultHTTP2ProtocolError = onMenu(Fault{
		Name: "http2-protocol-error", BelowHTTP: true, NeedsTLS: true, either: true,
		Doc: "RST_STREAM with PROTOCOL_ERROR after the whole request, as a gateway sends that cannot read the response. " +
			"Up to Go 1.26, net/http sends the request again over a new connection; later releases return an error.",
		way: meet(frames(func(c *http2Conn, stream uint32) { c.reset(stream, http2ProtocolError) })),
	})
)

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

// http2Conn is a connection whose requests are looked at from outside only: their headers stay packed.
type http2Conn struct{ net.Conn }

// frames is a peer that does the same to each request when all of it is there.
func frames(answer func(c *http2Conn, stream uint32)) peer {
	return func(t *trip, conn net.Conn) {
		secure := tls.Server(conn, t.tlsConfig("h2"))
		if secure.HandshakeContext(t.ended) != nil {
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
				t.arrive()
				answer(c, stream)
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
