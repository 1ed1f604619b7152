package coverage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
)

func contract(t *testing.T) ([]conformance.Vector, []Equivalent) {
	t.Helper()
	vectors, err := conformance.Vectors()
	require.NoError(t, err)
	equivalents, err := Equivalents()
	require.NoError(t, err)
	return vectors, equivalents
}

// Every constraint of the contract is held by a vector. What to do about a survivor: write the vector that it lacks;
// only where no vector can tell, add it to equivalent.json and say why.
func TestCoverage(t *testing.T) {
	vectors, equivalents := contract(t)
	result, err := Run(t.Context(), openapi.YAML, vectors, equivalents)
	require.NoError(t, err)
	for _, m := range result.Survivors {
		assert.Fail(t, "no vector notices a mutant", m.String())
	}
	for _, e := range result.Stale {
		assert.Fail(t, "an entry of equivalent.json is stale", "%s: %s", e.Pointer, e.Mutation)
	}
	assert.True(t, result.OK())
	assert.Len(t, equivalents, len(result.Equivalent))
	assert.Equal(t, result.Mutants, result.Noticed+len(result.Equivalent))
	t.Log(result)
}

// The run proves itself: for each keyword there is a mutant that one vector alone notices, and without that vector the
// mutant survives.
func TestCoverageNeedsItsVectors(t *testing.T) {
	vectors, _ := contract(t)
	d, err := parse(openapi.YAML)
	require.NoError(t, err)
	mutants, err := d.mutants()
	require.NoError(t, err)
	fixtures, err := newFixtures(d, vectors)
	require.NoError(t, err)
	var proven, vital []string
	for _, keyword := range []string{
		"required", "type", "nullable", "enum", "x-extensible-enum", "pattern", "format", "minLength", "minItems",
		"additionalProperties", "content", "security",
	} {
		m, sole := soleNotice(t, fixtures, slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool {
			return !slices.Contains(strings.Split(m.Pointer, "/"), keyword) || slices.Contains(proven, m.String())
		}))
		proven, vital = append(proven, m.String()), append(vital, sole)
	}
	chosen := func(m Mutant) bool { return slices.Contains(proven, m.String()) }
	result, err := run(t.Context(), openapi.YAML, vectors, nil, chosen)
	require.NoError(t, err)
	assert.Empty(t, result.Survivors)
	result, err = run(t.Context(), openapi.YAML, slices.DeleteFunc(vectors, func(v conformance.Vector) bool {
		return slices.Contains(vital, v.ID)
	}), nil, chosen)
	require.NoError(t, err)
	assert.ElementsMatch(t, proven, names(result.Survivors))
}

func names(mutants []Mutant) []string {
	var list []string
	for _, m := range mutants {
		list = append(list, m.String())
	}
	return list
}

// soleNotice finds a mutant that one vector alone notices.
func soleNotice(t *testing.T, fixtures map[scope]*fixture, mutants []Mutant) (m Mutant, id string) {
	t.Helper()
	for _, m := range mutants {
		if len(m.scopes) != 1 {
			continue
		}
		f := *fixtures[m.scopes[0]]
		id, err := f.notice(m)
		require.NoError(t, err)
		f.cases = slices.DeleteFunc(slices.Clone(f.cases), func(c *testCase) bool { return c.vector.ID == id })
		other, err := f.notice(m)
		require.NoError(t, err)
		if id != "" && other == "" {
			return m, id
		}
	}
	require.Fail(t, "every mutant is noticed by more than one vector")
	return m, id
}

// What is new in the contract is covered by itself, and named when it has no vector.
func TestCoverageFollowsTheContract(t *testing.T) {
	vectors, _ := contract(t)
	doc, err := parseTree(openapi.YAML)
	require.NoError(t, err)
	spec, err := json.Marshal(doc.apply(
		edit{"/components/schemas/ShoeSize", map[string]any{"type": "number", "minimum": 20}},
		edit{"/components/schemas/Unused", map[string]any{"type": "string"}},
		edit{"/components/schemas/UserReference/properties/shoe", map[string]any{"$ref": "#/components/schemas/ShoeSize"}},
	))
	require.NoError(t, err)
	result, err := run(t.Context(), spec, vectors, nil, func(m Mutant) bool {
		name := m.String()
		return strings.Contains(name, "ShoeSize") || strings.Contains(name, "shoe") || strings.Contains(name, "Unused")
	})
	require.NoError(t, err)
	assert.False(t, result.OK())
	assert.Equal(t, 1, result.Noticed, "that it is required is noticed by everyone")
	assert.Equal(t, []string{
		"/components/schemas/ShoeSize/minimum: 19 for 20",
		"/components/schemas/ShoeSize/minimum: 21 for 20",
		"/components/schemas/ShoeSize/minimum: removed",
		"/components/schemas/ShoeSize/nullable: added",
		"/components/schemas/ShoeSize/type: integer",
		"/components/schemas/ShoeSize/type: removed",
		"/components/schemas/Unused: removed",
		"/components/schemas/UserReference/properties/shoe: removed",
		"/components/schemas/UserReference/properties/shoe: takes anything",
	}, names(result.Survivors))
}

// The readers, each by a mutant that it alone notices.
func TestReaders(t *testing.T) {
	const path, answer = "/things/aa", "/paths/~1things~1{id}/post/responses/201"
	valid := smallRequest("valid", path, `{"kind":"BIG","safe":true}`)
	made := smallResponse("made", "a", `{"at":"2026-01-01T00:00:00Z","parts":[{}]}`)
	for name, test := range map[string]struct {
		mutant string
		vector conformance.Vector
	}{
		"the validator, by its verdict": {
			"/components/schemas/Made/properties/at/enum: the example alone", made,
		},
		"the validator, by its findings": {
			"/components/schemas/ID/maxLength: removed", smallRequest("long", "/things/aaa", `{"kind":"TINY"}`,
				"path:id maxLength", "path:id pattern"),
		},
		"the validator without discriminators": {
			`/components/schemas/Tiny/required: without "kind"`,
			smallRequest("empty", path, `{}`, " required"),
		},
		"what is not told of: a member": {"/components/schemas/Made/properties/parts: removed", made},
		"what is not told of: a header": {answer + "/headers/X-Kind: removed", made},
		"what is not told of: a value":  {answer + `/headers/X-Kind/schema/x-extensible-enum: without "a"`, made},
		"what is not told of: a status": {answer + ": removed", made},
	} {
		t.Run(name, func(t *testing.T) {
			only := func(m Mutant) bool { return m.String() == test.mutant }
			result, err := run(t.Context(), []byte(smallSpec), []conformance.Vector{valid, test.vector}, nil, only)
			require.NoError(t, err)
			assert.Equal(t, 1, result.Noticed)
			result, err = run(t.Context(), []byte(smallSpec), []conformance.Vector{valid}, nil, only)
			require.NoError(t, err)
			assert.Len(t, result.Survivors, 1)
		})
	}
}

func TestEquivalents(t *testing.T) {
	vectors := []conformance.Vector{smallRequest("valid", "/things/aa", `{"kind":"TINY"}`)}
	unnoticed := Equivalent{"/components/schemas/ID/maxLength", "removed", "The pattern says it."}
	noticed := Equivalent{"/components/schemas/ID/maxLength", "1 for 2", "It does not matter."}
	unknown := Equivalent{"/components/schemas/ID/maxLength", "4 for 3", "There was one."}
	unreasoned := Equivalent{"/components/schemas/ID/maxLength", "3 for 2", ""}
	result, err := run(t.Context(), []byte(smallSpec), vectors,
		[]Equivalent{unnoticed, noticed, unknown, unreasoned, unnoticed},
		func(m Mutant) bool { return m.Pointer == unnoticed.Pointer })
	require.NoError(t, err)
	assert.Equal(t, []Equivalent{noticed, unknown, unreasoned, unnoticed}, result.Stale, "the last stands twice")
	assert.Len(t, result.Equivalent, 2)
	assert.Empty(t, result.Survivors)
	assert.False(t, result.OK())
	assert.Equal(t, "conformance: 1 vectors, 4 checks, constraint coverage 1/1", result.String())
}

func TestRunRefuses(t *testing.T) {
	good := smallRequest("good", "/things/aa", `{"kind":"TINY"}`)
	_, err := Run(t.Context(), []byte(smallSpec), []conformance.Vector{good}, nil)
	require.NoError(t, err)

	t.Run("a vector that does not hold", func(t *testing.T) {
		bad := smallRequest("bad", "/things/aa", `{"kind":"TINY"}`, "/kind enum")
		_, err := Run(t.Context(), []byte(smallSpec), []conformance.Vector{good, bad}, nil)
		assert.ErrorContains(t, err, "bad does not hold")
	})
	t.Run("a description that cannot be read", func(t *testing.T) {
		_, err := Run(t.Context(), []byte("openapi: 3.0.3"), []conformance.Vector{good}, nil)
		assert.Error(t, err)
	})
	t.Run("a context that has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Run(ctx, []byte(smallSpec), []conformance.Vector{good}, nil)
		assert.ErrorIs(t, err, context.Canceled)
	})
	t.Run("no vectors are no proof", func(t *testing.T) {
		result, err := Run(t.Context(), []byte(smallSpec), nil, nil)
		require.NoError(t, err)
		assert.False(t, result.OK())
	})
}
