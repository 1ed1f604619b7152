package pingmfatest

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Base paths that are not the root: a client that builds its URLs from the host alone, or by url.ResolveReference,
// loses them, and its test fails.
const (
	authPath = "/ping-auth"
	apiPath  = "/ping-api/v1"
)

// regions are the top-level domains of PingOne's own host names.
var regions = []string{"com", "ca", "eu", "com.au", "sg", "asia"}

// address is where a request came in: the role of the host, its base URL as the client knows it, and what follows it.
type address struct {
	host conformance.Host // empty: the request is under no base URL
	base string
	path string
}

func locate(r *http.Request, prefix string) address {
	path := r.URL.EscapedPath()
	if role, region, ok := realHost(r.Host); ok {
		base := "https://" + string(role) + ".pingone." + region
		if role == conformance.HostAuth {
			return address{host: role, base: base, path: path}
		}
		if rest, ok := under(path, "/v1"); ok {
			return address{host: role, base: base + "/v1", path: rest}
		}
		return address{path: path}
	}
	origin := "http://" + r.Host
	if r.TLS != nil {
		origin = "https://" + r.Host
	}
	if rest, ok := under(path, prefix+authPath); ok {
		return address{host: conformance.HostAuth, base: origin + prefix + authPath, path: rest}
	}
	if rest, ok := under(path, prefix+apiPath); ok {
		return address{host: conformance.HostAPI, base: origin + prefix + apiPath, path: rest}
	}
	return address{path: path}
}

// under cuts a base path off, at a slash only.
func under(path, base string) (string, bool) {
	rest, ok := strings.CutPrefix(path, base)
	return rest, ok && strings.HasPrefix(rest, "/")
}

func realHost(host string) (role conformance.Host, region string, ok bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	name, region, _ := strings.Cut(strings.ToLower(host), ".pingone.")
	role = conformance.Host(name)
	ok = (role == conformance.HostAuth || role == conformance.HostAPI) && slices.Contains(regions, region)
	return role, region, ok
}

// segments gives the parts of a path, unescaped.
func segments(path string) []string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return parts
}
