package pingmfa_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// faultCase is one call that meets one fault.
type faultCase struct {
	*testing.T
	row       faultRow
	call      matrixCall
	server    *pingmfatest.Server
	client    *pingmfa.Client
	transport *watchedTransport
	logs      *bytes.Buffer
	idle      int // goroutines before anything was sent
}

func newFaultCase(t *testing.T, row faultRow, call matrixCall) *faultCase {
	t.Helper()
	server := pingmfatest.NewTLSServer(t, func(o *pingmfatest.Options) {
		o.Seed, o.ClientSecret = 1, canarySecret
	})
	server.AddUser(pingmfatest.User{ID: userID})
	x := &faultCase{
		T: t, row: row, call: call, server: server, logs: new(bytes.Buffer), idle: runtime.NumGoroutine(),
		transport: &watchedTransport{RoundTripper: server.Client().Transport},
	}
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: canarySecret},
		HTTPClient:    &http.Client{Transport: x.transport},
		Timeout:       -1,
		Retry:         pingmfa.Retry{Backoff: time.Millisecond, MaxWait: 100 * time.Millisecond},
		Logger:        slog.New(newTee(x.logs)),
	})
	require.NoError(t, err)
	x.client = client
	return x
}

// run makes the call and checks its end. It returns the cell of the table.
func (x *faultCase) run() string {
	call := x.call.prepare(x) // leaves a token and a connection, unless the request for the token meets the fault
	before := len(x.server.Requests(x.call.operation))
	messages := len(x.server.Messages())
	x.transport.reset()
	if x.row.always {
		x.server.InjectAlways(x.call.faulted(), x.row.fault)
	} else {
		x.server.Inject(x.call.faulted(), x.row.fault)
	}
	ctx, cancel := context.WithCancel(x.Context())
	defer cancel()
	switch x.row.hangs {
	case inHandshake:
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{TLSHandshakeStart: cancel})
	case inHeaders:
		go func() { x.wait("the fault", func() bool { return len(x.server.Pending()) == 0 }); cancel() }()
	case inBody:
		x.transport.onBody(cancel)
	}
	got := call(ctx)
	tries := x.transport.count(x.call.token)

	x.checkTruth(got, x.server.Requests(x.call.operation)[before:])
	assert.LessOrEqual(x, len(x.server.Messages()), messages+1, "duplicate")
	x.checkExpected(got, tries)
	texts := x.texts(got)
	for _, secret := range x.secrets(got) {
		if _, after, leaked := strings.Cut(texts, secret); leaked {
			from := max(0, len(texts)-len(after)-len(secret)-200)
			x.Errorf("%s is in a text: …%.300s…", secret, texts[from:])
		}
	}
	if !x.call.token || x.row.hangs == "" { // a request for a token outlives its caller
		x.checkLeaks()
	}
	if tries == 1 {
		return got.end()
	}
	return fmt.Sprintf("%s, %d tries", got.end(), tries)
}

// ending is the end of a call.
type ending struct {
	result any
	id     string
	err    error
}

func (e ending) end() string {
	if e.err == nil {
		return result
	}
	return string(pingmfa.OutcomeOf(e.err))
}

// checkTruth compares the outcome with what the fake did, and requires that it acted at most once. To read an
// authentication twice is no act.
func (x *faultCase) checkTruth(got ending, requests []pingmfatest.Request) {
	acted := 0
	for i, request := range requests {
		if request.Acted {
			acted++
		}
		if i > 0 && !x.call.reads {
			last := requests[i-1]
			assert.True(x, !last.Acted && last.Status/100 == 4, "repeated after an answer that did not rule out acting")
		}
	}
	if x.call.reads {
		acted = min(acted, 1)
	}
	assert.LessOrEqual(x, acted, 1, "duplicate")
	switch got.end() {
	case notSent, refused:
		assert.Zero(x, acted, "untrue: PingOne acted")
	case accepted, result:
		assert.Equal(x, 1, acted, "untrue: PingOne did not act")
	}
	if got.err == nil {
		assert.NotEmpty(x, got.id, "a result without anything in it")
	}
}

func (x *faultCase) checkExpected(got ending, tries int) {
	want, wantTries := x.call.expected(x.row)
	if !slices.Contains(x.row.or, got.end()) {
		assert.Equal(x, want, got.end(), "%v", got.err)
	}
	if wantTries > 0 {
		assert.Equal(x, wantTries, tries, "tries")
	}
}

// checkLeaks requires that no connection and no goroutine is left after idle connections are closed.
func (x *faultCase) checkLeaks() {
	x.transport.CloseIdleConnections()
	x.wait("all connections to be closed", func() bool { _, open := x.server.Connections(); return open == 0 })
	x.wait("all goroutines to end", func() bool { return runtime.NumGoroutine() <= x.idle })
}

// wait waits until happened returns true.
func (x *faultCase) wait(what string, happened func() bool) {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(10 * time.Second); !happened(); <-ticker.C {
		if time.Now().After(end) {
			var stacks strings.Builder
			assert.NoError(x, pprof.Lookup("goroutine").WriteTo(&stacks, 1))
			x.Errorf("%s did not happen; goroutines:\n%s", what, &stacks)
			return
		}
	}
}

// watchedTransport counts requests for tokens and others, and calls a function before a response's body is read.
type watchedTransport struct {
	http.RoundTripper
	mu            sync.Mutex
	tokens, calls int
	body          func()
}

func (w *watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	if strings.HasSuffix(r.URL.Path, "/token") {
		w.tokens++
	} else {
		w.calls++
	}
	body := w.body
	w.mu.Unlock()
	resp, err := w.RoundTripper.RoundTrip(r)
	if err == nil && body != nil {
		resp.Body = &watchedBody{ReadCloser: resp.Body, read: body}
	}
	return resp, err
}

func (w *watchedTransport) CloseIdleConnections() {
	(&http.Client{Transport: w.RoundTripper}).CloseIdleConnections()
}

func (w *watchedTransport) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens, w.calls = 0, 0
}

func (w *watchedTransport) count(tokens bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if tokens {
		return w.tokens
	}
	return w.calls
}

func (w *watchedTransport) onBody(read func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.body = read
}

type watchedBody struct {
	io.ReadCloser
	read func()
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.read()
	return b.ReadCloser.Read(p)
}
