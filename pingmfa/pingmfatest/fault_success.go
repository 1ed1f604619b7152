package pingmfatest

import (
	"encoding/json"
	"net/http"
	"strings"
)

var successFaults = map[Fault]behavior{
	FaultHTMLPage: {ambiguous: true, respond: page(http.StatusOK)},
	FaultCaptivePage: {
		ambiguous: true, respond: func(f *Fake, call *call, correct Response) Response {
			response := page(http.StatusOK)(f, call, correct)
			response.Header["Content-Type"] = nil
			return response
		},
	},
	FaultEmptyBody:     changed(func(r *Response) { r.Body = "" }),
	FaultNull:          changed(func(r *Response) { r.Body = "null" }),
	FaultArray:         changed(func(r *Response) { r.Body = "[" + r.Body + "]" }),
	FaultWithoutID:     {acted: true, respond: withID(nil)},
	FaultNumericID:     {acted: true, respond: withID(4711)},
	FaultNoContentType: changed(func(r *Response) { r.Header["Content-Type"] = nil }),
	FaultHAL:           changed(func(r *Response) { r.Header.Set("Content-Type", "application/hal+json") }),
	FaultCharset:       changed(func(r *Response) { r.Header.Set("Content-Type", "application/json;charset=UTF-8") }),
	FaultOK:            changed(func(r *Response) { r.Status = http.StatusOK }),
	FaultAccepted:      changed(func(r *Response) { r.Status = http.StatusAccepted }),
	FaultNoContent:     changed(func(r *Response) { r.Status, r.Body = http.StatusNoContent, "" }),
	FaultDuplicateKeys: changed(func(r *Response) { insert(r, `"id":"another","access_token":"another"`) }),
	FaultInvalidUTF8:   changed(func(r *Response) { insert(r, "\"not\xffutf8\":\"\xc3\x28\"") }),
	FaultDeepNesting: changed(func(r *Response) {
		insert(r, `"deep":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000))
	}),
	FaultByteOrderMark: changed(func(r *Response) { r.Body = "\xef\xbb\xbf" + r.Body }),
	FaultTrailingBytes: changed(func(r *Response) { r.Body += "}</html>" }),
	FaultUnknownEncoding: changed(func(r *Response) {
		r.Header.Set("Content-Encoding", "br")
		r.Body = "\x8b\x02\x80\x03"
	}),
	FaultBrokenGzip: changed(func(r *Response) { r.Header.Set("Content-Encoding", "gzip") }),
	FaultEcho: {
		acted: true,
		respond: func(_ *Fake, call *call, correct Response) Response {
			insert(&correct, `"echo":`+string(marshal(call.echo())))
			correct.Header.Set("X-Echo", call.echo())
			correct.Header.Set("Location", "https://example.com/?"+call.echo())
			return correct
		},
	},
}

// changed returns the behavior of sending the correct response after a change.
func changed(change func(*Response)) behavior {
	return behavior{acted: true, respond: func(_ *Fake, _ *call, correct Response) Response {
		change(&correct)
		return correct
	}}
}

// insert adds a member before the others. A response without a body stays as it is.
func insert(r *Response, member string) {
	if rest, ok := strings.CutPrefix(r.Body, "{"); ok {
		r.Body = "{" + member + "," + rest
	}
}

// withID returns a respondFunc that replaces the id or the access_token, or removes it if value is nil. A response
// without a body stays as it is.
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
