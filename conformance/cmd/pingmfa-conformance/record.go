package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// record is what fakes were asked. It holds no value that was sent.
type record struct {
	// Requests and Violations are totals. Astray counts requests to a place that does not exist.
	Requests   int          `json:"requests"`
	Violations int          `json:"violations"`
	Astray     int          `json:"astray"`
	Fakes      []fakeRecord `json:"fakes"`
}

type fakeRecord struct {
	// Prefix is the fake's path; empty at the root.
	Prefix string `json:"prefix"`
	// Requests are counted by operation. "token" is the token endpoint, "other" no part of the contract.
	Requests map[string]int `json:"requests"`
	// Acted counts the requests that were carried out, Messages what PingOne would have sent.
	Acted      int         `json:"acted"`
	Messages   int         `json:"messages"`
	Violations []violation `json:"violations"`
}

type violation struct {
	Operation string                `json:"operation"`
	Method    string                `json:"method"`
	Host      conformance.Host      `json:"host"`
	Path      string                `json:"path"`
	Findings  []conformance.Finding `json:"findings"`
	text      string
}

// report is the record of the fakes with a prefix; of all, without one.
func (h *hub) report(prefix string) record {
	h.mu.Lock()
	defer h.mu.Unlock()
	sum := record{Fakes: []fakeRecord{}}
	if prefix == "" {
		sum.Astray = h.astray
	}
	for _, at := range slices.Sorted(maps.Keys(h.fakes)) {
		if prefix != "" && prefix != at {
			continue
		}
		one := newFakeRecord(at, h.fakes[at])
		for _, count := range one.Requests {
			sum.Requests += count
		}
		sum.Violations += len(one.Violations)
		sum.Fakes = append(sum.Fakes, one)
	}
	return sum
}

func newFakeRecord(prefix string, fake *pingmfatest.Fake) fakeRecord {
	r := fakeRecord{
		Prefix: prefix, Requests: map[string]int{}, Messages: len(fake.Messages()), Violations: []violation{},
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
	for _, v := range fake.Violations() {
		r.Violations = append(r.Violations, violation{
			Operation: v.Operation, Method: v.Method, Host: v.Host, Path: v.Path, Findings: v.Findings, text: v.String(),
		})
	}
	return r
}

// ok tells whether every request kept the contract.
func (r record) ok() bool { return r.Violations == 0 && r.Astray == 0 }

// String is the record for people.
func (r record) String() string {
	var b strings.Builder
	for _, f := range r.Fakes {
		fmt.Fprintf(&b, "%s: %s\n", f.Name(), f.Summary())
		for _, v := range f.Violations {
			fmt.Fprintf(&b, "    %s\n", v)
		}
	}
	if text := r.AstrayText(); text != "" {
		fmt.Fprintf(&b, "%s\n", text)
	}
	return b.String()
}

// AstrayText says how many requests went astray; nothing, if none did.
func (r record) AstrayText() string {
	if r.Astray == 0 {
		return ""
	}
	return count(r.Astray, "request") + " to a place that does not exist"
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Name is the prefix, or a slash for the root.
func (f fakeRecord) Name() string { return f.Prefix + "/" }

// Summary is all of a fake's numbers in a line.
func (f fakeRecord) Summary() string {
	var parts []string
	for _, operation := range slices.Sorted(maps.Keys(f.Requests)) {
		parts = append(parts, fmt.Sprintf("%d %s", f.Requests[operation], operation))
	}
	if len(parts) == 0 {
		return "no request"
	}
	return fmt.Sprintf("%s; %d carried out, %s, %s", strings.Join(parts, ", "), f.Acted,
		count(f.Messages, "message"), count(len(f.Violations), "violation"))
}

// String is a line, and one more for each finding.
func (v violation) String() string { return strings.ReplaceAll(v.text, "\n", "\n    ") }
