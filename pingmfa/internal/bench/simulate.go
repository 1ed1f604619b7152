package main

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// policy is a client's reaction to a 429.
type policy int

const (
	// sharedWait is pingmfa's: a 429 holds back all calls of the replica for its Retry-After. A call that would have to
	// wait longer than maxWait fails at once.
	sharedWait policy = iota
	// blindRetry repeats each call by itself, 100 and 200 milliseconds later, and ignores the Retry-After.
	blindRetry
	// noRetry fails at once.
	noRetry
	policies
)

// The model: one rate limit for all replicas, counted by the second; refused requests count, too; a Retry-After in
// whole seconds, rounded up.
const (
	replicas   = 200
	limit      = 100
	roundTrip  = 20 * time.Millisecond
	maxWait    = 10 * time.Second
	attempts   = 3
	firstRetry = 100 * time.Millisecond
	simulated  = 2 * time.Minute
)

// traffic is the load of all replicas together.
type traffic struct {
	rate  int // calls a second, at random times
	burst int // more calls within one second, every ten seconds
}

func (t traffic) String() string {
	if t.burst == 0 {
		return fmt.Sprintf("%d/s", t.rate)
	}
	return fmt.Sprintf("%d/s, and %d in one second of ten", t.rate, t.burst)
}

// simulation is the result for one policy.
type simulation struct {
	goodput float64       // successful calls a second
	failed  float64       // the share of calls that failed
	sent    float64       // requests a second
	p99     time.Duration // of the successful calls
}

// event is a request that a replica is about to send, or that arrives at the server.
type event struct {
	at, start        time.Duration // start is that of the call
	replica, attempt int
	arrives          bool
}

// events is a heap of events by time.
type events []event

func (e *events) Len() int           { return len(*e) }
func (e *events) Less(i, j int) bool { return (*e)[i].at < (*e)[j].at }
func (e *events) Swap(i, j int)      { (*e)[i], (*e)[j] = (*e)[j], (*e)[i] }

// Push implements heap.Interface.
func (e *events) Push(x any) { *e = append(*e, x.(event)) } //nolint:errcheck,forcetypeassert // always an event

// Pop implements heap.Interface.
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// newCalls returns the calls of the simulated time. They are the same for each policy.
func newCalls(t traffic) *events {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible
	queue := new(events)
	add := func(at time.Duration) {
		heap.Push(queue, event{at: at, start: at, replica: random.IntN(replicas), attempt: 1})
	}
	for at := time.Duration(0); at < simulated; {
		at += time.Duration(random.ExpFloat64() * float64(time.Second) / float64(t.rate))
		add(at)
	}
	for at := time.Duration(0); at < simulated; at += 10 * time.Second {
		for range t.burst {
			add(at + time.Duration(random.Int64N(int64(time.Second))))
		}
	}
	return queue
}

// simulate runs the traffic under one policy, on a virtual clock.
func simulate(p policy, t traffic) simulation {
	queue := newCalls(t)
	calls := queue.Len()
	var (
		heldUntil          [replicas]time.Duration
		second, used, sent int
		latencies          []time.Duration
	)
	for queue.Len() > 0 {
		e := heap.Pop(queue).(event) //nolint:errcheck,forcetypeassert // always an event
		if until := heldUntil[e.replica]; !e.arrives && p == sharedWait && until > e.at {
			if until-e.start <= maxWait {
				e.at = until
				heap.Push(queue, e)
			}
			continue
		}
		if !e.arrives {
			sent++
			e.at, e.arrives = e.at+roundTrip/2, true
			heap.Push(queue, e)
			continue
		}
		if now := int(e.at / time.Second); now != second {
			second, used = now, 0
		}
		used++
		end := e.at + roundTrip/2
		if used <= limit {
			latencies = append(latencies, end-e.start)
			continue
		}
		wait := firstRetry << (e.attempt - 1)
		if p == sharedWait {
			left := time.Duration(second+1)*time.Second - e.at
			wait = (left + time.Second - 1).Truncate(time.Second)
			heldUntil[e.replica] = max(heldUntil[e.replica], end+wait)
		}
		if p == noRetry || e.attempt == attempts || p == sharedWait && end+wait-e.start > maxWait {
			continue
		}
		heap.Push(queue, event{at: end + wait, start: e.start, replica: e.replica, attempt: e.attempt + 1})
	}
	slices.Sort(latencies)
	return simulation{
		goodput: float64(len(latencies)) / simulated.Seconds(),
		failed:  1 - float64(len(latencies))/float64(calls),
		sent:    float64(sent) / simulated.Seconds(),
		p99:     latencies[len(latencies)*99/100],
	}
}

// printSimulation prints the table of the simulation.
func printSimulation() {
	fmt.Println("| offered | shared wait | blind retries | no retries |\n|---|---|---|---|")
	for _, t := range []traffic{{rate: 80}, {rate: 110}, {rate: 300}, {rate: 40, burst: 300}} {
		fmt.Printf("| %s |", t)
		for p := range policies {
			s := simulate(p, t)
			fmt.Printf(" %.0f/s, %.1f %% failed, %.0f/s sent, %s |",
				s.goodput, 100*s.failed, s.sent, s.p99.Round(10*time.Millisecond))
		}
		fmt.Println()
	}
}
