package conformance

import (
	"cmp"
	"slices"
)

// Verdict sums a [Report] up.
type Verdict string

// Valid: nothing was found. Tolerated: not as described, but a right client survives it. Invalid: anything else.
const (
	Valid     Verdict = "valid"
	Tolerated Verdict = "tolerated"
	Invalid   Verdict = "invalid"
)

// Finding is one thing that is wrong.
type Finding struct {
	// Pointer says where: an RFC 6901 JSON Pointer into the body ("" is the body itself), or one of "method", "host",
	// "path", "path:NAME" (a path parameter), "query", "status", "header:NAME" and "operation".
	Pointer string `json:"pointer"`
	// Rule is the broken rule: a keyword of JSON Schema (type, required, pattern, ...), or a name of this package's own
	// that README.md lists.
	Rule string `json:"rule"`
	// Message is the rule in plain words. It never holds a value out of the payload.
	Message string `json:"message"`
	// Tolerated is set when a right client survives this. Never set in a request.
	Tolerated bool `json:"tolerated"`
}

// Report is what was found in one request or answer, sorted by pointer and rule.
type Report struct {
	Operation string    `json:"operation"`
	Findings  []Finding `json:"findings"`
}

// Verdict is [Valid] without findings, [Tolerated] when every one of them is, and [Invalid] otherwise.
func (r Report) Verdict() Verdict {
	switch {
	case len(r.Findings) == 0:
		return Valid
	case !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Tolerated }):
		return Tolerated
	}
	return Invalid
}

func newReport(operation string, findings []Finding) Report {
	return Report{Operation: operation, Findings: tidy(findings)}
}

// tidy sorts findings and drops repetitions.
func tidy(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(findings)
}
