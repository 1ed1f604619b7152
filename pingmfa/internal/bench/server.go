package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

const correlationID = "5f2c4c1e-9f0b-4c55-8f6c-3f1f6a7f2f10"

// memory is a transport without a network: it answers at once, and as a network's would, with a body of known length.
type memory struct{ answer []byte }

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	_, err := io.Copy(io.Discard, req.Body)
	if err != nil {
		return nil, err
	}
	status, body := http.StatusCreated, m.answer
	if strings.HasSuffix(req.URL.Path, "/as/token") {
		status, body = http.StatusOK, tokenAnswer
	}
	return &http.Response{
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Correlation-Id": {correlationID}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       req,
	}, req.Body.Close()
}

var tokenAnswer = []byte(`{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600}`)

// counts is what a server saw.
type counts struct{ Connections, Tokens, Calls int64 }

// server is a server in another process, so that what it allocates is not measured.
type server struct {
	URL  string
	CA   []byte
	stop func()
}

// serve is the server process: PingOne's token endpoint, and the page's answer to everything else. It ends with its
// standard input.
func serve(p page, latency time.Duration, secure bool) error {
	var seen struct{ connections, tokens, calls atomic.Int64 }
	mux := http.NewServeMux()
	mux.HandleFunc("/counts", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(counts{seen.connections.Load(), seen.tokens.Load(), seen.calls.Load()})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/as/token") {
			seen.tokens.Add(1)
			_, _ = w.Write(tokenAnswer)
			return
		}
		seen.calls.Add(1)
		if latency > 0 {
			<-time.After(latency)
		}
		w.Header().Set("Correlation-Id", correlationID)
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(p.answer)
	})
	s := httptest.NewUnstartedServer(mux)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			seen.connections.Add(1)
		}
	}
	var ca []byte
	if secure {
		// HTTP/1.1: with HTTP/2 one connection would carry all calls, whatever the client does.
		s.TLS = &tls.Config{NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
		s.StartTLS()
		ca = s.Certificate().Raw
	} else {
		s.Start()
	}
	defer s.Close()
	if err := json.NewEncoder(os.Stdout).Encode(server{URL: s.URL, CA: ca}); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// startServer starts this program again as a server.
func startServer(ctx context.Context, args ...string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...) //nolint:gosec // this program
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var s server
	err = json.NewDecoder(out).Decode(&s)
	s.stop = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	return &s, err
}

// trust makes this process trust the server, its default transports included: the system's roots are read from this
// file when they are first needed.
func (s *server) trust(dir string) error {
	file := filepath.Join(dir, "roots.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.CA}), 0o600); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", file)
}

func (s *server) counts(ctx context.Context, client *http.Client) (c counts, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/counts", nil)
	if err != nil {
		return c, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return c, err
	}
	defer resp.Body.Close()
	return c, json.NewDecoder(resp.Body).Decode(&c)
}
