package adapter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// stage serves a fake PingOne for each trial, all on one loopback port, each under a path of its own: what comes late
// for one trial is not taken for the next one's.
type stage struct {
	origin string
	server *http.Server
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	fakes   map[string]*pingmfatest.Fake
	current *pingmfatest.Fake
}

func newStage(ctx context.Context) (*stage, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the fake: %w", err)
	}
	s := &stage{
		origin: "http://" + listener.Addr().String(),
		done:   make(chan struct{}),
		fakes:  map[string]*pingmfatest.Fake{},
	}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // A loopback listener that nobody closed does not fail.
		}
	}()
	return s, nil
}

func (s *stage) close() {
	_ = s.server.Close() // What it says of connections that are half open helps nobody.
	<-s.done
}

// enter makes the fake of a trial.
func (s *stage) enter(t *trial) {
	s.mu.Lock()
	defer s.mu.Unlock()
	options := pingmfatest.Options{Prefix: fmt.Sprintf("/case-%d", len(s.fakes)+1), Seed: uint64(len(s.fakes) + 1)}
	if id := parameters(t.template, t.request.Path)["environmentID"]; t.answer != nil {
		options.EnvironmentID = id // for clients that get a token of their own there
	}
	t.fake = pingmfatest.New(options)
	s.fakes[options.Prefix] = t.fake
	s.current = t.fake
	if t.answer == nil {
		return
	}
	answer := *t.answer
	if answer.Status/100 == 3 && answer.Header.Get("Location") != "" {
		// A client that follows a redirect is to be seen, and is not sent out of this machine.
		answer.Header = answer.Header.Clone()
		answer.Header.Set("Location", s.origin+options.Prefix+redirected)
	}
	t.fake.Script(t.vector.Operation, answer)
	for range repeats {
		if t.repeatable() {
			t.fake.Script(t.vector.Operation, answer)
		}
	}
}

// redirected is where redirects lead to.
const redirected = "/redirected"

// ServeHTTP goes by the first segment of the path. A request that has lost it is the current trial's.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segment, _, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	s.mu.Lock()
	fake := s.fakes["/"+segment]
	if fake == nil {
		fake = s.current
	}
	s.mu.Unlock()
	if fake == nil {
		http.NotFound(w, r) // The adapter has not been asked for anything yet.
		return
	}
	fake.ServeHTTP(w, r)
}
