package pingmfatest

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

var transferFaults = map[Fault]behavior{
	FaultSlowHeaders:       {ambiguous: true, respond: noResponse, write: faultWriter.awaitClient},
	FaultSlowBody:          {acted: true, write: func(w faultWriter) { w.flush(w.half()); w.awaitClient() }},
	FaultCloseAfterHeaders: {acted: true, write: func(w faultWriter) { w.raw(w.head(contentLength(len(w.Body)))) }},
	FaultTruncatedBody: {
		acted: true, write: func(w faultWriter) { w.raw(w.head(contentLength(len(w.Body))), w.half()) },
	},
	FaultTruncatedChunks: {acted: true, write: func(w faultWriter) { w.raw(w.head(chunked), w.chunk()) }},
	FaultChunkGarbage: {
		acted: true,
		write: func(w faultWriter) { w.raw(w.head(chunked), w.chunk(), "size\r\n", w.Body, "\r\n0\r\n\r\n") },
	},
	FaultShortLength: {
		acted: true,
		write: func(w faultWriter) { w.raw(w.head("Connection: close\r\n", contentLength(len(w.Body)/2)), w.Body) },
	},
	FaultEndlessBody: {acted: true, write: func(w faultWriter) { w.flush(w.Body); w.repeat(blank, -1) }},
	FaultHugeBody: {
		acted: true,
		write: func(w faultWriter) {
			w.Header.Set("Content-Length", fmt.Sprint(int64(gigabyte)))
			w.flush(w.Body)
			w.repeat(blank, gigabyte-int64(len(w.Body)))
		},
	},
	FaultGzipBomb: {
		acted: true,
		write: func(w faultWriter) {
			w.Header.Set("Content-Encoding", "gzip")
			w.flush(compress(w.Body))
			w.repeat(compressedBlank(), int64(len(compressedBlank()))*gigabyte/int64(len(blank)))
		},
	},
}

var protocolFaults = map[Fault]behavior{
	FaultResetAfterReading: {ambiguous: true, respond: noResponse, write: func(w faultWriter) { reset(w.hijack()) }},
	FaultCloseAfterReading: {ambiguous: true, respond: noResponse, write: func(w faultWriter) { w.raw() }},
	FaultGarbage: {
		ambiguous: true,
		respond:   echoBody, write: func(w faultWriter) { w.raw("SORRY ", w.Body, "\r\n\r\n") },
	},
	FaultBadStatus: {
		ambiguous: true,
		respond:   echoBody, write: func(w faultWriter) { w.raw("HTTP/1.1 ", w.Body, " OK\r\n\r\n") },
	},
	FaultBadHeader: {
		ambiguous: true,
		respond:   echoBody,
		write: func(w faultWriter) {
			w.raw("HTTP/1.1 201 Created\r\n", strings.ReplaceAll(w.Body, ":", "="), "\r\n\r\n")
		},
	},
	FaultBadLength: {
		acted: true,
		write: func(w faultWriter) { w.raw(w.head(contentLength(len(w.Body)), contentLength(7)), w.Body) },
	},
	FaultHugeHeader: changed(func(r *Response) { r.Header.Set("X-Huge", strings.Repeat("x", 1<<20)) }),
	FaultEndlessHeaders: {
		ambiguous: true,
		respond:   noResponse,
		write: func(w faultWriter) {
			w.rawForever("HTTP/1.1 201 Created\r\n", "X-More: "+strings.Repeat("x", 1<<10)+"\r\n")
		},
	},
	FaultInformationalResponses: {
		acted: true,
		write: func(w faultWriter) {
			w.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
				"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
				w.head("Connection: close\r\n", contentLength(len(w.Body))), w.Body)
		},
	},
	FaultEndlessInformationalResponses: {
		ambiguous: true,
		respond:   noResponse,
		write: func(w faultWriter) {
			w.rawForever("", "HTTP/1.1 103 Early Hints\r\nLink: </"+strings.Repeat("x", 1<<10)+">\r\n\r\n")
		},
	},
	FaultSwitchingProtocols: {
		ambiguous: true,
		respond:   echoBody,
		write: func(w faultWriter) {
			w.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", w.Body)
		},
	},
	FaultHTTP10: {acted: true, write: func(w faultWriter) { w.raw(w.headOf("HTTP/1.0"), w.Body) }},
}

const (
	gigabyte = 1 << 30
	chunked  = "Transfer-Encoding: chunked\r\n"
)

// blank is 1 MiB of white space.
var blank = strings.Repeat(" ", 1<<20)

var compressedBlank = sync.OnceValue(func() string { return compress(blank) })

// compress returns text as a gzip member. Several members in a row are valid gzip.
func compress(text string) string {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write([]byte(text)) // a Buffer returns no error
	_ = writer.Close()
	return out.String()
}

func contentLength(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }

// noResponse returns a Response without content, for faults that do not send one.
func noResponse(*Fake, *call, Response) Response { return Response{} }

// echoBody returns a Response whose body is the request in one line.
func echoBody(_ *Fake, call *call, _ Response) Response {
	return Response{Body: strings.NewReplacer("\r", "", "\n", "").Replace(call.echo())}
}

// faultWriter writes a Response in another way than net/http does.
type faultWriter struct {
	Response
	w http.ResponseWriter
	r *http.Request
}

// hijack takes over the connection. If that is not possible (HTTP/2), it aborts the request, so that net/http does not
// send a response of its own.
func (w faultWriter) hijack() net.Conn {
	conn, _, err := http.NewResponseController(w.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	context.AfterFunc(w.r.Context(), func() { _ = conn.Close() })
	return conn
}

// raw writes bytes to the connection and closes it.
func (w faultWriter) raw(parts ...string) {
	conn := w.hijack()
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, strings.Join(parts, "")) // the client may have disconnected
}

// rawForever writes first to the connection, then again until the client disconnects.
func (w faultWriter) rawForever(first, again string) {
	conn := w.hijack()
	defer func() { _ = conn.Close() }()
	_, err := io.WriteString(conn, first)
	for err == nil {
		_, err = io.WriteString(conn, again)
	}
}

// head returns the status line and the headers. Each of more is one more header with its line end.
func (w faultWriter) head(more ...string) string { return w.headOf("HTTP/1.1", more...) }

func (w faultWriter) headOf(protocol string, more ...string) string {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %d %s\r\n", protocol, w.Status, http.StatusText(w.Status))
	_ = w.Header.Write(&head) // a Builder returns no error
	return head.String() + strings.Join(more, "") + "\r\n"
}

func (w faultWriter) half() string { return w.Body[:len(w.Body)/2] }

func (w faultWriter) chunk() string { return fmt.Sprintf("%x\r\n%s\r\n", len(w.Body), w.Body) }

// flush sends the headers and a part of the body.
func (w faultWriter) flush(part string) {
	w.writeHead(w.w)
	_, _ = io.WriteString(w.w, part)
	_ = http.NewResponseController(w.w).Flush() // the client may have disconnected
}

// awaitClient waits until the client disconnects or the server stops.
func (w faultWriter) awaitClient() {
	<-w.r.Context().Done()
	panic(http.ErrAbortHandler)
}

// repeat writes text again and again, up to total bytes or, if total is negative, until the client disconnects.
func (w faultWriter) repeat(text string, total int64) {
	for total != 0 && w.r.Context().Err() == nil {
		if total > 0 && total < int64(len(text)) {
			text = text[:total]
		}
		n, err := io.WriteString(w.w, text)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if total > 0 {
			total -= int64(n)
		}
	}
}
