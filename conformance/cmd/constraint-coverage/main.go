// Command constraint-coverage changes every constraint of openapi.yaml, one at a time, and tells which changes no
// vector of package conformance notices. Its last line sums up:
//
//	conformance: <vectors> vectors, <checks> checks, constraint coverage <noticed>/<constraints>
//
// A check is a request or an answer held to the contract, or a changed contract held to the vectors. The exit code is
// 1 when a change goes unnoticed or the list of equivalent ones is out of date, and 2 when nothing could be measured.
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

Changes every constraint of openapi.yaml, one at a time, and names each change that no vector notices.
Exit codes: 0 all are noticed, 1 some are not, 2 nothing could be measured.
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

// report names what is wrong, one a line, and ends with the sum.
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
