package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

// wire notes each request line and its status on the way through a transport. It is also how a service would trace.
type wire struct {
	next  *http.Client
	mu    sync.Mutex
	lines []string
}

func newWire(client *http.Client) *wire {
	if client == nil {
		client = &http.Client{}
	}
	return &wire{next: client}
}

func (w *wire) client() *http.Client {
	client := *w.next
	client.Transport = w
	return &client
}

// RoundTrip sends the request and notes the line.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	transport := w.next.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	resp, err := transport.RoundTrip(req)
	result := "no answer"
	if err == nil {
		result = resp.Status
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf("   %s %s\n   %s", req.Method, req.URL, result))
	return resp, err
}

func (w *wire) print(out io.Writer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.lines {
		_, _ = fmt.Fprintln(out, line)
	}
	w.lines = nil
}
