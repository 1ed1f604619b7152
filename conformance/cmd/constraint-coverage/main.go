// Command constraint-coverage changes every constraint of openapi.yaml, one at a time, and reports each change that no
// vector of package conformance notices. The last line of the report is a summary:
//
//	conformance: <vectors> vectors, <checks> checks, constraint coverage <noticed>/<constraints>
//
// The number of checks is that of the requests and responses in the vectors plus that of the changes. The exit code is
// 0 if all changes are noticed, 1 if one is not or if the list of equivalent changes is out of date, and 2 on an error.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/coverage"
)

const usage = `Usage: constraint-coverage

Changes every constraint of openapi.yaml, one at a time, and reports each change that no vector notices.
Exit codes: 0 all changes are noticed, 1 some are not, or equivalent.json is out of date, 2 error.
`

func main() {
	flag.Usage = func() { _, _ = fmt.Fprint(flag.CommandLine.Output(), usage) }
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	result, err := measure(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "constraint-coverage:", err)
		os.Exit(2)
	}
	fmt.Print(report(result))
	if !result.OK() {
		os.Exit(1)
	}
}

func measure(ctx context.Context) (coverage.Result, error) {
	vectors, err := conformance.Vectors()
	if err != nil {
		return coverage.Result{}, err
	}
	equivalents, err := coverage.Equivalents()
	if err != nil {
		return coverage.Result{}, err
	}
	return coverage.Run(ctx, openapi.YAML, vectors, equivalents)
}

// report returns the report: one line for each survivor and each stale entry, and the summary.
func report(r coverage.Result) string {
	var lines []string
	for _, m := range r.Survivors {
		lines = append(lines, "no vector notices "+m.String())
	}
	for _, e := range r.Stale {
		lines = append(lines, fmt.Sprintf("stale in equivalent.json: %s: %s", e.Pointer, e.Mutation))
	}
	return strings.Join(append(lines, r.String()), "\n") + "\n"
}
