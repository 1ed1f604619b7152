package coverage

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Result is what became of the mutants.
type Result struct {
	// Vectors is how many vectors there are.
	Vectors int
	// Verdicts is how many requests and answers in them were held to the description as it is.
	Verdicts int
	// Mutants is how many mutants were tried, and Noticed how many of them were noticed.
	Mutants, Noticed int
	// Equivalent are the mutants that nobody noticed, and nobody can.
	Equivalent []Mutant
	// Survivors are the mutants that nobody noticed.
	Survivors []Mutant
	// Stale are entries that do not belong in the list: they name no mutant, or one that is noticed, or one twice.
	Stale []Equivalent
}

// OK tells whether every constraint is covered and the list of equivalent mutants is right.
func (r Result) OK() bool { return r.Verdicts > 0 && len(r.Survivors) == 0 && len(r.Stale) == 0 }

// String is the line that sums a run up.
func (r Result) String() string {
	constraints := r.Mutants - len(r.Equivalent)
	return fmt.Sprintf("conformance: %d vectors, %d checks, constraint coverage %d/%d",
		r.Vectors, r.Verdicts+r.Mutants, r.Noticed, constraints)
}

// Run tries all mutants of a description on the vectors. It uses all processors, and ends early with the context.
//
// An error means that nothing was measured: the description cannot be read, has a keyword that would not be covered, or
// a vector does not hold for it as it is.
func Run(ctx context.Context, spec []byte, vectors []conformance.Vector, allowed []Equivalent) (Result, error) {
	return run(ctx, spec, vectors, allowed, func(Mutant) bool { return true })
}

// run is Run for some of the mutants.
func run(ctx context.Context, spec []byte, vectors []conformance.Vector, allowed []Equivalent,
	chosen func(Mutant) bool,
) (Result, error) {
	w, err := parse(spec) //nolint:contextcheck // validators are made in memory; that waits for nothing
	if err != nil {
		return Result{}, err
	}
	mutants, err := w.mutants()
	if err != nil {
		return Result{}, err
	}
	mutants = slices.DeleteFunc(mutants, func(m Mutant) bool { return !chosen(m) })
	benches, err := newBenches(w, vectors) //nolint:contextcheck // as above
	if err != nil {
		return Result{}, err
	}
	noticed, err := tryAll(ctx, mutants, benches)
	if err != nil {
		return Result{}, err
	}
	r := settle(mutants, noticed, allowed)
	r.Vectors = len(vectors)
	for _, b := range benches {
		r.Verdicts += len(b.probes)
	}
	return r, nil
}

// tryAll returns for each mutant whether a vector notices it.
func tryAll(ctx context.Context, mutants []Mutant, benches map[scope]*bench) ([]bool, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	noticed := make([]bool, len(mutants))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(mutants)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				for _, in := range mutants[i].scopes {
					by, err := benches[in].notice(mutants[i]) //nolint:contextcheck // as above
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

// settle tells survivors from equivalents, and finds the entries that are stale.
func settle(mutants []Mutant, noticed []bool, allowed []Equivalent) Result {
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
