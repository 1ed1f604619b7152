package pingmfatest

import (
	"io"
	"net/http"
	"slices"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// maxRequest bounds what is read of a request, in bytes. No request of the contract comes near it.
const maxRequest = 1 << 20

// Request is a request that the fake has seen, byte for byte. It holds whatever the client sent, the client secret and
// phone numbers included.
type Request struct {
	// Operation is [OpCreateDeviceAuthentication], [OpCreateDevice] or [OpToken]; empty for another path or method.
	Operation string
	Method    string
	// Host is the role of the host; empty when the request was under no base URL.
	Host conformance.Host
	// Path is what follows the base URL, still escaped, without the query.
	Path string
	// Query is what follows the question mark. The contract has no query parameters.
	Query  string
	Header http.Header
	Body   []byte
	// Status is the status that it was answered with; 0 when a fault left it without one.
	Status int
	// Acted says whether the fake carried it out, whatever the answer said: a token was issued, an authentication
	// started, a device stored. It is true only of calls that PingOne would have answered with a 2xx.
	Acted bool
}

// Requests gives what was asked of the fake so far, in the order of the answers; with operations named, only those.
func (f *Fake) Requests(operations ...string) []Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	var requests []Request
	for _, request := range f.requests {
		if len(operations) == 0 || slices.Contains(operations, request.Operation) {
			request.Header = request.Header.Clone()
			request.Body = slices.Clone(request.Body)
			requests = append(requests, request)
		}
	}
	return requests
}

// call is a request on its way through the fake.
type call struct {
	Request
	base      string // the base URL that it came in by
	broken    bool   // the client went away before it had sent all of it
	document  object // its body, once it is known to keep the contract
	violation *Violation
}

func (f *Fake) receive(r *http.Request) *call {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	at := locate(r, f.options.Prefix)
	call := &call{base: at.base, broken: err != nil, Request: Request{
		Method: r.Method, Host: at.host, Path: at.path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body,
	}}
	if call.Method == http.MethodPost {
		call.Operation = f.operationAt(call.Request)
	}
	return call
}

// operationAt names what a POST to the request's path is for; it is empty for a path that the fake does not have.
func (f *Fake) operationAt(request Request) string {
	if parts := segments(request.Path); request.Host == conformance.HostAuth && len(parts) == 3 &&
		parts[1] == "as" && parts[2] == "token" {
		return OpToken
	}
	operation, _ := f.validator.Route(http.MethodPost, request.Host, request.Path)
	return operation
}
