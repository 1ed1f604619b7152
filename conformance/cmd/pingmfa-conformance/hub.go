package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// hub serves fakes on one port, each under a path of its own, so that tests that run at once don't meet: one at the
// root that has every scenario's user, and those of the menu, which are made when they are first asked for.
type hub struct {
	origin string
	seed   uint64

	mu     sync.Mutex // guards what follows
	fakes  map[string]*pingmfatest.Fake
	astray int // requests to a place that is not on the menu
}

// maxFakes bounds the memory that labels can cost.
const maxFakes = 1000

func newHub(origin string, seed uint64) *hub {
	h := &hub{origin: origin, seed: seed, fakes: map[string]*pingmfatest.Fake{}}
	h.make("", fillAll)
	return h
}

// make adds a fake. All of one hub have the same seed, so that the first token of each is the same one: it is good
// everywhere.
func (h *hub) make(prefix string, fill func(*pingmfatest.Fake)) *pingmfatest.Fake {
	fake := pingmfatest.New(pingmfatest.Options{Prefix: prefix, Seed: h.seed, TokenLifetime: 24 * time.Hour})
	fake.Token()
	fill(fake)
	h.fakes[prefix] = fake
	return fake
}

// access is what a client is configured with.
type access struct {
	AuthURL       string `json:"authURL"`
	APIURL        string `json:"apiURL"`
	EnvironmentID string `json:"environmentID"`
	ClientID      string `json:"clientID"`
	ClientSecret  string `json:"clientSecret"`
	Token         string `json:"token"`
}

// access is that of the fake at the root. Under another prefix only the base URLs differ.
func (h *hub) access() access {
	fake := pingmfatest.New(pingmfatest.Options{Seed: h.seed})
	authURL, apiURL := fake.URLs(h.origin)
	return access{
		AuthURL: authURL, APIURL: apiURL, EnvironmentID: fake.EnvironmentID,
		ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, Token: fake.Token(),
	}
}

// onMenu is a place on the menu: its name, and a label of the user's own choice behind @, for another fake alike.
var onMenu = regexp.MustCompile(`^(/[a-z]+)/([a-z0-9.-]+)(@[A-Za-z0-9._-]{1,64})?/`)

// find gives the fake for a path, and its prefix.
func (h *hub) find(path string) (fake *pingmfatest.Fake, prefix string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	section, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if menu[section] == nil {
		return h.fakes[""], "", true
	}
	if place := onMenu.FindStringSubmatch(path); place != nil {
		prefix = strings.TrimSuffix(place[0], "/")
		if fake = h.fakes[prefix]; fake != nil {
			return fake, prefix, true
		}
		if fill := menu[section](place[2]); fill != nil && len(h.fakes) < maxFakes {
			return h.make(prefix, fill), prefix, true
		}
	}
	h.astray++
	return nil, "", false
}

// ServeHTTP passes a request on to its fake, or gives the fake's report.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fake, prefix, ok := h.find(r.URL.EscapedPath())
	switch {
	case !ok:
		http.Error(w, "There is no such place, or too many of them: see the menu at "+h.origin+"/", http.StatusNotFound)
	case r.Method == http.MethodGet && r.URL.Path == prefix+"/report":
		writeJSON(w, h.report(prefix))
	default:
		fake.ServeHTTP(w, r)
	}
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // the client may be gone
}
