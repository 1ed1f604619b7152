package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// policy is a client's reaction to a 429.
type policy int

const (
	// sharedWait is pingmfa's: a 429 holds back all calls of the replica for its Retry-After. A call that would wait
	// longer than maxWait fails at once.
	sharedWait policy = iota
	// blindRetry repeats each call by itself, 100 and 200 milliseconds later, and ignores the Retry-After.
	blindRetry
	// noRetry fails at once.
	noRetry
	policies
)

// The model: all replicas share one rate limit, counted by the second; refused requests count, too; the Retry-After is
// the rest of the second, rounded up to 1.
const (
	replicas  = 200
	limit     = 100
	roundTrip = 20 * time.Millisecond
	maxWait   = 10 * time.Second
	attempts  = 3
	simulated = 2 * time.Minute
)

// simulation is the result for one policy.
type simulation struct {
	goodput float64       // successful calls a second
	failed  float64       // the share of calls that failed
	sent    float64       // requests a second
	p99     time.Duration // of the successful calls
}

// simulate makes calls at random times, rate in a second, and a burst of more in one second of ten. The clock is
// virtual, and the calls are the same for each policy.
func simulate(p policy, rate, burst int) simulation {
	type request struct {
		start            time.Duration // of the call
		replica, attempt int
		refused          bool // with a 429 that is on its way
	}
	var (
		queue       [][]request // by the millisecond
		heldUntil   [replicas]time.Duration
		calls, sent int
		times       []time.Duration
		random      = rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible
	)
	add := func(at time.Duration, r request) {
		tick := int(at / time.Millisecond)
		for len(queue) <= tick {
			queue = append(queue, nil)
		}
		queue[tick] = append(queue[tick], r)
	}
	for i := range int(simulated.Seconds()) {
		n := rate
		if i%10 == 0 {
			n += burst
		}
		for range n {
			at := time.Duration(i)*time.Second + time.Duration(random.IntN(1000))*time.Millisecond
			add(at, request{start: at, replica: random.IntN(replicas), attempt: 1})
			calls++
		}
	}
	used := map[int]int{} // requests by the second
	for tick := 0; tick < len(queue); tick++ {
		now := time.Duration(tick) * time.Millisecond
		for _, r := range queue[tick] {
			until := heldUntil[r.replica]
			switch {
			case r.refused: // The 429 arrives.
				until = now + 100*time.Millisecond<<(r.attempt-1)
				if p == sharedWait {
					until = now + time.Second
					heldUntil[r.replica] = until
				}
				r.refused = false
				r.attempt++
			case until <= now:
				sent++
				second := int(now / time.Second)
				if used[second]++; used[second] <= limit {
					times = append(times, now+roundTrip-r.start)
				} else {
					r.refused = true
					add(now+roundTrip, r)
				}
				continue
			}
			if p != noRetry && r.attempt <= attempts && (p == blindRetry || until-r.start <= maxWait) {
				add(until, r)
			}
		}
	}
	slices.Sort(times)
	return simulation{
		goodput: float64(len(times)) / simulated.Seconds(),
		failed:  1 - float64(len(times))/float64(calls),
		sent:    float64(sent) / simulated.Seconds(),
		p99:     times[len(times)*99/100],
	}
}

func printSimulation() {
	fmt.Println("\n| calls offered | shared wait | blind retries | no retries |\n|---|---|---|---|")
	for _, offered := range [][2]int{{80, 0}, {110, 0}, {300, 0}, {40, 300}} {
		fmt.Printf("| %d/s", offered[0])
		if offered[1] > 0 {
			fmt.Printf(", and %d more every 10 s", offered[1])
		}
		for p := range policies {
			s := simulate(p, offered[0], offered[1])
			fmt.Printf(" | %.0f/s, %.1f %% failed, %.0f/s sent, %v", s.goodput, 100*s.failed, s.sent, s.p99)
		}
		fmt.Println(" |")
	}
	fmt.Println()
}
