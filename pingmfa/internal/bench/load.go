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
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// latency is the time that the server waits before it responds, and the mean pause of a goroutine between two calls.
const latency = 20 * time.Millisecond

// server is a TLS server on loopback with a token endpoint. It sends one response to all other requests.
type server struct {
	*httptest.Server

	connections, tokens atomic.Int64
}

// newServer starts a server and has http.DefaultTransport trust it.
func newServer(response []byte) *server {
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
	s.StartTLS()                                                 // HTTP/1.1: with HTTP/2, one connection would carry the calls of every client.
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // nothing replaces it by another type
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	http.DefaultTransport = transport
	return s
}

// load is the result of goroutines that make calls.
type load struct {
	rate                float64 // calls a second
	median              time.Duration
	connections, tokens int64
}

// measureLoad runs goroutines against a new server: by hand on the default transport, or by pingmfa on its own. They
// make calls with pauses until the time is over, and at least one. Calls that start during the warm-up do not count.
func measureLoad(ctx context.Context, p page, client, goroutines int, warm, length time.Duration) (load, error) {
	s := newServer(p.response)
	defer s.Close()
	var httpClient *http.Client
	if client == byHand {
		httpClient = &http.Client{Transport: http.DefaultTransport, Timeout: time.Minute}
	}
	call, err := p.call(client, s.URL, httpClient)
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
			var err error
			for more := true; more && err == nil; more = time.Since(start) < warm+length {
				began := time.Now()
				if _, err = call(ctx); began.Sub(start) >= warm {
					own = append(own, time.Since(began))
				}
				<-time.After(time.Duration(rand.ExpFloat64() * float64(latency))) //nolint:gosec // no secret
			}
			mu.Lock()
			defer mu.Unlock()
			took, failed = append(took, own...), errors.Join(failed, err)
		})
	}
	group.Wait()
	slices.Sort(took)
	return load{
		rate:        float64(len(took)) / (time.Since(start) - warm).Seconds(),
		median:      took[len(took)/2],
		connections: s.connections.Load(),
		tokens:      s.tokens.Load(),
	}, failed
}

// point is the load of hand and of pingmfa with a number of goroutines.
type point struct {
	goroutines   int
	theirs, ours load
}

// loadRows compares hand and pingmfa over TLS, and draws the plot. The rows are of 256 goroutines in several rounds,
// because the number of connections that the first calls open is a matter of chance.
func loadRows(ctx context.Context, p page) ([]row, error) {
	const most, length = 256, 4 * time.Second
	var (
		points                           []point
		throughput, connections, medians []float64
		err                              error
	)
	for _, goroutines := range []int{16, 64, most, most, most, most, most} {
		at := point{goroutines: goroutines}
		if at.theirs, err = measureLoad(ctx, p, byHand, goroutines, length/2, length); err != nil {
			return nil, err
		}
		if at.ours, err = measureLoad(ctx, p, byPingmfa, goroutines, length/2, length); err != nil {
			return nil, err
		}
		points = append(points, at)
		if goroutines == most {
			throughput = append(throughput, at.ours.rate/at.theirs.rate)
			connections = append(connections, float64(at.ours.connections)/most)
			medians = append(medians, float64(at.ours.median)/float64(latency))
		}
	}
	cold, err := measureLoad(ctx, p, byPingmfa, 1000, 0, 0)
	if err != nil {
		return nil, err
	}
	large, err := largeResponse(ctx, p)
	if err != nil {
		return nil, err
	}
	return []row{
		{name: "tls-256/throughput/default-transport", spread: spreadOf(throughput...), bar: 5, atLeast: true},
		{name: "tls-256/connections/goroutines", spread: spreadOf(connections...), bar: 1.6},
		{name: "tls-256/median-latency/server", spread: spreadOf(medians...), bar: 1.1},
		{name: "cold-start-1000/token-requests", spread: spreadOf(float64(cold.tokens)), bar: 1, exact: true},
		{name: "large-response/mib-read", spread: spreadOf(large), bar: 1, exact: true},
	}, writePlot(points[:3])
}

// writePlot draws the calls a second over the number of goroutines, with the connections that they opened. Its file is
// relative to the module's root, where "make bench" runs.
func writePlot(points []point) error {
	const left, bottom, width, height = 60.0, 270.0, 600.0, 230.0
	var theirs, ours, labels strings.Builder
	for i, p := range points {
		x := left + width*float64(i)/float64(len(points)-1)
		add := func(line *strings.Builder, l load, color string) {
			y := bottom - height*l.rate/points[len(points)-1].ours.rate
			fmt.Fprintf(line, "%.0f,%.0f ", x, y)
			fmt.Fprintf(&labels, `<text x="%.0f" y="%.0f" fill="%s">%.0f (%d)</text>`, x, y-6, color, l.rate, l.connections)
		}
		add(&theirs, p.theirs, "#c40")
		add(&ours, p.ours, "#06c")
		fmt.Fprintf(&labels, `<text x="%.0f" y="288">%d</text>`+"\n", x, p.goroutines)
	}
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 320" font-family="sans-serif" font-size="12">
<rect width="720" height="320" fill="#fff"/>
<text x="20" y="20" font-weight="bold">Calls a second (connections opened) by goroutines: TLS, 20 ms, %s</text>
<text x="60" y="312" fill="#06c">pingmfa</text><text x="140" y="312" fill="#c40">by hand, default transport</text>
<g fill="none" stroke-width="2"><path d="M60 270h600" stroke="#888"/>
<polyline points="%s" stroke="#c40"/><polyline points="%s" stroke="#06c"/></g>
<g text-anchor="middle">
%s</g></svg>
`, runtime.Version(), &theirs, &ours, &labels)
	return os.WriteFile("pingmfa/performance.svg", []byte(svg), 0o644) //nolint:gosec // it is published
}
