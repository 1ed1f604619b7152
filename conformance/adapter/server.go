package adapter

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// server serves a fake PingOne for each test case, on one loopback port. Each fake has its own path prefix, so that a
// late request of one test case does not count for the next one.
type server struct {
	*httptest.Server

	mu      sync.Mutex // guards the fields below
	fakes   map[string]*pingmfatest.Fake
	current *pingmfatest.Fake
}

// newServer returns a running server. The caller must call Close.
func newServer() *server {
	s := &server{fakes: map[string]*pingmfatest.Fake{}}
	s.Server = httptest.NewServer(s)
	return s
}

// redirectTarget is the path that every redirect leads to.
const redirectTarget = "/redirected"

// add creates the fake of a test case and scripts its responses.
func (s *server) add(t *testCase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	options := pingmfatest.Options{Prefix: fmt.Sprintf("/case-%d", len(s.fakes)+1), Seed: uint64(len(s.fakes) + 1)}
	if t.response != nil {
		// The client may get its own token, for the environment of the request.
		options.EnvironmentID = t.parameters()["environmentID"]
	}
	t.fake = pingmfatest.New(options)
	s.fakes[options.Prefix] = t.fake
	s.current = t.fake
	if t.response == nil {
		return
	}
	response := *t.response
	if response.Status/100 == 3 && response.Header.Get("Location") != "" {
		// A client that follows the redirect comes back to the fake, and does not contact another machine.
		response.Header = response.Header.Clone()
		response.Header.Set("Location", s.URL+options.Prefix+redirectTarget)
	}
	for range t.maxRequests() {
		t.fake.Script(t.vector.Operation, response)
	}
}

// ServeHTTP selects the fake by the first segment of the path. A request without a known prefix goes to the fake of the
// current test case.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	s.mu.Lock()
	fake := s.fakes["/"+segment]
	if fake == nil {
		fake = s.current
	}
	s.mu.Unlock()
	if fake == nil {
		http.NotFound(w, r) // There has been no case yet.
		return
	}
	fake.ServeHTTP(w, r)
}
