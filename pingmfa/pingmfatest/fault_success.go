package pingmfatest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Successes that are not as documented.
var (
	FaultPage = register(Fault{
		Name: "page", Doc: "200 with an HTML page, as from an intermediary.", ambiguous: true,
		respond: page(http.StatusOK),
	})
	FaultCaptivePage = register(Fault{
		Name: "captive-page", Doc: "200 with an HTML page of a captive portal, without Content-Type and Correlation-Id.",
		ambiguous: true, respond: func(f *Fake, call *call, correct Response) Response {
			response := page(http.StatusOK)(f, call, correct)
			response.Header["Content-Type"] = nil
			return response
		},
	})
	FaultEmptyBody = register(Fault{
		Name: "empty-body", Doc: "The correct status with an empty body.", Acted: true,
		respond: modify(func(r *Response) { r.Body = "" }),
	})
	FaultNull = register(Fault{
		Name: "null", Doc: "The correct status and the body null.", Acted: true,
		respond: modify(func(r *Response) { r.Body = "null" }),
	})
	FaultList = register(Fault{
		Name: "list", Doc: "The correct response in a JSON array.", Acted: true,
		respond: modify(func(r *Response) { r.Body = "[" + r.Body + "]" }),
	})
	FaultWithoutID = register(Fault{
		Name: "without-id", Doc: "The correct response without its id (or access_token).",
		Acted: true, respond: withID(nil),
	})
	FaultNumericID = register(Fault{
		Name: "numeric-id", Doc: "The correct response with a number as its id (or access_token).", Acted: true,
		respond: withID(4711),
	})
	FaultNoContentType = register(Fault{
		Name: "no-content-type", Doc: "The correct response without Content-Type.", Acted: true,
		respond: modify(func(r *Response) { r.Header["Content-Type"] = nil }),
	})
	FaultHAL = register(Fault{
		Name: "hal", Doc: "The correct response as application/hal+json.", Acted: true,
		respond: modify(func(r *Response) { r.Header.Set("Content-Type", "application/hal+json") }),
	})
	FaultCharset = register(Fault{
		Name: "charset", Doc: "The correct response as application/json;charset=UTF-8.", Acted: true,
		respond: modify(func(r *Response) { r.Header.Set("Content-Type", "application/json;charset=UTF-8") }),
	})
	FaultOK = register(Fault{
		Name: "ok", Doc: "The correct response with the status 200.", Acted: true,
		respond: modify(func(r *Response) { r.Status = http.StatusOK }),
	})
	FaultAccepted = register(Fault{
		Name: "accepted", Doc: "The correct response with the status 202.", Acted: true,
		respond: modify(func(r *Response) { r.Status = http.StatusAccepted }),
	})
	FaultNoContent = register(Fault{
		Name: "no-content", Doc: "204 without a body.", Acted: true,
		respond: modify(func(r *Response) { r.Status, r.Body = http.StatusNoContent, "" }),
	})
	FaultDuplicateKeys = register(Fault{
		Name: "duplicate-keys", Doc: "The correct response with another id (or access_token) before its own.",
		Acted: true, respond: insert(`"id":"another","access_token":"another"`),
	})
	FaultInvalidUTF8 = register(Fault{
		Name: "invalid-utf8", Doc: "The correct response with an unknown property that is not UTF-8.", Acted: true,
		respond: insert("\"not\xffutf8\":\"\xc3\x28\""),
	})
	FaultDeepNesting = register(Fault{
		Name: "deep-nesting", Doc: "The correct response with an unknown property of 100,000 nested arrays.", Acted: true,
		respond: insert(`"deep":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)),
	})
	FaultByteOrderMark = register(Fault{
		Name: "byte-order-mark", Doc: "The correct response after a byte order mark.", Acted: true,
		respond: modify(func(r *Response) { r.Body = "\xef\xbb\xbf" + r.Body }),
	})
	FaultTrailingBytes = register(Fault{
		Name: "trailing-bytes", Doc: "The correct response, then bytes that are not JSON.", Acted: true,
		respond: modify(func(r *Response) { r.Body += "}</html>" }),
	})
	FaultUnknownEncoding = register(Fault{
		Name: "unknown-encoding", Doc: "An unreadable body with Content-Encoding: br.", Acted: true,
		respond: modify(func(r *Response) { r.Header.Set("Content-Encoding", "br"); r.Body = "\x8b\x02\x80\x03" }),
	})
	FaultBrokenGzip = register(Fault{
		Name: "broken-gzip", Doc: "The uncompressed correct response with Content-Encoding: gzip.", Acted: true,
		respond: modify(func(r *Response) { r.Header.Set("Content-Encoding", "gzip") }),
	})
	FaultEcho = register(Fault{
		Name: "echo", Doc: "The correct response with the request in an unknown property, a header and Location.",
		Acted: true,
		respond: func(f *Fake, call *call, correct Response) Response {
			correct = insert(`"echo":`+string(marshal(call.echo())))(f, call, correct)
			correct.Header.Set("X-Echo", call.echo())
			correct.Header.Set("Location", "https://example.com/?"+call.echo())
			return correct
		},
	})
)

// modify returns a respondFunc that changes the correct response.
func modify(change func(*Response)) respondFunc {
	return func(_ *Fake, _ *call, correct Response) Response {
		change(&correct)
		return correct
	}
}

// insert returns a respondFunc that adds a member before the others.
func insert(member string) respondFunc {
	return modify(func(r *Response) { r.Body = "{" + member + "," + strings.TrimPrefix(r.Body, "{") })
}

// withID returns a respondFunc that replaces the id or the access_token, or removes it if value is nil. A response
// without a body has none.
func withID(value any) respondFunc {
	return func(f *Fake, call *call, correct Response) Response {
		if correct.Body == "" {
			return correct
		}
		name := "id"
		if call.Operation == OpToken {
			name = "access_token"
		}
		document := decode(json.RawMessage(correct.Body))
		delete(document, name)
		if value != nil {
			document[name] = value
		}
		correct.Body = string(f.encode(document))
		return correct
	}
}
