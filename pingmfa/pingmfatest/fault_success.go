package pingmfatest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Successes that are not as documented. But for the first, PingOne has acted.
var (
	FaultPage = onMenu(Fault{
		Name: "page", Doc: "200 with an HTML page, as of a portal between the client and PingOne.", either: true,
		answer: page(http.StatusOK),
	})
	FaultEmptyBody = onMenu(Fault{
		Name: "empty-body", Doc: "The true status with an empty body.", Acted: true,
		answer: changing(func(a *Response) { a.Body = "" }),
	})
	FaultNull = onMenu(Fault{
		Name: "null", Doc: "The true status with null for a body.", Acted: true,
		answer: changing(func(a *Response) { a.Body = "null" }),
	})
	FaultList = onMenu(Fault{
		Name: "list", Doc: "The true answer inside a JSON array.", Acted: true,
		answer: changing(func(a *Response) { a.Body = "[" + a.Body + "]" }),
	})
	FaultWithoutID = onMenu(Fault{
		Name: "without-id", Doc: "The true answer without its id (of the token endpoint: without its access_token).",
		Acted: true, answer: withID(nil),
	})
	FaultNumericID = onMenu(Fault{
		Name: "numeric-id", Doc: "The true answer with a number for its id (or access_token).", Acted: true,
		answer: withID(4711),
	})
	FaultNoContentType = onMenu(Fault{
		Name: "no-content-type", Doc: "The true answer without Content-Type.", Acted: true,
		answer: changing(func(a *Response) { a.Header["Content-Type"] = nil }),
	})
	FaultHAL = onMenu(Fault{
		Name: "hal", Doc: "The true answer as application/hal+json.", Acted: true,
		answer: changing(func(a *Response) { a.Header.Set("Content-Type", "application/hal+json") }),
	})
	FaultCharset = onMenu(Fault{
		Name: "charset", Doc: "The true answer as application/json;charset=UTF-8.", Acted: true,
		answer: changing(func(a *Response) { a.Header.Set("Content-Type", "application/json;charset=UTF-8") }),
	})
	FaultOK = onMenu(Fault{
		Name: "ok", Doc: "The true answer with 200 for a status.", Acted: true,
		answer: changing(func(a *Response) { a.Status = http.StatusOK }),
	})
	FaultAccepted = onMenu(Fault{
		Name: "accepted", Doc: "The true answer with 202 for a status.", Acted: true,
		answer: changing(func(a *Response) { a.Status = http.StatusAccepted }),
	})
	FaultNoContent = onMenu(Fault{
		Name: "no-content", Doc: "204, and so no body.", Acted: true,
		answer: changing(func(a *Response) { a.Status, a.Body = http.StatusNoContent, "" }),
	})
	FaultDuplicateKeys = onMenu(Fault{
		Name: "duplicate-keys", Doc: "The true answer with another id (or access_token) in front of the true one.",
		Acted: true, answer: insert(`"id":"another","access_token":"another"`),
	})
	FaultInvalidUTF8 = onMenu(Fault{
		Name: "invalid-utf8", Doc: "The true answer with an unknown property that is not UTF-8.", Acted: true,
		answer: insert("\"not\xffutf8\":\"\xc3\x28\""),
	})
	FaultDeepNesting = onMenu(Fault{
		Name: "deep-nesting", Doc: "The true answer with an unknown property of 100,000 nested arrays.", Acted: true,
		answer: insert(`"deep":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)),
	})
	FaultByteOrderMark = onMenu(Fault{
		Name: "byte-order-mark", Doc: "The true answer behind a byte order mark.", Acted: true,
		answer: changing(func(a *Response) { a.Body = "\xef\xbb\xbf" + a.Body }),
	})
	FaultTrailingBytes = onMenu(Fault{
		Name: "trailing-bytes", Doc: "The true answer, and bytes behind it that are no JSON.", Acted: true,
		answer: changing(func(a *Response) { a.Body += "}</html>" }),
	})
	FaultUnknownEncoding = onMenu(Fault{
		Name: "unknown-encoding", Doc: "A body that claims Content-Encoding: br, and is not readable.", Acted: true,
		answer: changing(func(a *Response) { a.Header.Set("Content-Encoding", "br"); a.Body = "\x8b\x02\x80\x03" }),
	})
	FaultBrokenGzip = onMenu(Fault{
		Name: "broken-gzip", Doc: "The true answer under Content-Encoding: gzip, but not packed.", Acted: true,
		answer: changing(func(a *Response) { a.Header.Set("Content-Encoding", "gzip") }),
	})
	FaultEcho = onMenu(Fault{
		Name: "echo", Doc: "The true answer, which repeats the request in an unknown property, a header and Location.",
		Acted: true,
		answer: func(f *Fake, call *call, truth Response) Response {
			truth = insert(`"echo":`+string(scalar(call.echo())))(f, call, truth)
			truth.Header.Set("X-Echo", call.echo())
			truth.Header.Set("Location", "https://example.com/?"+call.echo())
			return truth
		},
	})
)

func changing(change func(*Response)) func(*Fake, *call, Response) Response {
	return func(_ *Fake, _ *call, truth Response) Response {
		change(&truth)
		return truth
	}
}

// insert puts a member in front of the others.
func insert(member string) func(*Fake, *call, Response) Response {
	return changing(func(a *Response) { a.Body = "{" + member + "," + strings.TrimPrefix(a.Body, "{") })
}

// withID puts another value into the property that an answer is nothing without; nil takes it out.
func withID(value any) func(*Fake, *call, Response) Response {
	return func(f *Fake, call *call, truth Response) Response {
		name := "id"
		if call.Operation == OpToken {
			name = "access_token"
		}
		document := decode(json.RawMessage(truth.Body))
		delete(document, name)
		if value != nil {
			document[name] = value
		}
		truth.Body = string(f.encode(document))
		return truth
	}
}
