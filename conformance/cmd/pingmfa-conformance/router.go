package main

import (
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// router serves fakes on one port, each under its own prefix, so that concurrent tests do not interfere. The fake at
// the root has the users of all scenarios. The others are created by their first request.
type router struct {
	origin   string
	seed     uint64
	violated func(pingmfatest.Violation)

	mu           sync.Mutex // guards the fields below
	fakes        map[string]*pingmfatest.Fake
	unknownPaths int            // requests to paths without a fake
	refused      map[string]int // requests that net/http refused, by status and reason
}

// maxFakes limits the memory that labels can use.
const maxFakes = 1000

func newRouter(origin string, seed uint64, violated func(pingmfatest.Violation)) *router {
	rt := &router{
		origin: origin, seed: seed, violated: violated, fakes: map[string]*pingmfatest.Fake{}, refused: map[string]int{},
	}
	rt.add("", addAllUsers)
	return rt
}

// add adds a fake. All fakes have the same seed, and therefore the same first token. This token is valid everywhere.
func (rt *router) add(prefix string, fill func(*pingmfatest.Fake)) *pingmfatest.Fake {
	fake := rt.newFake(prefix)
	fake.Token()
	fill(fake)
	rt.fakes[prefix] = fake
	return fake
}

// newFake returns a fake. Its client secret can be copied to a shell or a URL as it is.
func (rt *router) newFake(prefix string) *pingmfatest.Fake {
	return pingmfatest.New(pingmfatest.Options{
		Prefix: prefix, Seed: rt.seed, TokenLifetime: 24 * time.Hour, ClientSecret: "not-a-secret", Report: rt.violated,
	})
}

// fakePath matches the prefix of a path, with and without a label. A label after @ selects a separate fake.
var fakePath = regexp.MustCompile(`^((/(?:scenario|fault)/[A-Za-z0-9.-]+)(?:@[A-Za-z0-9._-]{1,64})?)/`)

// find returns the fake for a path, and its prefix. It creates the fake if needed.
func (rt *router) find(path string) (fake *pingmfatest.Fake, prefix string, ok bool) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	section, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if section != "scenario" && section != "fault" {
		return rt.fakes[""], "", true
	}
	if match := fakePath.FindStringSubmatch(path); match != nil {
		prefix = match[1]
		if fake = rt.fakes[prefix]; fake != nil {
			return fake, prefix, true
		}
		if fill := fillFunc(match[2]); fill != nil && len(rt.fakes) < maxFakes {
			return rt.add(prefix, fill), prefix, true
		}
	}
	rt.unknownPaths++
	return nil, "", false
}

// fakesAt returns the fake at a prefix by its prefix, or all fakes if the prefix is empty.
func (rt *router) fakesAt(prefix string) map[string]*pingmfatest.Fake {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if prefix != "" {
		return map[string]*pingmfatest.Fake{prefix: rt.fakes[prefix]}
	}
	return maps.Clone(rt.fakes)
}

// ServeHTTP passes a request to its fake, unless the path is one of this program's own below the prefix of the fake.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fake, prefix, ok := rt.find(r.URL.EscapedPath())
	if !ok {
		text := fmt.Sprintf("Unknown path, or more than %d fakes: %s/ lists the paths", maxFakes, rt.origin)
		http.Error(w, text, http.StatusNotFound)
		return
	}
	method, path, query := r.Method, strings.TrimPrefix(r.URL.Path, prefix), r.URL.Query()
	if method == http.MethodHead {
		method = http.MethodGet
	}
	route := method + " " + path
	push := pushRoute.FindStringSubmatch(route)
	switch {
	case route == "GET /report":
		sendJSON(w, rt.report(prefix))
	case route == "GET /inbox":
		sendJSON(w, rt.inbox(prefix))
	case route == "GET /passcodes":
		sendJSON(w, rt.passcodes(prefix))
	case route == "POST /advance":
		change(w, r, func() error { return advance(fake, query.Get("seconds")) })
	case route == "POST /inject":
		change(w, r, func() error { return inject(fake, query.Get("operation"), query.Get("fault")) })
	case push != nil && push[2] == "confirm":
		change(w, r, func() error { return fake.ConfirmPush(push[1]) })
	case push != nil:
		change(w, r, func() error { return fake.DenyPush(push[1]) })
	case ownPath.MatchString(path):
		http.Error(w, "Wrong method: "+rt.origin+"/ lists the paths", http.StatusMethodNotAllowed)
	default:
		fake.ServeHTTP(w, r)
	}
}

// ownPath matches the paths of this program's own. The fakes get all others.
var ownPath = regexp.MustCompile(`^/(report|inbox|passcodes|advance|inject|pushes/[^/]+/(confirm|deny))$`)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// handler returns the handler for the pages and the fakes. It does not use [http.ServeMux], because the fakes need the
// paths unchanged.
func (rt *router) handler(contract []byte) http.Handler {
	pages := map[string]http.HandlerFunc{
		"/":             func(w http.ResponseWriter, _ *http.Request) { rt.writePage(w, contract != nil) },
		"/openapi.yaml": file("application/yaml", openapi.YAML),
		"/favicon.ico":  http.NotFound, // browsers request it by themselves
	}
	if contract != nil {
		pages["/contract"] = file("text/html; charset=utf-8", contract)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page, ok := pages[r.URL.Path]; ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			page(w, r)
			return
		}
		rt.ServeHTTP(w, r)
	})
}

// file returns a handler that sends data.
func file(mediaType string, data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(data) // the client may have disconnected
	}
}

func (rt *router) writePage(w http.ResponseWriter, contract bool) {
	nonce := rand.Text()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; script-src 'nonce-"+nonce+
		"'; style-src 'nonce-"+nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	config := rt.config()
	_ = pageTemplate.Execute(w, map[string]any{ // the client may have disconnected
		"Nonce": nonce, "Config": config, "Example": rt.origin + config.Scenarios[0].Path + "/ping-auth",
		"Report": rt.report(""), "Contract": contract,
	})
}
