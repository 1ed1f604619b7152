package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// policy is a client's reaction to a 429.
type policy int

const (
	// sharedWait is pingmfa's: a 429 holds back all calls of the replica for its Retry-After. A call that would wait
	// longer than maxWait fails at once.
	sharedWait policy = iota
	blindRetry        // each call repeats by itself, 100 and 200 milliseconds later, and ignores the Retry-After
	noRetry           // each call fails at once
	policies
)

// The model: all replicas share one rate limit, counted by the second; refused requests count, too; the Retry-After is
// the rest of the second, rounded up to 1. Times are in milliseconds.
const (
	replicas  = 200
	limit     = 100
	attempts  = 3
	roundTrip = 20
	maxWait   = 10_000
	simulated = 120_000
)

// simulation is the result for one policy.
type simulation struct {
	goodput, sent float64 // successful calls, and all requests, a second
	failed        float64 // the share of calls that failed
	p99           int     // of the successful calls
}

// simulate makes calls at random times, rate in a second, and a burst of more in one second of ten. The clock is
// virtual, and the calls are the same for each policy.
func simulate(p policy, rate, burst int) simulation {
	type request struct {
		start, replica, attempt int  // start is that of the call
		refused                 bool // with a 429 that is on its way
	}
	var (
		queue       = map[int][]request{} // by time
		used        = map[int]int{}       // requests by the second
		heldUntil   [replicas]int
		calls, sent int
		took        []int
		random      = rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible
	)
	for second := 0; second < simulated; second += 1000 {
		n := rate
		if second%10_000 == 0 {
			n += burst
		}
		for range n {
			at := second + random.IntN(1000)
			queue[at] = append(queue[at], request{start: at, replica: random.IntN(replicas), attempt: 1})
		}
		calls += n
	}
	for now := 0; len(queue) > 0; now++ {
		for _, r := range queue[now] {
			next := heldUntil[r.replica]
			switch {
			case r.refused: // The 429 arrives.
				next = now + 100<<(r.attempt-1)
				if p == sharedWait {
					next = now + 1000
					heldUntil[r.replica] = next
				}
				r.attempt++
				r.refused = false
			case next <= now:
				sent++
				if used[now/1000]++; used[now/1000] <= limit {
					took = append(took, now+roundTrip-r.start)
				} else {
					r.refused = true
					queue[now+roundTrip] = append(queue[now+roundTrip], r)
				}
				continue
			}
			if p != noRetry && r.attempt <= attempts && (p == blindRetry || next-r.start <= maxWait) {
				queue[next] = append(queue[next], r)
			}
		}
		delete(queue, now)
	}
	slices.Sort(took)
	const seconds = simulated / 1000
	return simulation{
		goodput: float64(len(took)) / seconds,
		sent:    float64(sent) / seconds,
		failed:  1 - float64(len(took))/float64(calls),
		p99:     took[len(took)*99/100],
	}
}

func printSimulation() {
	fmt.Println("\n| calls offered | shared wait | blind retries | no retries |\n|---|---|---|---|")
	for _, offered := range [][2]int{{80, 0}, {110, 0}, {300, 0}, {40, 300}} {
		fmt.Printf("| %d/s, and %d more every 10 s", offered[0], offered[1])
		for p := range policies {
			s := simulate(p, offered[0], offered[1])
			fmt.Printf(" | %.0f/s, %.1f %% failed, %.0f/s sent, %d ms", s.goodput, 100*s.failed, s.sent, s.p99)
		}
		fmt.Println(" |")
	}
	fmt.Println()
}
