// Command bench compares the client with hand-written code and with the generated client, and prints the tables of
// PERFORMANCE.md and one line for each goal. Run it with "make bench".
//
// It exits with 1 if a figure that does not depend on the machine is over its goal: allocations, bytes, token requests.
// Times never fail it.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

func main() {
	testing.Init()
	err := flag.Set("test.benchtime", "1000x")
	if err == nil {
		err = run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and prints everything.
func run() error {
	// As in a handler of a service, the context has a deadline.
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	list, err := pages()
	if err != nil {
		return err
	}
	fmt.Printf("### %s, %d CPUs\n\n", runtime.Version(), runtime.NumCPU())
	rows, err := memoryRows(ctx, list)
	if err != nil {
		return err
	}
	more, err := loadRows(ctx, list[0])
	if err != nil {
		return err
	}
	fmt.Print("\n| load | value | goal | |\n|---|---|---|---|\n")
	for _, r := range more {
		fmt.Printf("| %s | %s | %.2f | %s |\n", r.name, r.spread, r.goal, r.verdict())
	}
	printSimulation()
	over := 0
	for _, r := range append(rows, more...) {
		fmt.Printf("ratio %s/%s %.3f goal %.2f %s\n", runtime.Version(), r.name, r.spread.median, r.goal, r.verdict())
		if r.exact && r.verdict() != "ok" {
			over++
		}
	}
	if over > 0 {
		return fmt.Errorf("%d exact figures miss their goals", over)
	}
	return nil
}

// row is a figure and its goal.
type row struct {
	name    string
	spread  spread
	goal    float64
	atLeast bool // the figure must be at least the goal, instead of at most
	exact   bool // the figure does not depend on the machine
}

// verdict compares the median, rounded as it is printed, with the goal.
func (r row) verdict() string {
	value := math.Round(r.spread.median*1000) / 1000
	if value > r.goal && !r.atLeast || value < r.goal && r.atLeast {
		return "over"
	}
	return "ok"
}

// spread is the median of values and their quartiles.
type spread struct{ low, median, high float64 }

func spreadOf(values ...float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	at := func(quantile float64) float64 { return sorted[int(quantile*float64(len(sorted)-1)+0.5)] }
	return spread{at(0.25), at(0.5), at(0.75)}
}

func (s spread) String() string {
	if s.low == s.high {
		return fmt.Sprintf("%.2f", s.median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.low, s.high)
}
