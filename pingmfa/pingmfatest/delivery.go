package pingmfatest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// delivery is an answer on its way to a client, when it is not to go the ordinary way.
type delivery struct {
	Response
	w http.ResponseWriter
	r *http.Request
}

// take takes the connection away from net/http. Where there is none to take (HTTP/2), the request is aborted: no answer
// of net/http's own may stand in.
func (d delivery) take() net.Conn {
	conn, _, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	context.AfterFunc(d.r.Context(), func() { _ = conn.Close() })
	return conn
}

// raw writes bytes that net/http would not write, and closes the connection in good order.
func (d delivery) raw(parts ...string) {
	conn := d.take()
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, strings.Join(parts, "")) // the client may be gone
}

// head is the status line and the headers, with more headers if there are any, each with its line end.
func (d delivery) head(more ...string) string {
	return d.headIn("HTTP/1.1", more...)
}

func (d delivery) headIn(protocol string, more ...string) string {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %d %s\r\n", protocol, d.Status, http.StatusText(d.Status))
	_ = d.Header.Write(&head) // a Builder does not fail
	return head.String() + strings.Join(more, "") + "\r\n"
}

func contentLength(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }

func (d delivery) half() string { return d.Body[:len(d.Body)/2] }

// begin sends the headers and a part of the body, and leaves the rest open.
func (d delivery) begin(part string) {
	d.writeHeaders()
	_, _ = io.WriteString(d.w, part)
	_ = http.NewResponseController(d.w).Flush() // the client may be gone
}

func (d delivery) writeHeaders() {
	for name, values := range d.Header {
		d.w.Header()[name] = values
	}
	d.w.WriteHeader(d.Status)
}

// hang waits until the client has given up, or the server stops.
func (d delivery) hang() {
	<-d.r.Context().Done()
	panic(http.ErrAbortHandler)
}

// pour writes the same bytes until there were so many of them (negative: for ever), or until the client does not take
// any more.
func (d delivery) pour(bytes string, total int64) {
	for total != 0 && d.r.Context().Err() == nil {
		if total > 0 && total < int64(len(bytes)) {
			bytes = bytes[:total]
		}
		n, err := io.WriteString(d.w, bytes)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if total > 0 {
			total -= int64(n)
		}
	}
}

// reset closes a connection so that the other side gets a reset instead of an end.
func reset(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if plain, ok := conn.(*net.TCPConn); ok {
		_ = plain.SetLinger(0)
	}
	_ = conn.Close()
}
