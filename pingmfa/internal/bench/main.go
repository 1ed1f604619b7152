// Command bench compares the client with hand-written code and with the generated client, on the payloads of the
// vendor's pages and under load, and prints the tables of PERFORMANCE.md and one line for each bar. Run it with
// "make bench".
//
// It exits with 1 if a figure that does not depend on the machine is over its bar: allocations, bytes read or allocated,
// token requests. It reports times, but never fails because of them.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"time"
)

func main() {
	var (
		simulation = flag.Bool("simulate", false, "print the simulation of many replicas, and nothing else")
		quick      = flag.Bool("quick", false, "measure less, and draw no plot")
	)
	flag.Parse()
	if *simulation {
		printSimulation()
		return
	}
	if err := run(*quick); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures everything and prints it.
func run(quick bool) error {
	// As in a service's handler, the context has a deadline. It is the same for all clients.
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	list, err := pages()
	if err != nil {
		return err
	}
	fmt.Printf("### %s, %d CPUs\n\n", runtime.Version(), runtime.NumCPU())
	rows, err := memoryRows(ctx, list, quick)
	if err != nil {
		return err
	}
	more, err := loadRows(ctx, list[1], quick)
	if err != nil {
		return err
	}
	large, err := largeBodyRow(ctx, list[1])
	if err != nil {
		return err
	}
	more = append(more, large)
	fmt.Print("\n| load | value | bar | |\n|---|---|---|---|\n")
	for _, r := range more {
		fmt.Printf("| %s | %s | %s | %s |\n", r.name, r.spread, r.limit(), r.verdict())
	}
	fmt.Println()
	over := 0
	for _, r := range append(rows, more...) {
		fmt.Printf("ratio %s/%s %.3f goal %.2f %s\n", runtime.Version(), r.name, r.spread.median, r.bar, r.verdict())
		if r.exact && !r.ok() {
			over++
		}
	}
	fmt.Println()
	if over > 0 {
		return fmt.Errorf("%d exact figures are over their bars", over)
	}
	return nil
}

// row is a figure and its bar.
type row struct {
	name   string
	spread spread
	bar    float64
	// atLeast says that the figure must be at least the bar, instead of at most.
	atLeast bool
	// exact says that the figure does not depend on the machine.
	exact bool
}

// ok compares the figure as it is printed, with three decimals.
func (r row) ok() bool {
	value := math.Round(r.spread.median*1000) / 1000
	if r.atLeast {
		return value >= r.bar
	}
	return value <= r.bar
}

func (r row) verdict() string {
	if r.ok() {
		return "ok"
	}
	return "over"
}

func (r row) limit() string {
	if r.atLeast {
		return fmt.Sprintf("≥ %.2f", r.bar)
	}
	return fmt.Sprintf("≤ %.2f", r.bar)
}
