package main

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"
)

// policy is what a client does with a 429.
type policy string

const (
	// shared is pingmfa's: a 429 holds back all calls of the replica until its Retry-After is over, or fails those at once
	// whose patience is shorter.
	shared policy = "shared gate"
	// blind is a client that retries by itself: three attempts, 100 and 200 milliseconds apart, whatever the answer says.
	blind policy = "blind retries"
	// failing is a client that fails at once.
	failing policy = "fail at once"
)

// The assumptions: one licence for all replicas, counted by the second; an answer to each request after the round trip;
// a Retry-After of the whole second that is left; every request counts, refused ones, too.
const (
	replicas   = 200
	limit      = 100
	roundTrip  = 20 * time.Millisecond
	patience   = 10 * time.Second
	attempts   = 3
	simulated  = 2 * time.Minute
	retryFirst = 100 * time.Millisecond
)

// simulation is what came of it.
type simulation struct {
	Policy  policy
	Goodput float64 // calls a second that succeeded
	Failed  float64 // share of the calls that failed
	Sent    float64 // requests a second
	Median  time.Duration
	P99     time.Duration
}

// event is one request that arrives at the server, or one that would leave: at the time it happens.
type event struct {
	at       time.Duration
	born     time.Duration
	replica  int
	attempt  int
	arriving bool
}

type events []event

func (e *events) Len() int           { return len(*e) }
func (e *events) Less(i, j int) bool { return (*e)[i].at < (*e)[j].at }
func (e *events) Swap(i, j int)      { (*e)[i], (*e)[j] = (*e)[j], (*e)[i] }

// Push is heap.Interface's.
func (e *events) Push(x any) { *e = append(*e, x.(event)) } //nolint:errcheck,forcetypeassert // an event

// Pop is heap.Interface's.
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// traffic is calls that come evenly, at random times, and a burst of them within a second, every ten seconds.
type traffic struct{ even, burst int }

func (t traffic) String() string {
	if t.burst == 0 {
		return fmt.Sprintf("%d/s", t.even)
	}
	return fmt.Sprintf("%d/s, and %d at once", t.even, t.burst)
}

// simulate lets calls come to random replicas, on a clock of its own.
func simulate(p policy, offered traffic) simulation {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same run every time
	var queue events
	for t := time.Duration(0); t < simulated; {
		t += time.Duration(random.ExpFloat64() * float64(time.Second) / float64(offered.even))
		heap.Push(&queue, event{at: t, born: t, replica: random.IntN(replicas), attempt: 1})
	}
	for t := time.Duration(0); t < simulated; t += 10 * time.Second {
		for range offered.burst {
			at := t + time.Duration(random.Int64N(int64(time.Second)))
			heap.Push(&queue, event{at: at, born: at, replica: random.IntN(replicas), attempt: 1})
		}
	}
	calls := queue.Len()
	var (
		held         [replicas]time.Duration // until when a replica's gate is closed
		second, used int
		sent, failed int
		waits        []float64
	)
	for queue.Len() > 0 {
		e := heap.Pop(&queue).(event) //nolint:errcheck,forcetypeassert // an event
		if !e.arriving {
			// Leaving: past the gate, or into it.
			if until := held[e.replica]; p == shared && until > e.at {
				if until-e.born > patience {
					failed++
					continue
				}
				e.at = until
				heap.Push(&queue, e)
				continue
			}
			sent++
			e.at += roundTrip / 2
			e.arriving = true
			heap.Push(&queue, e)
			continue
		}
		if now := int(e.at / time.Second); now != second {
			second, used = now, 0
		}
		used++
		back := e.at + roundTrip/2
		if used <= limit {
			waits = append(waits, float64(back-e.born))
			continue
		}
		retryAfter := time.Duration(second+1)*time.Second - e.at
		retryAfter = (retryAfter + time.Second - 1).Truncate(time.Second) // whole seconds, rounded up
		wait := retryFirst << (e.attempt - 1)
		if p == shared {
			wait = retryAfter
			held[e.replica] = max(held[e.replica], back+wait)
		}
		if p == failing || e.attempt >= attempts || p == shared && back+wait-e.born > patience {
			failed++
			continue
		}
		heap.Push(&queue, event{at: back + wait, born: e.born, replica: e.replica, attempt: e.attempt + 1})
	}
	out := simulation{
		Policy:  p,
		Goodput: float64(len(waits)) / simulated.Seconds(),
		Failed:  float64(failed) / float64(calls),
		Sent:    float64(sent) / simulated.Seconds(),
	}
	if len(waits) > 0 {
		out.Median = time.Duration(spreadOf(waits).median)
		out.P99 = time.Duration(waits[len(waits)*99/100])
	}
	return out
}

// printSimulations prints the table of PERFORMANCE.md.
func printSimulations() {
	fmt.Println("| offered | policy | goodput | failed | requests sent | median | 99 % |")
	fmt.Println("|---:|---|---:|---:|---:|---:|---:|")
	for _, offered := range []traffic{{80, 0}, {110, 0}, {300, 0}, {40, 300}} {
		for _, p := range []policy{shared, blind, failing} {
			s := simulate(p, offered)
			fmt.Printf("| %s | %s | %.0f/s | %.1f %% | %.0f/s | %s | %s |\n", offered, s.Policy, s.Goodput, 100*s.Failed, s.Sent,
				s.Median.Round(time.Millisecond), s.P99.Round(time.Millisecond))
		}
	}
}
