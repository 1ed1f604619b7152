package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

var runCommand = command{
	name: "run", arguments: "-- COMMAND [ARGUMENT...]", summary: "run the vectors against a client in any language",
	description: `Starts a fake PingOne, and COMMAND, the adapter: a small program around the client. For each vector,
COMMAND reads a line of JSON, makes a call, and writes the result as a line of JSON. The request and
the result are compared with the vector. conformance/adapter/README.md describes how to write an
adapter. The standard error of COMMAND is passed through.

Exit code 1: a vector failed, COMMAND ended or violated the protocol in a case, a vector passed that is
on the list of known failures, or none passed. Exit code 2: there is no score.`,
	run: runVectors, runsProgram: true,
}

// runVectors runs the vectors against the client of an adapter.
func runVectors(ctx context.Context, p program, c command, args []string) (int, error) {
	var selected filter
	var known, features, format *string
	var timeout *time.Duration
	arguments, err := c.parse(p, args, func(flags *flag.FlagSet) {
		selected.define(flags)
		known = flags.String("known-failing", "", "a `file` with the vectors that the client is known to fail")
		features = flags.String("features", "", "a comma-separated `list`: use only these features of the client")
		timeout = flags.Duration("timeout", 30*time.Second, "the time that COMMAND may take for each reply, and to end")
		format = outputFlag(flags, "json", "junit")
	})
	switch {
	case err != nil:
		return 0, err
	case len(arguments) == 0:
		return 0, errors.New("COMMAND is missing: pingmfa-conformance run -- COMMAND")
	case *timeout <= 0:
		return 0, errors.New("-timeout must be positive")
	}
	options := adapter.Options{Command: arguments, Timeout: *timeout, Stderr: p.errors}
	if *features != "" {
		options.Features = strings.Split(*features, ",")
	}
	if options.Vectors, err = selected.vectors(); err != nil {
		return 0, err
	}
	if *known != "" {
		list, err := os.ReadFile(*known)
		if err != nil {
			return 0, err
		}
		if options.KnownFailing, err = adapter.ReadKnownFailing(list); err != nil {
			return 0, fmt.Errorf("read the list of known failures: %w", err)
		}
	}
	report, err := adapter.Run(ctx, options)
	if err != nil {
		return 0, err
	}
	code := exitOK
	if !report.Score.OK() {
		code = exitFailed
	}
	switch *format {
	case "json":
		return code, p.printJSON(report)
	case "junit":
		return code, p.printJUnit("run "+report.Name, vectorCases(report))
	}
	p.printReport(report)
	return code, nil
}

// printReport prints a table, the vectors that failed, and the score.
func (p program) printReport(report *adapter.Report) {
	groups := map[string][]adapter.VectorResult{}
	for _, v := range report.Vectors {
		groups[path.Dir(v.ID)] = append(groups[path.Dir(v.ID)], v)
	}
	p.print("%s\n\n", report.Name)
	const columns = "%-40s %7v %7v %7v %7v %7v %7v %7v\n"
	p.print(columns, "", "passed", "failed", "errored", "known", "no expr", "skipped", "not run")
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		s := adapter.Count(groups[group])
		p.print(columns, group, s[adapter.Passed], s[adapter.Failed]+s[adapter.Stale], s[adapter.Errored], s[adapter.Known],
			s[adapter.NotExpressible], s[adapter.Skipped], s[adapter.NotRun])
	}
	others := map[string]int{} // vectors by the reason why they have not passed
	for _, v := range report.Vectors {
		switch v.State {
		case adapter.Failed, adapter.Errored, adapter.Stale, adapter.Skipped:
			p.print("\n%s  %s\n    %s\n", strings.ToUpper(string(v.State)), v.ID, strings.Join(v.Reasons, "\n    "))
		case adapter.Known:
			others["known to fail: "+v.KnownReason]++
		case adapter.NotExpressible, adapter.NotRun:
			others[v.Reasons[0]]++
		case adapter.Passed:
		}
	}
	p.print("\n")
	for _, reason := range slices.Sorted(maps.Keys(others)) {
		p.print("%5d  %s\n", others[reason], reason)
	}
	if len(report.Without) > 0 {
		p.print("\nnot compared, because the client lacks these members: %s\n", strings.Join(report.Without, ", "))
	}
	p.print("\nscore: %s\n", report.Score)
}

func vectorCases(report *adapter.Report) []junitCase {
	var cases []junitCase
	for _, v := range report.Vectors {
		testCase := junitCase{Name: v.ID, Class: path.Dir(v.ID)}
		text := strings.Join(v.Reasons, "\n")
		switch v.State {
		case adapter.Passed:
		case adapter.Failed, adapter.Errored, adapter.Stale:
			testCase.Failure = text
		case adapter.Known:
			testCase.Skipped = "known to fail: " + v.KnownReason + "\n" + text
		case adapter.NotExpressible, adapter.Skipped, adapter.NotRun:
			testCase.Skipped = text
		}
		cases = append(cases, testCase)
	}
	return cases
}
