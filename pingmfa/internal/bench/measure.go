package main

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
)

// exact counts a call's allocations and bytes: the least of several runs, and without the collector, which empties what
// encoding/json and net/http keep.
func exact(ctx context.Context, call caller) (allocations, size float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const runs, calls = 8, 500
	allocations, size = math.Inf(1), math.Inf(1)
	var before, after runtime.MemStats
	for range runs {
		runtime.GC()
		for range 10 {
			err = call(ctx)
		}
		runtime.ReadMemStats(&before)
		for range calls {
			if e := call(ctx); e != nil {
				err = e
			}
		}
		runtime.ReadMemStats(&after)
		allocations = min(allocations, math.Round(float64(after.Mallocs-before.Mallocs)/calls))
		size = min(size, math.Round(float64(after.TotalAlloc-before.TotalAlloc)/calls))
	}
	return allocations, size, err
}

// processor is the time that all processors spent in this program: it does not count what else the machine does.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// wall is the time that passes.
func wall() time.Duration { return time.Duration(time.Now().UnixNano()) }

// turns are how often each caller has its turn in a round: short ones, so that what the machine does besides meets all
// callers alike.
const turns = 5

// rounds runs the callers in turn, each for a number of calls, in another order every time, and returns the time a
// call for each round and caller, as the clock tells it.
func rounds(
	ctx context.Context, clock func() time.Duration, callers []caller, n, calls int,
) ([][]time.Duration, error) {
	out := make([][]time.Duration, n)
	for round := range n {
		out[round] = make([]time.Duration, len(callers))
		for i := range turns * len(callers) {
			which := (i + i/len(callers) + round) % len(callers)
			runtime.GC()
			start := clock()
			for range calls {
				if err := callers[which](ctx); err != nil {
					return nil, err
				}
			}
			out[round][which] += (clock() - start) / time.Duration(turns*calls)
		}
	}
	return out, nil
}

// spread is a median, and the values that a quarter of all lie below and above.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(q*float64(len(values)-1)+0.5)] }
	return spread{at(0.25), at(0.5), at(0.75)}
}

// ratios compares two columns of rounds, round by round.
func ratios(times [][]time.Duration, a, b int) spread {
	values := make([]float64, 0, len(times))
	for _, t := range times {
		values = append(values, float64(t[a])/float64(t[b]))
	}
	return spreadOf(values)
}
