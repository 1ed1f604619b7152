package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"
)

func main() {
	var (
		child   = flag.Bool("serve", false, "be the server: used by the program itself")
		secure  = flag.Bool("tls", false, "with -serve: TLS")
		latency = flag.Duration("latency", 0, "with -serve: wait before each answer")
		only    = flag.Bool("memory", false, "measure in memory alone, and print JSON: used by the program itself")
		paper   = flag.Bool("simulate", false, "print the simulation of many replicas and end")
		counted = flag.Bool("figures", false, "print what budget.json limits, as it has it, and end")
		quick   = flag.Bool("quick", false, "fewer rounds, for a look")
	)
	flag.Parse()
	// What services call with: a context that has a deadline. Without one, pingmfa sets its own, and the others wait for
	// ever.
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	list, err := pages()
	switch {
	case err != nil:
	case *paper:
		printSimulations()
	case *counted:
		err = printFigures(ctx, list)
	case *child:
		err = serve(list[1], *latency, *secure)
	case *only:
		var rows []row
		if rows, err = memoryRows(ctx, list, "jsonv2-", 1, *quick); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(rows)
		}
	default:
		err = report(ctx, list, *quick)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row is a line of the result: a value beside its bar.
type row struct {
	Name       string
	Value, Bar float64
	// AtLeast: the value has to be at least the bar, and not at most.
	AtLeast bool
	// Exact figures do not depend on the machine: they decide the exit code.
	Exact bool
	Note  string
}

func (r row) ok() bool {
	if r.AtLeast {
		return r.Value >= r.Bar
	}
	return r.Value <= r.Bar
}

func (r row) String() string {
	verdict := "ok"
	if !r.ok() {
		verdict = "over"
	}
	return fmt.Sprintf("ratio %s %.3f goal %.2f %s", r.Name, r.Value, r.Bar, verdict)
}

func report(ctx context.Context, list []page, quick bool) error {
	fmt.Printf("%s, %d CPUs\n\n", runtime.Version(), runtime.NumCPU())
	rows, err := memoryRows(ctx, list, "", 0, quick)
	if err != nil {
		return err
	}
	more, err := networkRows(ctx, list[1], quick)
	rows = append(rows, more...)
	if err != nil {
		return err
	}
	more, err = importerRows(ctx)
	rows = append(rows, more...)
	if err != nil {
		return err
	}
	if rows, err = appendJSONv2(ctx, rows, quick); err != nil {
		return err
	}
	fmt.Println()
	over := 0
	for _, r := range rows {
		if r.Note != "" {
			fmt.Println("  " + r.Name + ": " + r.Note)
		}
	}
	for _, r := range rows {
		fmt.Println(r)
		if r.Exact && !r.ok() {
			over++
		}
	}
	if over > 0 {
		return fmt.Errorf("%d exact figures are over their bars", over)
	}
	return nil
}

// appendJSONv2 measures again in a program that was built with the JSON that the standard library will have.
func appendJSONv2(ctx context.Context, rows []row, quick bool) ([]row, error) {
	args := []string{"run", "github.com/pingmfa/pingmfa-go/pingmfa/internal/bench", "-memory"}
	if quick {
		args = append(args, "-quick")
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=jsonv2")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return rows, err
	}
	var more []row
	err = json.Unmarshal(out, &more)
	return append(rows, more...), err
}

// memoryRows compares without a network. bar replaces all bars if it is not 0.
func memoryRows(ctx context.Context, list []page, prefix string, bar float64, quick bool) ([]row, error) {
	n, calls := 10, 2000
	if quick {
		n, calls = 3, 300
	}
	timeBar, countBar := 0.95, 0.9
	if bar > 0 {
		timeBar, countBar = bar, bar
	}
	var rows []row
	for _, p := range list {
		client := &http.Client{Transport: memory{p.answer}}
		callers, err := yardsticks(p, "http://127.0.0.1", client, client)
		if err != nil {
			return nil, err
		}
		var allocations, sizes [4]float64
		for i, call := range callers {
			if allocations[i], sizes[i], err = exact(ctx, call); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", p.name, names[i], err)
			}
		}
		times, err := rounds(ctx, processor, callers, n, calls)
		if err != nil {
			return nil, err
		}
		for i, name := range names {
			var took []float64
			for _, round := range times {
				took = append(took, float64(round[i]))
			}
			fmt.Fprintf(os.Stderr, "%-28s %10.0f ns/op %8.0f B/op %6.0f allocs/op\n",
				prefix+p.name+"/"+name, spreadOf(took).median, sizes[i], allocations[i])
		}
		const hand, ours = 0, 3
		ratio := ratios(times, ours, hand)
		rows = append(rows,
			row{Name: prefix + "time-" + p.name, Value: ratio.median, Bar: timeBar,
				Note: fmt.Sprintf("quartiles %.3f and %.3f", ratio.low, ratio.high)},
			row{Name: prefix + "allocs-" + p.name, Value: allocations[ours] / allocations[hand], Bar: countBar, Exact: true},
			row{Name: prefix + "bytes-" + p.name, Value: sizes[ours] / sizes[hand], Bar: countBar, Exact: true})
	}
	return rows, nil
}
