package pingmfatest

import (
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// maxRequest is the number of bytes that are read of a request body. Requests of the contract are far smaller.
const maxRequest = 1 << 20

// Request is a request that the fake has received. It holds all that the client sent, including the client secret and
// phone numbers.
type Request struct {
	// Operation is one of the constants, such as [OpCreateDevice]. It is empty for another path or method.
	Operation string
	Method    string
	// Host is the role of the host. It is empty if the path is under neither base URL.
	Host conformance.Host
	// Path is the escaped path after the base URL.
	Path string
	// Query is the raw query. The contract has no query parameters.
	Query  string
	Header http.Header
	Body   []byte
	// Status is the status of the response. It is 0 if a fault prevented a response.
	Status int
	// Acted reports whether the fake carried out the request, whatever the response: it issued a token, started, read or
	// continued an authentication, or stored or activated a device. It is true only if the response without scripts and
	// faults is a 2xx: a wrong passcode uses up a try, but Acted is false.
	Acted bool
}

// Requests returns the requests so far, in the order of their responses. With arguments, it returns only the requests
// of these operations.
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

// call is a request that is being handled.
type call struct {
	Request
	base       string // the base URL
	incomplete bool   // the client disconnected before it had sent the whole body
	document   object // the decoded body; nil if the request breaks the contract
	violation  *Violation
}

func (f *Fake) newCall(r *http.Request) *call {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	at := locate(r, f.options.Prefix)
	call := &call{base: at.base, incomplete: err != nil, Request: Request{
		Method: r.Method, Host: at.host, Path: at.path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: body,
	}}
	call.Operation = f.operationOf(call.Request)
	return call
}

// operationOf returns the operation that a request is for, or "" if there is none.
func (f *Fake) operationOf(request Request) string {
	if parts := segments(request.Path); request.Method == http.MethodPost && request.Host == conformance.HostAuth &&
		len(parts) == 3 && parts[1] == "as" && parts[2] == "token" {
		return OpToken
	}
	operation, _ := f.validator.Route(request.Method, request.Host, request.Path)
	return operation
}

// methodsAt returns the methods of the operations at a request's path.
func (f *Fake) methodsAt(request Request) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		request.Method = method
		if f.operationOf(request) != "" {
			methods = append(methods, method)
		}
	}
	return methods
}

// action returns the action that the media type selects, in lower case, such as "device.select".
func (c *call) action() string {
	mediaType, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")) // the contract has checked it
	return strings.TrimSuffix(strings.TrimPrefix(mediaType, "application/vnd.pingidentity."), "+json")
}

// The base URLs have a path, so that the test of a client that drops it (by url.ResolveReference, for example) fails.
const (
	authPath = "/ping-auth"
	apiPath  = "/ping-api/v1"
)

// regions are the top-level domains of PingOne's host names.
var regions = []string{"com", "ca", "eu", "com.au", "sg", "asia"}

// address is the parsed URL of a request.
type address struct {
	host conformance.Host // empty if the path is under neither base URL
	base string           // the base URL
	path string           // the escaped path after the base URL
}

func locate(r *http.Request, prefix string) address {
	path := r.URL.EscapedPath()
	if role, region, ok := pingoneHost(r.Host); ok {
		base := "https://" + string(role) + ".pingone." + region
		if role == conformance.HostAuth {
			return address{host: role, base: base, path: path}
		}
		if rest, ok := cutBase(path, "/v1"); ok {
			return address{host: role, base: base + "/v1", path: rest}
		}
		return address{path: path}
	}
	origin := "http://" + r.Host
	if r.TLS != nil {
		origin = "https://" + r.Host
	}
	if rest, ok := cutBase(path, prefix+authPath); ok {
		return address{host: conformance.HostAuth, base: origin + prefix + authPath, path: rest}
	}
	if rest, ok := cutBase(path, prefix+apiPath); ok {
		return address{host: conformance.HostAPI, base: origin + prefix + apiPath, path: rest}
	}
	return address{path: path}
}

// cutBase removes base from path. ok reports whether path is below base.
func cutBase(path, base string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, base)
	return rest, ok && strings.HasPrefix(rest, "/")
}

// pingoneHost returns the role and the region of one of PingOne's host names.
func pingoneHost(host string) (role conformance.Host, region string, ok bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	name, region, _ := strings.Cut(strings.ToLower(host), ".pingone.")
	role = conformance.Host(name)
	ok = (role == conformance.HostAuth || role == conformance.HostAPI) && slices.Contains(regions, region)
	return role, region, ok
}

// segments returns the unescaped segments of a path.
func segments(path string) []string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, part := range parts {
		if unescaped, err := url.PathUnescape(part); err == nil {
			parts[i] = unescaped
		}
	}
	return parts
}
