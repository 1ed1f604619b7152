package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"
)

const latency = 20 * time.Millisecond

// networkRows compares over loopback, in the clear and with TLS, with the server in another process.
func networkRows(ctx context.Context, p page, quick bool) ([]row, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	rows, err := loopback(ctx, p, quick)
	if err != nil {
		return rows, err
	}
	for _, measure := range []func(context.Context, page, string, bool) ([]row, error){busy, cold} {
		more, err := measure(ctx, p, dir, quick)
		rows = append(rows, more...)
		if err != nil {
			return rows, err
		}
	}
	calls := 100_000
	if quick {
		calls = 10_000
	}
	client, err := newClient("http://127.0.0.1", &http.Client{Transport: memory{p.answer}})
	if err != nil {
		return rows, err
	}
	slope, noise, err := retained(ctx, func(ctx context.Context) error { return callClient(ctx, client, p) }, calls)
	all := float64(calls)
	return append(rows, row{Name: "retained-bytes", Value: slope * all, Bar: 3 * noise * all,
		Note: fmt.Sprintf("what the live heap grows by in %d calls; the bar is three standard errors of it", calls)}), err
}

// defaultTransport is what a client has that nobody gave a transport.
func defaultTransport() *http.Transport {
	return http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // nobody replaced it here
}

func loopback(ctx context.Context, p page, quick bool) ([]row, error) {
	s, err := startServer(ctx, "-serve")
	if err != nil {
		return nil, err
	}
	defer s.stop()
	theirs := &http.Client{Transport: defaultTransport()}
	callers, err := yardsticks(p, s.URL, theirs, nil)
	if err != nil {
		return nil, err
	}
	n, calls := 10, 1000
	if quick {
		n, calls = 3, 200
	}
	if _, err = rounds(ctx, wall, callers, 1, 50); err != nil {
		return nil, err
	}
	times, err := rounds(ctx, wall, callers, n, calls)
	if err != nil {
		return nil, err
	}
	ratio := ratios(times, 3, 0)
	return []row{{Name: "time-loopback", Value: ratio.median, Bar: 1,
		Note: fmt.Sprintf("quartiles %.3f and %.3f", ratio.low, ratio.high)}}, nil
}

// busy compares goroutines over TLS: those of the client, and of one by hand on the default transport. The rows are of
// 256 goroutines, in several rounds: how many connections the first calls open is a matter of chance.
func busy(ctx context.Context, p page, dir string, quick bool) ([]row, error) {
	const most, n = 256, 5
	length := 4 * time.Second
	steps := slices.Concat([]int{16, 64}, slices.Repeat([]int{most}, n))
	if quick {
		length, steps = 2*time.Second, []int{most}
	}
	var plot []point
	var throughput, connections, medians []float64
	for _, goroutines := range steps {
		at := point{goroutines: goroutines}
		for which, l := range []*load{&at.theirs, &at.ours} {
			var err error
			if *l, err = oneLoad(ctx, p, dir, which, goroutines, length); err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "%-12s %4d goroutines %7.0f calls/s %5d connections, median %s, %d failed\n",
				[]string{"hand", "pingmfa"}[which], goroutines, l.Rate, l.Connections,
				l.Median.Round(10*time.Microsecond), l.Failed)
		}
		if goroutines == most {
			throughput = append(throughput, at.ours.Rate/at.theirs.Rate)
			connections = append(connections, float64(at.ours.Connections)/most)
			medians = append(medians, float64(at.ours.Median)/float64(latency))
			plot = slices.DeleteFunc(plot, func(p point) bool { return p.goroutines == most })
		}
		plot = append(plot, at)
	}
	return []row{
		spreadRow("tls-throughput", throughput, row{Bar: 3, AtLeast: true}),
		spreadRow("tls-connections", connections, row{Bar: 1.6}),
		spreadRow("tls-latency", medians, row{Bar: 1.15}),
	}, writePlot(plot)
}

// spreadRow is a row of the median of several rounds.
func spreadRow(name string, values []float64, r row) row {
	s := spreadOf(values)
	r.Name, r.Value, r.Note = name, s.median, fmt.Sprintf("quartiles %.3f and %.3f", s.low, s.high)
	return r
}

// oneLoad runs one kind of client against a server of its own.
func oneLoad(ctx context.Context, p page, dir string, which, goroutines int, length time.Duration) (l load, err error) {
	s, err := startServer(ctx, "-serve", "-tls", "-latency", latency.String())
	if err != nil {
		return l, err
	}
	defer s.stop()
	if err = s.trust(dir); err != nil {
		return l, err
	}
	transport := defaultTransport()
	callers, err := yardsticks(p, s.URL, &http.Client{Transport: transport}, nil)
	if err != nil {
		return l, err
	}
	l = run(ctx, callers[which*3], goroutines, latency, length/2, length)
	seen, err := s.counts(ctx, &http.Client{Transport: transport})
	transport.CloseIdleConnections()
	l.Connections = seen.Connections
	return l, err
}

// cold starts 1,000 goroutines on a new client.
func cold(ctx context.Context, p page, dir string, _ bool) ([]row, error) {
	s, err := startServer(ctx, "-serve", "-tls", "-latency", latency.String())
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err = s.trust(dir); err != nil {
		return nil, err
	}
	client, err := newClient(s.URL, nil)
	if err != nil {
		return nil, err
	}
	const goroutines = 1000
	failed := coldStart(ctx, func(ctx context.Context) error { return callClient(ctx, client, p) }, goroutines)
	transport := defaultTransport()
	defer transport.CloseIdleConnections()
	seen, err := s.counts(ctx, &http.Client{Transport: transport})
	// One of the connections is that of the question.
	return []row{
		{Name: "cold-token-requests", Value: float64(seen.Tokens), Bar: 1, Exact: true},
		{Name: "cold-failed", Value: float64(failed), Bar: 0},
		{Name: "cold-handshakes-beyond-one-each", Value: float64(max(0, seen.Connections-1-goroutines)), Bar: 0},
	}, err
}
