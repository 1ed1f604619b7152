package adapter

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// State is the state of a vector after a run.
type State string

// The states. A run fails if a vector is Failed, Errored or Stale, or if none is Passed.
const (
	// Passed means that the client did what the vector expects.
	Passed State = "passed"
	// NotExpressible means that the vector expects the client to refuse the request, and that its types cannot represent
	// it.
	NotExpressible State = "not-expressible"
	// Failed means that the client did something else.
	Failed State = "failed"
	// Errored means that the adapter ended, did not reply in time, or violated the protocol.
	Errored State = "errored"
	// Known means that the vector failed or errored, and is on the list of known failures.
	Known State = "known"
	// Stale means that the vector did not fail, although it is on the list of known failures.
	Stale State = "stale"
	// Skipped means that the adapter did not run the vector, for a reason of its own.
	Skipped State = "skipped"
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
	// Reasons are the reasons for the state. That of a failure begins with a place: a JSON Pointer into the body, or the
	// name of another part.
	Reasons []string `json:"reasons,omitempty"`
	// KnownReason is the reason from the list of known failures.
	KnownReason string `json:"knownReason,omitempty"`
	// Missing are the features that the client lacks.
	Missing []string `json:"missing,omitempty"`

	testCase *testCase
}

// Requests returns the requests that the fake has received.
func (v VectorResult) Requests() []pingmfatest.Request { return v.testCase.fake.Requests() }

// Check returns the reasons why the vector fails if the client sent these requests and reported this result instead.
// The vector must have been run.
func (v VectorResult) Check(requests []pingmfatest.Request, result Result) []string {
	result.ID = v.ID
	result, err := normalize(result)
	if err != nil {
		return []string{err.Error()}
	}
	return v.testCase.check(requests, result)
}

// Report is the result of a run.
type Report struct {
	// Hello is that of the adapter. Its members Without were not compared.
	Hello
	Score Score `json:"score"`
	// Vectors are in the order of [Options.Vectors].
	Vectors []VectorResult `json:"vectors"`
}

// Score counts vectors by their state.
type Score map[State]int

// OK reports whether a vector has passed, and no vector has failed that is not known to fail.
func (s Score) OK() bool { return s[Passed] > 0 && s[Failed] == 0 && s[Errored] == 0 && s[Stale] == 0 }

// String returns the score as one line.
func (s Score) String() string {
	total := 0
	for _, count := range s {
		total += count
	}
	text := fmt.Sprintf("%d of %d vectors passed, %d failed", s[Passed], total, s[Failed])
	for _, other := range []State{Errored, Known, Stale, NotExpressible, Skipped, NotRun} {
		if s[other] > 0 {
			text += fmt.Sprintf(", %d %s", s[other], other)
		}
	}
	if !s.OK() && s[Passed] == 0 {
		text += ": a run in which nothing passed has failed"
	}
	return text
}

// Count returns the score of the given vectors.
func Count(vectors []VectorResult) Score {
	score := Score{}
	for _, v := range vectors {
		score[v.State]++
	}
	return score
}

func newReport(hello Hello, testCases []*testCase, known KnownFailing) *Report {
	report := &Report{Hello: hello}
	for _, t := range testCases {
		report.Vectors = append(report.Vectors, newVectorResult(t, known))
	}
	report.Score = Count(report.Vectors)
	return report
}

func newVectorResult(t *testCase, known KnownFailing) VectorResult {
	v := VectorResult{ID: t.vector.ID, Class: t.result.Class, Missing: t.missing, testCase: t}
	switch {
	case len(t.missing) > 0:
		v.State, v.Reasons = NotRun, []string{"the client lacks " + strings.Join(t.missing, ", ")}
		return v
	case t.errored != nil:
		v.State, v.Reasons = Errored, []string{t.errored.Error()}
	case t.result.Class == ClassSkipped:
		v.State, v.Reasons = Skipped, []string{t.result.Reason}
		return v
	default:
		v.State, v.Reasons = Failed, t.check(t.fake.Requests(), t.result)
	}
	reason, listed := known[v.ID]
	switch {
	case len(v.Reasons) > 0 && listed:
		v.State, v.KnownReason = Known, reason
	case len(v.Reasons) > 0:
	case listed:
		v.State, v.Reasons = Stale, []string{"it passed: remove it from the list of known failures"}
	case t.result.Class == ClassNotExpressible:
		v.State, v.Reasons = NotExpressible, []string{"the client's types cannot represent the request"}
	default:
		v.State = Passed
	}
	return v
}

// KnownFailing contains the reason for each vector that a client is known to fail, by the vector's id. Such a vector is
// still run. The run fails if it passes, so that the list stays up to date.
type KnownFailing map[string]string

// ReadKnownFailing reads a list that follows known-failing.schema.json. It returns an error for a pattern without a
// vector, a vector that two patterns match, and an entry without a reason.
func ReadKnownFailing(data []byte) (KnownFailing, error) {
	var list struct {
		Schema  string `json:"$schema"`
		Entries []struct {
			Reason  string   `json:"reason"`
			Vectors []string `json:"vectors"`
		} `json:"knownFailing"`
	}
	if err := json.Unmarshal(data, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	if list.Entries == nil {
		return nil, errors.New("knownFailing is missing")
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	known := KnownFailing{}
	for i, entry := range list.Entries {
		if len(entry.Reason) < 8 || len(entry.Vectors) == 0 {
			return nil, fmt.Errorf("entry %d has no reason or no vector", i+1)
		}
		for _, pattern := range entry.Vectors {
			if err := known.add(pattern, entry.Reason, vectors); err != nil {
				return nil, err
			}
		}
	}
	return known, nil
}

// add adds the vectors that a pattern matches.
func (k KnownFailing) add(pattern, reason string, vectors []conformance.Vector) error {
	before := len(k)
	for _, vector := range vectors {
		matched, err := path.Match(pattern, vector.ID)
		switch {
		case err != nil:
			return fmt.Errorf("%q is not a pattern", pattern)
		case matched && k[vector.ID] != "":
			return fmt.Errorf("%q is repeated", vector.ID)
		case matched:
			k[vector.ID] = reason
		}
	}
	if len(k) == before {
		return fmt.Errorf("there is no vector %q", pattern)
	}
	return nil
}
