package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
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

// load is the result of goroutines that make calls.
type load struct {
	rate                float64 // calls a second
	median              time.Duration
	connections, tokens int64
}

// newServer starts a TLS server on loopback that http.DefaultTransport trusts. It has a token endpoint, and sends one
// response to all other requests.
func newServer(response []byte, connections, tokens *atomic.Int64) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		resp, err := memory(response)(r)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			tokens.Add(1)
		} else {
			<-time.After(latency)
		}
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // for handshakes that end with the server
	// HTTP/1.1: with HTTP/2, one connection would carry all calls.
	s.StartTLS()
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // always one
	transport.TLSClientConfig.RootCAs = x509.NewCertPool()
	transport.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	http.DefaultTransport = transport
	return s
}

// measureLoad runs goroutines against a new server: by hand on the default transport, or by pingmfa on its own. They
// make calls with pauses until the time is over, and at least one. Calls that start during the warm-up do not count.
func measureLoad(ctx context.Context, p page, client, goroutines int, warm, length time.Duration) (load, error) {
	var (
		connections, tokens atomic.Int64
		group               sync.WaitGroup
		mu                  sync.Mutex
		took                []time.Duration
	)
	s := newServer(p.response, &connections, &tokens)
	defer s.Close()
	call, err := p.call(client, s.URL, nil)
	if err != nil {
		return load{}, err
	}
	start := time.Now()
	for range goroutines {
		group.Go(func() {
			for more := true; more; more = time.Since(start) < warm+length {
				began := time.Now()
				_, callErr := call(ctx)
				end := time.Now()
				mu.Lock()
				if callErr != nil {
					err = callErr
				}
				if began.Sub(start) >= warm {
					took = append(took, end.Sub(began))
				}
				mu.Unlock()
				<-time.After(time.Duration(rand.ExpFloat64() * float64(latency))) //nolint:gosec // no secret
			}
		})
	}
	group.Wait()
	slices.Sort(took)
	rate := float64(len(took)) / (time.Since(start) - warm).Seconds()
	return load{rate, took[len(took)/2], connections.Load(), tokens.Load()}, err
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
	var points []point
	var throughput, connections, medians []float64
	for _, goroutines := range []int{16, 64, most, most, most, most, most} {
		theirs, handErr := measureLoad(ctx, p, byHand, goroutines, length/2, length)
		ours, err := measureLoad(ctx, p, byPingmfa, goroutines, length/2, length)
		if err = errors.Join(handErr, err); err != nil {
			return nil, err
		}
		points = append(points, point{goroutines, theirs, ours})
		if goroutines == most {
			throughput = append(throughput, ours.rate/theirs.rate)
			connections = append(connections, float64(ours.connections)/most)
			medians = append(medians, float64(ours.median)/float64(latency))
		}
	}
	cold, coldErr := measureLoad(ctx, p, byPingmfa, 1000, 0, 0)
	large, largeErr := largeResponse(ctx, p)
	return []row{
		{name: "tls-256/throughput/default-transport", spread: spreadOf(throughput...), goal: 5, atLeast: true},
		{name: "tls-256/connections/goroutines", spread: spreadOf(connections...), goal: 1.6},
		{name: "tls-256/median-latency/server", spread: spreadOf(medians...), goal: 1.1},
		{name: "cold-start-1000/token-requests", spread: spreadOf(float64(cold.tokens)), goal: 1, exact: true},
		{name: "large-response/mib-read", spread: spreadOf(large), goal: 1, exact: true},
	}, errors.Join(coldErr, largeErr, writePlot(points[:3]))
}

// writePlot draws the calls a second over the number of goroutines, with the connections that they opened. Its file is
// relative to the module's root, where "make bench" runs.
func writePlot(points []point) error {
	const left, bottom, width, height = 60.0, 270.0, 600.0, 230.0
	var theirs, ours, labels strings.Builder
	for i, p := range points {
		x := left + width*float64(i)/float64(len(points)-1)
		add := func(line *strings.Builder, l load, color string, labelBelow float64) {
			y := bottom - height*l.rate/points[len(points)-1].ours.rate
			fmt.Fprintf(line, "%.0f,%.0f ", x, y)
			fmt.Fprintf(&labels, `<text x="%.0f" y="%.0f" fill="%s">%.0f (%d)</text>`,
				x, y+labelBelow, color, l.rate, l.connections)
		}
		add(&theirs, p.theirs, "#c40", 15)
		add(&ours, p.ours, "#06c", -6)
		fmt.Fprintf(&labels, `<text x="%.0f" y="288">%d</text>`+"\n", x, p.goroutines)
	}
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 320"
 font-family="sans-serif" font-size="12"><rect width="720" height="320" fill="#fff"/>
<text x="20" y="20" font-weight="bold">Calls a second (connections opened) by goroutines: TLS, 20 ms, %s</text>
<text x="60" y="312" fill="#06c">pingmfa</text><text x="140" y="312" fill="#c40">by hand, default transport</text>
<g fill="none" stroke-width="2"><path d="M60 270h600" stroke="#888"/>
<polyline points="%s" stroke="#c40"/><polyline points="%s" stroke="#06c"/></g>
<g text-anchor="middle">
%s</g></svg>
`, runtime.Version(), &theirs, &ours, &labels)
	return os.WriteFile("pingmfa/performance.svg", []byte(svg), 0o644) //nolint:gosec // it is published
}
