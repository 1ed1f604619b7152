package adapter

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// State is the state of a vector after a run.
type State string

// The states. A run fails if a vector is Failed or Stale.
const (
	// Passed means that the client did what the vector expects.
	Passed State = "passed"
	// Failed means that it did not.
	Failed State = "failed"
	// Known means that the vector failed, and is on the list of known failures.
	Known State = "known"
	// Stale means that the vector passed, although it is on the list of known failures.
	Stale State = "stale"
	// NotRun means that the vector needs a feature that the client lacks.
	NotRun State = "not-run"
)

// VectorResult is the result of one vector.
type VectorResult struct {
	// ID is the id of the vector.
	ID    string `json:"id"`
	State State  `json:"state"`
	// Class is the class that the adapter reported. It is empty if the vector was not run.
	Class string `json:"class,omitempty"`
	// Reasons are the reasons why the vector failed. Each begins with a place: a JSON Pointer into the body, or the name
	// of another part.
	Reasons []string `json:"reasons,omitempty"`
	// KnownReason is the reason from the list of known failures.
	KnownReason string `json:"knownReason,omitempty"`
	// Missing are the features that the client lacks.
	Missing []string `json:"missing,omitempty"`
}

// Report is the result of a run.
type Report struct {
	// Name and Features are those of the adapter's hello.
	Name     string   `json:"name"`
	Features []string `json:"features"`
	// Without are the members of results that the client lacks. They were not compared.
	Without []string `json:"without,omitzero"`
	Score   Score    `json:"score"`
	// Vectors are in the order of [Options.Vectors].
	Vectors []VectorResult `json:"vectors"`
}

// Score counts vectors by their state.
type Score struct {
	Vectors int `json:"vectors"`
	Passed  int `json:"passed"`
	// NotExpressible counts those that passed because the client's types cannot represent the invalid request.
	NotExpressible int `json:"notExpressible"`
	Failed         int `json:"failed"`
	Known          int `json:"known"`
	Stale          int `json:"stale"`
	NotRun         int `json:"notRun"`
}

// OK reports whether every vector that was run has passed or is known to fail.
func (s Score) OK() bool { return s.Failed == 0 && s.Stale == 0 }

// String returns the score as one line.
func (s Score) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d vectors passed", s.Passed, s.Vectors)
	if s.NotExpressible > 0 {
		fmt.Fprintf(&b, " (%d not expressible)", s.NotExpressible)
	}
	fmt.Fprintf(&b, ", %d failed, %d known to fail", s.Failed, s.Known)
	if s.Stale > 0 {
		fmt.Fprintf(&b, ", %d known to fail but passed", s.Stale)
	}
	fmt.Fprintf(&b, ", %d not run", s.NotRun)
	return b.String()
}

// Count returns the score of the given vectors.
func Count(vectors []VectorResult) Score {
	score := Score{Vectors: len(vectors)}
	counts := map[State]*int{
		Passed: &score.Passed, Failed: &score.Failed, Known: &score.Known, Stale: &score.Stale, NotRun: &score.NotRun,
	}
	for _, v := range vectors {
		*counts[v.State]++
		if v.State == Passed && v.Class == NotExpressible {
			score.NotExpressible++
		}
	}
	return score
}

func newReport(hello Hello, testCases []*testCase, known KnownFailing) *Report {
	report := &Report{Name: hello.Name, Features: hello.Features, Without: hello.Without}
	for _, t := range testCases {
		v := VectorResult{ID: t.vector.ID, Class: t.result.Class, Missing: t.missing}
		reason, listed := known[t.vector.ID]
		if len(t.missing) == 0 {
			v.Reasons = t.check()
			v.KnownReason = reason
		}
		switch failed := len(v.Reasons) > 0; {
		case len(t.missing) > 0:
			v.State = NotRun
		case failed && listed:
			v.State = Known
		case failed:
			v.State = Failed
		case listed:
			v.State = Stale
		default:
			v.State = Passed
		}
		report.Vectors = append(report.Vectors, v)
	}
	report.Score = Count(report.Vectors)
	return report
}

// KnownFailing contains the reason for each vector that a client is known to fail, by the vector's id. Such a vector is
// still run. The run fails if it passes, so that the list stays up to date.
type KnownFailing map[string]string

// ReadKnownFailing reads a list that follows known-failing.schema.json. It returns an error for an unknown or repeated
// vector, and for an entry without a reason.
func ReadKnownFailing(r io.Reader) (known KnownFailing, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read the list of known failures: %w", err)
		}
	}()
	var list struct {
		Schema  string `json:"$schema"`
		Entries []struct {
			Reason  string   `json:"reason"`
			Vectors []string `json:"vectors"`
		} `json:"knownFailing"`
	}
	if err := json.UnmarshalRead(r, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	if list.Entries == nil {
		return nil, errors.New("knownFailing is missing")
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	exists := map[string]bool{}
	for _, vector := range vectors {
		exists[vector.ID] = true
	}
	known = KnownFailing{}
	for i, entry := range list.Entries {
		switch {
		case len(entry.Reason) < 8:
			return nil, fmt.Errorf("entry %d has no reason", i+1)
		case len(entry.Vectors) == 0:
			return nil, fmt.Errorf("entry %d has no vector", i+1)
		}
		for _, id := range entry.Vectors {
			if !exists[id] {
				return nil, fmt.Errorf("there is no vector %q", id)
			}
			if known[id] != "" {
				return nil, fmt.Errorf("%q is repeated", id)
			}
			known[id] = entry.Reason
		}
	}
	return known, nil
}
