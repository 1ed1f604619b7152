package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pingmfa/pingmfa-go/conformance/coverage"
)

func TestReport(t *testing.T) {
	assert.Equal(t, `no vector notices /a/type: removed
stale in equivalent.json: /b/type: removed
conformance: 7 vectors, 19 checks, constraint coverage 8/9
`, report(coverage.Result{
		Vectors: 7, Verdicts: 9, Mutants: 10, Noticed: 8,
		Equivalent: []coverage.Mutant{{Pointer: "/c/type", Mutation: "removed"}},
		Survivors:  []coverage.Mutant{{Pointer: "/a/type", Mutation: "removed"}},
		Stale:      []coverage.Equivalent{{Pointer: "/b/type", Mutation: "removed", Reason: "none"}},
	}))
}
