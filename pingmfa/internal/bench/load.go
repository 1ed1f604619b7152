package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"
)

// load is what a number of goroutines got done that make calls and pause between them.
type load struct {
	Rate        float64 // calls a second
	Median      time.Duration
	Connections int64
	Failed      int
}

// run lets goroutines call for a while, with pauses of an exponential distribution in between. What they do in the time
// to warm up is not counted, but for the connections that it opens.
func run(ctx context.Context, call caller, goroutines int, pause, warm, length time.Duration) load {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		took   []time.Duration
		failed int
	)
	start := time.Now()
	for range goroutines {
		wg.Go(func() {
			var mine []time.Duration
			bad := 0
			for time.Since(start) < warm+length {
				<-time.After(time.Duration(rand.ExpFloat64() * float64(pause))) //nolint:gosec // no secret
				began := time.Now()
				if call(ctx) != nil {
					bad++
					continue
				}
				if began.Sub(start) >= warm {
					mine = append(mine, time.Since(began))
				}
			}
			mu.Lock()
			took, failed = append(took, mine...), failed+bad
			mu.Unlock()
		})
	}
	wg.Wait()
	l := load{Rate: float64(len(took)) / (time.Since(start) - warm).Seconds(), Failed: failed}
	if len(took) > 0 {
		slices.Sort(took)
		l.Median = took[len(took)/2]
	}
	return l
}

// coldStart lets goroutines make their first call at the same time, and returns how many failed.
func coldStart(ctx context.Context, call caller, goroutines int) int {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed int
	)
	gate := make(chan struct{})
	for range goroutines {
		wg.Go(func() {
			<-gate
			if call(ctx) != nil {
				mu.Lock()
				failed++
				mu.Unlock()
			}
		})
	}
	close(gate)
	wg.Wait()
	return failed
}

// retained makes calls, and returns by how many bytes a call the live heap grows over all of them, with the standard
// error of it.
func retained(ctx context.Context, call caller, calls int) (slope, noise float64, err error) {
	const points = 10
	var heap [points]float64
	for i := range points {
		for range calls / points {
			if e := call(ctx); e != nil {
				err = e
			}
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap[i] = float64(m.HeapAlloc)
	}
	slope, noise = fit(heap[:], float64(calls)/points)
	return slope, noise, err
}
