package adapter

import (
	"fmt"
	"strings"
)

// State is how a vector ended.
type State string

// The states. Failed and stale vectors fail a run.
const (
	Passed State = "passed"
	Failed State = "failed"
	// Known: it failed, and is on the list of known failures.
	Known State = "known"
	// Stale: it is on the list of known failures, and passed.
	Stale State = "stale"
	// NotRun: it needs a feature that the client lacks.
	NotRun State = "not-run"
)

// Judgement is what came of a vector.
type Judgement struct {
	// ID is the vector's.
	ID    string `json:"id"`
	State State  `json:"state"`
	// Class is what the adapter reported; empty when the vector was not run.
	Class string `json:"class,omitempty"`
	// Reasons say what was wrong, each with its place: a JSON Pointer into the body, or the name of another part.
	Reasons []string `json:"reasons,omitempty"`
	// KnownReason is the reason that the list of known failures gives.
	KnownReason string `json:"knownReason,omitempty"`
	// Missing are the features that the client lacks.
	Missing []string `json:"missing,omitempty"`
}

// Report is what came of a run.
type Report struct {
	// Name and Features are what the adapter said of itself.
	Name     string   `json:"name"`
	Features []string `json:"features"`
	Score    Score    `json:"score"`
	// Vectors are sorted as they were given.
	Vectors []Judgement `json:"vectors"`
}

// Score counts the vectors by their state.
type Score struct {
	Vectors int `json:"vectors"`
	Passed  int `json:"passed"`
	// NotExpressible counts those that passed because the client's types cannot say the wrong request.
	NotExpressible int `json:"notExpressible"`
	Failed         int `json:"failed"`
	Known          int `json:"known"`
	Stale          int `json:"stale"`
	NotRun         int `json:"notRun"`
}

// OK reports whether every vector that was run ended as it should: it passed, or failed as it is known to.
func (s Score) OK() bool { return s.Failed == 0 && s.Stale == 0 }

// String is the score in a line.
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

// Count counts vectors by their state.
func Count(vectors []Judgement) Score {
	score := Score{Vectors: len(vectors)}
	counts := map[State]*int{
		Passed: &score.Passed, Failed: &score.Failed, Known: &score.Known, Stale: &score.Stale, NotRun: &score.NotRun,
	}
	for _, j := range vectors {
		*counts[j.State]++
		if j.State == Passed && j.Class == NotExpressible {
			score.NotExpressible++
		}
	}
	return score
}

func newReport(hello Hello, trials []*trial, known KnownFailing) *Report {
	report := &Report{Name: hello.Name, Features: hello.Features}
	for _, t := range trials {
		j := Judgement{ID: t.vector.ID, Class: t.result.Class, Missing: t.missing}
		reason, listed := known[t.vector.ID]
		if len(t.missing) == 0 {
			j.Reasons = t.judge()
			j.KnownReason = reason
		}
		switch failed := len(j.Reasons) > 0; {
		case len(t.missing) > 0:
			j.State = NotRun
		case failed && listed:
			j.State = Known
		case failed:
			j.State = Failed
		case listed:
			j.State = Stale
		default:
			j.State = Passed
		}
		report.Vectors = append(report.Vectors, j)
	}
	report.Score = Count(report.Vectors)
	return report
}
