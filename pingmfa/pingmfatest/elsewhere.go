package pingmfatest

import (
	"net/http"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// elsewhere is the base URL of the host that redirects point to: a Server's own, which tells on whoever comes, or else
// a name that is nobody's.
func (f *Fake) elsewhere() string {
	if f.server == nil {
		return "https://elsewhere.example.com"
	}
	return f.server.away.URL
}

// reached answers at the host that must never be reached: whoever does has followed a redirect.
func (s *Server) reached(w http.ResponseWriter, r *http.Request) {
	finding := conformance.Finding{Pointer: "host", Rule: "redirect", Message: "a redirect was followed to another host"}
	if r.Header.Get("Authorization") != "" {
		finding.Message += ", which got the Authorization header"
	}
	violation := Violation{
		Method: r.Method, Path: presentable(r.URL.Path), Findings: []conformance.Finding{finding},
	}
	s.mu.Lock()
	s.violations = append(s.violations, violation)
	s.mu.Unlock()
	s.options.Report(violation)
	w.WriteHeader(http.StatusNotFound)
}
