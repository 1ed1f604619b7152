package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// report describes the requests that the fakes have received. It contains no value of a request.
type report struct {
	// Requests and Violations are totals. No fake has received the others: UnknownPaths counts the requests to paths
	// without a fake, and Refused those that are not valid HTTP, by the status and the reason of the response.
	Requests     int            `json:"requests"`
	Violations   int            `json:"violations"`
	UnknownPaths int            `json:"unknownPaths"`
	Refused      map[string]int `json:"refused"`
	Fakes        []fakeReport   `json:"fakes"`
}

type fakeReport struct {
	// Prefix is the path of the fake. It is empty for the fake at the root.
	Prefix string `json:"prefix"`
	// Requests counts the requests by operation. "token" is the token endpoint; "other" is not in the contract.
	Requests map[string]int `json:"requests"`
	// Acted counts the requests that the fake acted on. Messages counts the messages that PingOne would have sent.
	Acted      int                     `json:"acted"`
	Messages   int                     `json:"messages"`
	Violations []pingmfatest.Violation `json:"violations"`
}

// report returns the report of the fake at a prefix, or of all fakes if the prefix is empty.
func (rt *router) report(prefix string) report {
	fakes := rt.fakesAt(prefix)
	total := report{Refused: map[string]int{}, Fakes: []fakeReport{}}
	if prefix == "" {
		rt.mu.Lock()
		total.UnknownPaths, total.Refused = rt.unknownPaths, maps.Clone(rt.refused)
		rt.mu.Unlock()
	}
	for _, p := range slices.Sorted(maps.Keys(fakes)) {
		fake := newFakeReport(p, fakes[p])
		for _, count := range fake.Requests {
			total.Requests += count
		}
		total.Violations += len(fake.Violations)
		total.Fakes = append(total.Fakes, fake)
	}
	return total
}

func newFakeReport(prefix string, fake *pingmfatest.Fake) fakeReport {
	r := fakeReport{
		Prefix: prefix, Requests: map[string]int{}, Messages: len(fake.Messages()),
		Violations: append([]pingmfatest.Violation{}, fake.Violations()...), // not nil: JSON has an array
	}
	for _, request := range fake.Requests() {
		operation := request.Operation
		if operation == "" {
			operation = "other"
		}
		r.Requests[operation]++
		if request.Acted && operation != pingmfatest.OpToken {
			r.Acted++
		}
	}
	return r
}

// ok reports whether every request had a known path and was valid.
func (r report) ok() bool { return r.Violations == 0 && r.UnknownPaths == 0 && len(r.Refused) == 0 }

// String returns the report as text.
func (r report) String() string {
	var b strings.Builder
	for _, f := range r.Fakes {
		fmt.Fprintf(&b, "%s/:", f.Prefix)
		for _, operation := range slices.Sorted(maps.Keys(f.Requests)) {
			fmt.Fprintf(&b, " %s %d,", operation, f.Requests[operation])
		}
		fmt.Fprintf(&b, " acted on %d, messages %d, violations %d\n", f.Acted, f.Messages, len(f.Violations))
		for _, v := range f.Violations {
			fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(v.String(), "\n", "\n    "))
		}
	}
	if r.UnknownPaths > 0 {
		fmt.Fprintf(&b, "requests to unknown paths: %d\n", r.UnknownPaths)
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Refused)) {
		fmt.Fprintf(&b, "requests refused with %s: %d\n", reason, r.Refused[reason])
	}
	return b.String()
}
