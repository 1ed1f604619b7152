package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// latency is the time that the server waits before it responds, and the mean pause of a goroutine between two calls.
const latency = 20 * time.Millisecond

// server is a TLS server on loopback with PingOne's token endpoint. It sends one response to all other requests.
type server struct {
	*httptest.Server
	connections, tokens atomic.Int64
}

// newServer starts a server and makes http.DefaultTransport trust it.
func newServer(response []byte) (*server, error) {
	s := new(server)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/as/token") {
			s.tokens.Add(1)
			_, _ = io.WriteString(w, tokenResponse)
			return
		}
		<-time.After(latency)
		w.Header().Set("Correlation-Id", correlationID)
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(response)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.StartTLS() // HTTP/1.1: with HTTP/2, one connection would carry the calls of every client.
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		s.Close()
		return nil, errors.New("http.DefaultTransport was replaced")
	}
	trusting := base.Clone()
	trusting.TLSClientConfig.RootCAs = x509.NewCertPool()
	trusting.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	http.DefaultTransport = trusting
	return s, nil
}

// call returns a call to the server: by hand on a default transport, or by pingmfa on its own transport.
func (s *server) call(p page, client string) (call, error) {
	if client == byPingmfa {
		return p.call(client, s.URL, nil)
	}
	return p.call(client, s.URL, &http.Client{Transport: http.DefaultTransport, Timeout: time.Minute})
}

// load is the result of goroutines that make calls with pauses.
type load struct {
	rate        float64 // calls a second
	median      time.Duration
	connections int64
}

// measureLoad runs goroutines against a new server. The time to warm up does not count, except for its connections.
func measureLoad(ctx context.Context, p page, client string, goroutines int, warm, length time.Duration) (load, error) {
	s, err := newServer(p.response)
	if err != nil {
		return load{}, err
	}
	defer s.Close()
	call, err := s.call(p, client)
	if err != nil {
		return load{}, err
	}
	var (
		group  sync.WaitGroup
		mu     sync.Mutex
		took   []time.Duration
		failed error
	)
	start := time.Now()
	for range goroutines {
		group.Go(func() {
			var own []time.Duration
			for time.Since(start) < warm+length {
				<-time.After(time.Duration(rand.ExpFloat64() * float64(latency))) //nolint:gosec // no secret
				began := time.Now()
				if _, err := call(ctx); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				if began.Sub(start) >= warm {
					own = append(own, time.Since(began))
				}
			}
			mu.Lock()
			took = append(took, own...)
			mu.Unlock()
		})
	}
	group.Wait()
	elapsed := time.Since(start) - warm
	if failed != nil {
		return load{}, failed
	}
	slices.Sort(took)
	return load{float64(len(took)) / elapsed.Seconds(), took[len(took)/2], s.connections.Load()}, nil
}

// loadRows compares the clients over TLS, draws the plot, and starts a crowd on a new client. The rows are of 256
// goroutines in several rounds, because the number of connections that the first calls open is a matter of chance.
func loadRows(ctx context.Context, p page, quick bool) ([]row, error) {
	const most, n = 256, 5
	length, steps := 4*time.Second, slices.Concat([]int{16, 64}, slices.Repeat([]int{most}, n))
	if quick {
		length, steps = 2*time.Second, []int{most}
	}
	var (
		plot                             []point
		throughput, connections, medians []float64
	)
	for _, goroutines := range steps {
		theirs, err := measureLoad(ctx, p, byHand, goroutines, length/2, length)
		if err != nil {
			return nil, err
		}
		ours, err := measureLoad(ctx, p, byPingmfa, goroutines, length/2, length)
		if err != nil {
			return nil, err
		}
		if goroutines < most || len(throughput) == 0 {
			plot = append(plot, point{goroutines, theirs, ours})
		}
		if goroutines == most {
			throughput = append(throughput, ours.rate/theirs.rate)
			connections = append(connections, float64(ours.connections)/most)
			medians = append(medians, float64(ours.median)/float64(latency))
		}
	}
	tokens, err := coldStart(ctx, p, 1000)
	if err != nil {
		return nil, err
	}
	if !quick {
		err = writePlot(plot)
	}
	return []row{
		{name: "tls-256/throughput-to-default-transport", spread: spreadOf(throughput), bar: 5, atLeast: true},
		{name: "tls-256/connections-per-goroutine", spread: spreadOf(connections), bar: 1.6},
		{name: "tls-256/median-latency-to-server", spread: spreadOf(medians), bar: 1.1},
		{name: "cold-start-1000/token-requests", spread: exactly(float64(tokens)), bar: 1, exact: true},
	}, err
}

// coldStart makes the first calls of a new client at the same time, and returns how many requests for a token it sent.
func coldStart(ctx context.Context, p page, goroutines int) (int64, error) {
	s, err := newServer(p.response)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	call, err := s.call(p, byPingmfa)
	if err != nil {
		return 0, err
	}
	var group sync.WaitGroup
	var failed atomic.Int64
	for range goroutines {
		group.Go(func() {
			if _, err := call(ctx); err != nil {
				failed.Add(1)
			}
		})
	}
	group.Wait()
	if n := failed.Load(); n > 0 {
		return 0, fmt.Errorf("%d of %d calls failed on a cold start", n, goroutines)
	}
	return s.tokens.Load(), nil
}
