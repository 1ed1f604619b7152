package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// BenchmarkCall is the comparison in memory, for benchstat and for profiles.
func BenchmarkCall(b *testing.B) {
	list, err := pages()
	require.NoError(b, err)
	for _, p := range list {
		client := &http.Client{Transport: memory{p.answer}}
		callers, err := yardsticks(p, "http://127.0.0.1", client, client)
		require.NoError(b, err)
		for i, call := range callers {
			b.Run(p.name+"/"+names[i], func(b *testing.B) {
				ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
				defer cancel()
				b.ReportAllocs()
				for b.Loop() {
					if err := call(ctx); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkNext is a call whose answer's links are read, too: those are read only when somebody asks.
func BenchmarkNext(b *testing.B) {
	list, err := pages()
	require.NoError(b, err)
	for _, p := range list {
		if p.device != nil {
			continue
		}
		client, err := newClient("http://127.0.0.1", &http.Client{Transport: memory{p.answer}})
		require.NoError(b, err)
		b.Run(p.name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
			defer cancel()
			b.ReportAllocs()
			for b.Loop() {
				auth, err := client.StartAuthentication(ctx, p.start)
				if err != nil {
					b.Fatal(err)
				}
				auth.Next()
			}
		})
	}
}

// A line through points on a line has their slope, and no noise.
func TestFit(t *testing.T) {
	slope, noise := fit([]float64{5, 7, 9, 11}, 4)
	assert.InDelta(t, 0.5, slope, 1e-9)
	assert.InDelta(t, 0, noise, 1e-9)
}

// In a burst that the licence takes within the clients' patience, only those that wait for what the answer says get
// through; under the limit all do.
func TestSimulation(t *testing.T) {
	for _, p := range []policy{shared, blind, failing} {
		assert.Zero(t, simulate(p, traffic{even: 40}).Failed, p)
	}
	burst := traffic{even: 40, burst: 200}
	gate := simulate(shared, burst)
	assert.Equal(t, gate, simulate(shared, burst), "the same every time")
	assert.Less(t, gate.Failed, simulate(blind, burst).Failed/2)
	assert.Less(t, gate.Failed, simulate(failing, burst).Failed/2)
}
