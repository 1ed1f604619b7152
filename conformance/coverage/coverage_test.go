// Package coverage tests whether the vectors of package conformance cover every constraint of an OpenAPI description.
//
// [Run] makes mutants: it removes, weakens or tightens one constraint at a time, such as a required name, a type, the
// quantifier of a pattern, a documented status, or additionalProperties. At least one vector must notice each mutant.
// If none does, the mutant survives: a vector is missing, or the constraint has no effect.
//
// The mutants are made of the nodes that the operations use, so that a new constraint is covered without further code.
// An unknown keyword is an error. Three checks run on each mutant, and one that notices it is sufficient:
//
//   - the validator returns another verdict or other findings than those of the vector;
//   - the validator returns another verdict without the discriminators, which many generators ignore;
//   - if the mutant removes a member, a header, a status or a known value: a part of a response, or a value of a
//     request, that was described no longer is. No verdict depends on these, because responses and lists of known
//     values are open.
//
// A response that several operations share is removed from all of them at once.
//
// Descriptions, examples and the region names of the servers are not covered.
package coverage

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Equivalent is a mutant that no vector can notice, because it accepts and refuses the same as the description.
type Equivalent struct {
	Pointer  string `json:"pointer"`
	Mutation string `json:"mutation"`
	// Reason explains why no vector can notice the mutant.
	Reason string `json:"reason"`
}

//go:embed equivalent.json
var equivalents []byte

// Equivalents returns the list for the contract, openapi.yaml. An error means that this module is broken.
func Equivalents() ([]Equivalent, error) {
	var list []Equivalent
	if err := json.Unmarshal(equivalents, &list); err != nil {
		return nil, fmt.Errorf("read equivalent.json: %w", err)
	}
	return list, nil
}

// Result is the result of a run.
type Result struct {
	// Vectors is the number of vectors.
	Vectors int
	// Verdicts is the number of requests and responses in the vectors.
	Verdicts int
	// Mutants is the number of mutants, and Noticed the number of those that a vector noticed.
	Mutants, Noticed int
	// Equivalent are the mutants that no vector noticed, and that the list of equivalent mutants has.
	Equivalent []Mutant
	// Survivors are the other mutants that no vector noticed.
	Survivors []Mutant
	// Stale are the wrong entries of the list of equivalent mutants: the mutant does not exist or was noticed, or the
	// entry is repeated or has no reason.
	Stale []Equivalent
}

// OK reports whether every constraint is covered and the list of equivalent mutants is correct.
func (r Result) OK() bool { return r.Verdicts > 0 && len(r.Survivors) == 0 && len(r.Stale) == 0 }

// String returns a summary of one line.
func (r Result) String() string {
	constraints := r.Mutants - len(r.Equivalent)
	return fmt.Sprintf("conformance: %d vectors, %d checks, constraint coverage %d/%d",
		r.Vectors, r.Verdicts+r.Mutants, r.Noticed, constraints)
}

// Run runs the vectors against all mutants of a description, on all processors. It returns an error if the context
// ends, if the description cannot be read or has an unknown keyword, or if a vector fails without a mutation.
func Run(ctx context.Context, spec []byte, vectors []conformance.Vector, allowed []Equivalent) (Result, error) {
	return run(ctx, spec, vectors, allowed, func(Mutant) bool { return true })
}

// run is Run for the chosen mutants.
func run(ctx context.Context, spec []byte, vectors []conformance.Vector, allowed []Equivalent,
	chosen func(Mutant) bool,
) (Result, error) {
	d, err := parse(spec) //nolint:contextcheck // it does not block
	if err != nil {
		return Result{}, err
	}
	mutants, err := d.mutants()
	if err != nil {
		return Result{}, err
	}
	mutants = slices.DeleteFunc(mutants, func(m Mutant) bool { return !chosen(m) })
	fixtures, err := newFixtures(d, vectors) //nolint:contextcheck // as above
	if err != nil {
		return Result{}, err
	}
	noticed, err := noticeAll(ctx, mutants, fixtures)
	if err != nil {
		return Result{}, err
	}
	r := summarize(mutants, noticed, allowed)
	r.Vectors = len(vectors)
	for _, f := range fixtures {
		r.Verdicts += len(f.cases)
	}
	return r, nil
}

// noticeAll returns for each mutant whether a vector notices it.
func noticeAll(ctx context.Context, mutants []Mutant, fixtures map[scope]*fixture) ([]bool, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	noticed := make([]bool, len(mutants))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(mutants)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				for _, in := range mutants[i].scopes {
					by, err := fixtures[in].notice(mutants[i]) //nolint:contextcheck // as above
					if err != nil {
						cancel(fmt.Errorf("%s: %w", mutants[i], err))
					}
					if noticed[i] = by != ""; noticed[i] {
						break
					}
				}
			}
		})
	}
	workers.Wait()
	return noticed, context.Cause(ctx)
}

// summarize separates the survivors from the equivalent mutants, and finds the stale entries.
func summarize(mutants []Mutant, noticed []bool, allowed []Equivalent) Result {
	r := Result{Mutants: len(mutants)}
	used := make([]bool, len(allowed))
	for i, m := range mutants {
		entry := slices.IndexFunc(allowed, func(e Equivalent) bool {
			return e.Pointer == m.Pointer && e.Mutation == m.Mutation
		})
		switch {
		case noticed[i]:
			r.Noticed++
		case entry < 0:
			r.Survivors = append(r.Survivors, m)
		default:
			used[entry] = true
			r.Equivalent = append(r.Equivalent, m)
		}
	}
	for i, e := range allowed {
		if !used[i] || e.Reason == "" {
			r.Stale = append(r.Stale, e)
		}
	}
	slices.SortFunc(r.Survivors, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Mutation, b.Mutation))
	})
	return r
}
