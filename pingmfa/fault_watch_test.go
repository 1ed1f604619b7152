package pingmfa_test

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// watchedTransport counts requests by operation, and tells when an answer's body is about to be read.
type watchedTransport struct {
	http.RoundTripper
	mu    sync.Mutex
	tries map[string]int
	body  func()
}

func (w *watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	operation := pingmfatest.OpCreateDeviceAuthentication
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		operation = pingmfatest.OpToken
	case strings.HasSuffix(r.URL.Path, "/devices"):
		operation = pingmfatest.OpCreateDevice
	}
	w.mu.Lock()
	w.tries[operation]++
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

func (w *watchedTransport) count(operation string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tries[operation]
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
