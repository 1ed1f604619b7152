package main

import (
	"context"
	"errors"
	"flag"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

var runCommand = command{
	name: "run", arguments: "-- COMMAND [ARGUMENT...]", summary: "prove a client in any language",
	about: `Starts a fake PingOne and COMMAND, a small program around the client, and speaks lines of JSON with
it: for each vector COMMAND makes a call and says what came of it. What went over the wire and what
was said is compared with the vector. conformance/adapter/README.md teaches how to write COMMAND.
Its standard error is passed through.

Exit code 1: a vector failed, or passed though it is on the list of known failures. Exit code 2:
COMMAND died, hung, or said something else than it was asked for.`,
	run: prove,
}

func prove(ctx context.Context, p program, c command, args []string) (int, error) {
	var chosen choice
	var known, features, format *string
	var timeout *time.Duration
	words, err := c.parse(p, args, func(flags *flag.FlagSet) {
		chosen.define(flags)
		known = flags.String("known-failing", "", "a `file` with the vectors that the client is known to fail, and why")
		features = flags.String("features", "", "use only these of the client's features: a `list` with commas")
		timeout = flags.Duration("timeout", 30*time.Second, "how long COMMAND may take for one answer, and to end")
		format = outputFlag(flags, "json", "junit")
	})
	switch {
	case err != nil:
		return 0, err
	case len(words) == 0:
		return 0, errors.New("COMMAND is missing: pingmfa-conformance run -- COMMAND")
	case *timeout <= 0:
		return 0, errors.New("-timeout must be positive")
	}
	options := adapter.Options{Command: words, Timeout: *timeout, Stderr: p.errors}
	if *features != "" {
		options.Features = strings.Split(*features, ",")
	}
	if options.Vectors, err = chosen.vectors(); err != nil {
		return 0, err
	}
	if options.KnownFailing, err = readKnownFailing(*known); err != nil {
		return 0, err
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

func readKnownFailing(file string) (adapter.KnownFailing, error) {
	if file == "" {
		return adapter.KnownFailing{}, nil
	}
	f, err := os.Open(file) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return adapter.ReadKnownFailing(f)
}

// printReport is a table by folder, what needs a word, and the score.
func (p program) printReport(report *adapter.Report) {
	folders := map[string][]adapter.VectorResult{}
	lacking := map[string]bool{}
	for _, j := range report.Vectors {
		folders[path.Dir(j.ID)] = append(folders[path.Dir(j.ID)], j)
		for _, name := range j.Missing {
			lacking[name] = true
		}
	}
	p.print("%s\n\n", report.Name)
	p.print("%-40s %7s %7s %7s %7s\n", "", "passed", "failed", "known", "not run")
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		s := adapter.Count(folders[folder])
		p.print("%-40s %7d %7d %7d %7d\n", folder, s.Passed, s.Failed+s.Stale, s.Known, s.NotRun)
	}
	known := map[string]int{}
	for _, j := range report.Vectors {
		switch j.State {
		case adapter.Failed:
			p.print("\nFAILED  %s\n    %s\n", j.ID, strings.Join(j.Reasons, "\n    "))
		case adapter.Stale:
			p.print("\nPASSED  %s\n    it is on the list of known failures: take it off\n", j.ID)
		case adapter.Known:
			known[j.KnownReason]++
		case adapter.Passed, adapter.NotRun:
		}
	}
	if len(known) > 0 {
		p.print("\nknown to fail:\n")
	}
	for _, reason := range slices.Sorted(maps.Keys(known)) {
		p.print("%5d  %s\n", known[reason], reason)
	}
	if len(lacking) > 0 {
		p.print("\nnot run, as the client lacks: %s\n", strings.Join(slices.Sorted(maps.Keys(lacking)), ", "))
	}
	p.print("\nscore: %s\n", report.Score)
}

func vectorCases(report *adapter.Report) []junitCase {
	var cases []junitCase
	for _, j := range report.Vectors {
		judged := junitCase{Name: j.ID, Class: path.Dir(j.ID)}
		switch j.State {
		case adapter.Failed:
			judged.Failure = junitText(j.Reasons)
		case adapter.Stale:
			judged.Failure = junitText([]string{"it passed, though it is on the list of known failures: take it off"})
		case adapter.Known:
			judged.Skipped = junitText(append([]string{"known to fail: " + j.KnownReason}, j.Reasons...))
		case adapter.NotRun:
			judged.Skipped = junitText([]string{"the client lacks " + strings.Join(j.Missing, ", ")})
		case adapter.Passed:
		}
		cases = append(cases, judged)
	}
	return cases
}
