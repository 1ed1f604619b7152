package pingmfatest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync"
)

// Answers that come late, in part, or without end.
var (
	FaultSlowHeaders = onMenu(Fault{
		Name: "slow-headers", Doc: "The request is read, and nothing is answered until the client gives up.", either: true,
		answer: nothing, deliver: delivery.hang,
	})
	FaultSlowBody = onMenu(Fault{
		Name: "slow-body", Doc: "The true headers and half of the body, and then nothing until the client gives up.",
		Acted: true, deliver: func(d delivery) { d.begin(d.half()); d.hang() },
	})
	FaultCloseAfterHeaders = onMenu(Fault{
		Name: "close-after-headers", Doc: "The true headers, and then the connection is closed.", Acted: true,
		deliver: func(d delivery) { d.raw(d.head(contentLength(len(d.Body)))) },
	})
	FaultTruncatedBody = onMenu(Fault{
		Name: "truncated-body", Doc: "Half as many bytes as Content-Length says, and then the connection is closed.",
		Acted: true, deliver: func(d delivery) { d.raw(d.head(contentLength(len(d.Body))), d.half()) },
	})
	FaultTruncatedChunks = onMenu(Fault{
		Name: "truncated-chunks", Doc: "A chunk with all of the body, but no last chunk: the connection is closed.",
		Acted: true, deliver: func(d delivery) { d.raw(d.head(chunked), d.chunk()) },
	})
	FaultChunkGarbage = onMenu(Fault{
		Name: "chunk-garbage", Doc: "A chunk with all of the body, and then a chunk whose size is no number.", Acted: true,
		deliver: func(d delivery) { d.raw(d.head(chunked), d.chunk(), "size\r\n", d.Body, "\r\n0\r\n\r\n") },
	})
	FaultShortLength = onMenu(Fault{
		Name: "short-length", Doc: "The true answer with a Content-Length of half its body.", Acted: true,
		deliver: func(d delivery) { d.raw(d.head("Connection: close\r\n", contentLength(len(d.Body)/2)), d.Body) },
	})
	FaultEndlessBody = onMenu(Fault{
		Name: "endless-body", Doc: "The true body, and then white space for ever.", Acted: true,
		deliver: func(d delivery) { d.begin(d.Body); d.pour(blank, -1) },
	})
	FaultHugeBody = onMenu(Fault{
		Name: "huge-body", Doc: "The true body in 1 GiB of white space, with its Content-Length.", Acted: true,
		deliver: func(d delivery) {
			d.Header.Set("Content-Length", fmt.Sprint(int64(gigabyte)))
			d.begin(d.Body)
			d.pour(blank, gigabyte-int64(len(d.Body)))
		},
	})
	FaultGzipBomb = onMenu(Fault{
		Name: "gzip-bomb", Doc: "The true body and 1 GiB of white space, packed by gzip into 1 MiB.", Acted: true,
		deliver: func(d delivery) {
			d.Header.Set("Content-Encoding", "gzip")
			d.begin(packed(d.Body))
			d.pour(packedBlank(), int64(len(packedBlank()))*gigabyte/int64(len(blank)))
		},
	})
)

const (
	gigabyte = 1 << 30
	chunked  = "Transfer-Encoding: chunked\r\n"
)

// blank is JSON's most patient filling.
var blank = strings.Repeat(" ", 1<<20)

var packedBlank = sync.OnceValue(func() string { return packed(blank) })

// packed is one gzip member; several in a row are gzip, too.
func packed(text string) string {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write([]byte(text)) // a Buffer does not fail
	_ = writer.Close()
	return out.String()
}

func (d delivery) chunk() string { return fmt.Sprintf("%x\r\n%s\r\n", len(d.Body), d.Body) }

// nothing is the answer of a fault that gives none.
func nothing(*Fake, *call, Response) Response { return Response{} }
