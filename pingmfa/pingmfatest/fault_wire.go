package pingmfatest

import (
	"io"
	"strings"
)

// Bytes that are no HTTP, or HTTP that is seldom seen.
var (
	FaultResetAfterReading = onMenu(Fault{
		Name: "reset-after-reading", Doc: "The request is read, and then the connection is reset.", either: true,
		answer: nothing, deliver: func(d delivery) { reset(d.take()) },
	})
	FaultCloseAfterReading = onMenu(Fault{
		Name: "close-after-reading", Doc: "The request is read, and then the connection is closed.", either: true,
		answer: nothing, deliver: func(d delivery) { d.raw() },
	})
	FaultGarbage = onMenu(Fault{
		Name: "garbage", Doc: "The answer is not HTTP, and repeats the request.", either: true,
		answer: repeating, deliver: func(d delivery) { d.raw("SORRY ", d.Body, "\r\n\r\n") },
	})
	FaultBadStatus = onMenu(Fault{
		Name: "bad-status", Doc: "The status of the answer is no number: it repeats the request.", either: true,
		answer: repeating, deliver: func(d delivery) { d.raw("HTTP/1.1 ", d.Body, " OK\r\n\r\n") },
	})
	FaultBadHeader = onMenu(Fault{
		Name: "bad-header", Doc: "A header line has no colon: it repeats the request.", either: true,
		answer: repeating,
		deliver: func(d delivery) {
			d.raw("HTTP/1.1 201 Created\r\n", strings.ReplaceAll(d.Body, ":", "="), "\r\n\r\n")
		},
	})
	FaultBadLength = onMenu(Fault{
		Name: "bad-length", Doc: "The true answer with two different Content-Lengths.", Acted: true,
		deliver: func(d delivery) { d.raw(d.head(contentLength(len(d.Body)), contentLength(7)), d.Body) },
	})
	FaultHugeHeader = onMenu(Fault{
		Name: "huge-header", Doc: "The true answer with a header of 1 MiB.", Acted: true,
		answer: changing(func(a *Response) { a.Header.Set("X-Huge", strings.Repeat("x", 1<<20)) }),
	})
	FaultEndlessHeaders = onMenu(Fault{
		Name: "endless-headers", Doc: "A 201 whose headers do not end.", either: true,
		answer: nothing,
		deliver: func(d delivery) {
			d.stream("HTTP/1.1 201 Created\r\n", "X-More: "+strings.Repeat("x", 1<<10)+"\r\n")
		},
	})
	FaultEarlyHints = onMenu(Fault{
		Name: "early-hints", Doc: "100, 102 and 103 that nobody asked for, and then the true answer.", Acted: true,
		deliver: func(d delivery) {
			d.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
				"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
				d.head("Connection: close\r\n", contentLength(len(d.Body))), d.Body)
		},
	})
	FaultEndlessHints = onMenu(Fault{
		Name: "endless-hints", Doc: "103 again and again, and never an answer.", either: true,
		answer: nothing,
		deliver: func(d delivery) {
			d.stream("", "HTTP/1.1 103 Early Hints\r\nLink: </"+strings.Repeat("x", 1<<10)+">\r\n\r\n")
		},
	})
	FaultSwitchingProtocols = onMenu(Fault{
		Name: "switching-protocols", Doc: "101, and then bytes of another protocol that repeat the request.", either: true,
		answer: repeating,
		deliver: func(d delivery) {
			d.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", d.Body)
		},
	})
	FaultHTTP10 = onMenu(Fault{
		Name: "http-1.0", Doc: "The true answer in HTTP/1.0: its end is the end of the connection.", Acted: true,
		deliver: func(d delivery) { d.raw(d.headIn("HTTP/1.0"), d.Body) },
	})
)

// repeating has the request in one line for a body, for what is to be written by hand.
func repeating(_ *Fake, call *call, _ Response) Response {
	return Response{Body: strings.NewReplacer("\r", "", "\n", "").Replace(call.echo())}
}

// stream writes bytes by hand, the last ones for ever: until the client does not take any more.
func (d delivery) stream(first, again string) {
	conn := d.take()
	defer func() { _ = conn.Close() }()
	_, err := io.WriteString(conn, first)
	for err == nil {
		_, err = io.WriteString(conn, again)
	}
}
