package conformance

import (
	"net/http"
	"strings"
)

// Host is the role of a host, not its name: the same role has another name in each region.
type Host string

// The two roles. Their base URLs are {authPath} and {apiPath} in the vendor's terms; the second holds a /v1.
const (
	HostAuth Host = "auth"
	HostAPI  Host = "api"
)

// Request is a request as it is on the wire.
type Request struct {
	Method string
	Host   Host
	// Path is what follows the host's base URL, escaped, from its slash on: "/{environmentID}/deviceAuthentications".
	Path   string
	Header http.Header
	Body   []byte
}

// Response is an answer as it is on the wire, its content coding (gzip) taken off.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// headerValues returns every line of a header. The names in a hand-made http.Header may have any case.
func headerValues(header http.Header, name string) []string {
	var values []string
	for key, lines := range header {
		if strings.EqualFold(key, name) {
			values = append(values, lines...)
		}
	}
	return values
}
