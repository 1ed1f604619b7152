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

// A vector notices each mutant of the contract. For a survivor, add a vector. If no vector can notice it, add it to
// equivalent.json with the reason.
func TestCoverage(t *testing.T) {
	vectors, equivalents := contract(t)
	result, err := Run(t.Context(), openapi.YAML, vectors, equivalents)
	require.NoError(t, err)
	for _, m := range result.Survivors {
		t.Errorf("no vector notices %s", m)
	}
	for _, e := range result.Stale {
		t.Errorf("stale in equivalent.json: %s: %s", e.Pointer, e.Mutation)
	}
	assert.True(t, result.OK())
	assert.Len(t, equivalents, len(result.Equivalent))
	assert.Equal(t, result.Mutants, result.Noticed+len(result.Equivalent))
	t.Log(result)
}

// For each keyword, there is a mutant that only one vector notices. Without that vector, it survives.
func TestCoverageNeedsItsVectors(t *testing.T) {
	vectors, _ := contract(t)
	d, err := parse(openapi.YAML)
	require.NoError(t, err)
	mutants, err := d.mutants()
	require.NoError(t, err)
	fixtures, err := newFixtures(d, vectors)
	require.NoError(t, err)
	var chosen, needed []string
	for _, keyword := range []string{
		"required", "type", "nullable", "enum", "x-extensible-enum", "pattern", "format", "minLength", "minItems",
		"additionalProperties", "content", "security",
	} {
		m, sole := findSoleNotice(t, fixtures, slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool {
			return !slices.Contains(strings.Split(m.Pointer, "/"), keyword) || slices.Contains(chosen, m.String())
		}))
		chosen, needed = append(chosen, m.String()), append(needed, sole)
	}
	isChosen := func(m Mutant) bool { return slices.Contains(chosen, m.String()) }
	result, err := run(t.Context(), openapi.YAML, vectors, nil, isChosen)
	require.NoError(t, err)
	assert.Empty(t, result.Survivors)
	result, err = run(t.Context(), openapi.YAML, slices.DeleteFunc(vectors, func(v conformance.Vector) bool {
		return slices.Contains(needed, v.ID)
	}), nil, isChosen)
	require.NoError(t, err)
	assert.ElementsMatch(t, chosen, names(result.Survivors))
}

func names(mutants []Mutant) []string {
	var list []string
	for _, m := range mutants {
		list = append(list, m.String())
	}
	return list
}

// findSoleNotice returns a mutant that only one vector notices, and the ID of that vector.
func findSoleNotice(t *testing.T, fixtures map[scope]*fixture, mutants []Mutant) (m Mutant, id string) {
	t.Helper()
	for _, m := range mutants {
		var ids []string
		for _, in := range m.scopes {
			f := *fixtures[in]
			for id, err := f.notice(m); id != "" && len(ids) < 2; id, err = f.notice(m) {
				require.NoError(t, err)
				ids = append(ids, id)
				f.cases = slices.DeleteFunc(slices.Clone(f.cases), func(c *testCase) bool { return c.vector.ID == id })
			}
		}
		if len(ids) == 1 {
			return m, ids[0]
		}
	}
	require.Fail(t, "every mutant is noticed by more than one vector")
	return m, id
}

// The mutants of a new constraint survive until it has vectors.
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
	assert.Equal(t, 1, result.Noticed, "every vector notices that the new property is required")
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

// Each check notices a mutant that no other check notices.
func TestChecks(t *testing.T) {
	const path, response = "/things/aa", "/paths/~1things~1{id}/post/responses/201"
	valid := smallRequest("valid", path, `{"kind":"BIG","safe":true}`)
	made := smallResponse("made", "a", `{"at":"2026-01-01T00:00:00Z","parts":[{}]}`)
	gone := smallResponse("gone", "a", `{}`)
	gone.Response.Status = 404
	red := smallRequest("red", path, `"RED"`)
	red.Request.Headers["Content-Type"] = "application/vnd.color+json"
	for name, test := range map[string]struct {
		mutant string
		vector conformance.Vector
	}{
		"the validator, by its verdict": {
			`/components/schemas/Made/required: with "size"`, made,
		},
		"the validator, by its findings": {
			"/components/schemas/ID/maxLength: removed", smallRequest("long", "/things/aaa", `{"kind":"TINY"}`,
				"path:id maxLength", "path:id pattern"),
		},
		"the validator without discriminators": {
			`/components/schemas/Tiny/required: without "kind"`,
			smallRequest("empty", path, `{}`, " required"),
		},
		"an undescribed member":        {"/components/schemas/Made/properties/parts: removed", made},
		"an undescribed header":        {response + "/headers/X-Kind: removed", made},
		"an undescribed value":         {response + `/headers/X-Kind/schema/x-extensible-enum: without "a"`, made},
		"an undescribed status":        {response + ": removed", made},
		"an undescribed shared status": {"/components/responses/Unknown: not for 404", gone},
		"an undescribed sent value":    {`/components/schemas/Color/x-extensible-enum: without "RED"`, red},
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
	unnoticed := Equivalent{"/components/schemas/ID/maxLength", "removed", "The pattern implies it."}
	noticed := Equivalent{"/components/schemas/ID/maxLength", "1 for 2", "No effect."}
	unknown := Equivalent{"/components/schemas/ID/maxLength", "4 for 3", "No effect."}
	unreasoned := Equivalent{"/components/schemas/ID/maxLength", "3 for 2", ""}
	result, err := run(t.Context(), []byte(smallSpec), vectors,
		[]Equivalent{unnoticed, noticed, unknown, unreasoned, unnoticed},
		func(m Mutant) bool { return m.Pointer == unnoticed.Pointer })
	require.NoError(t, err)
	assert.Equal(t, []Equivalent{noticed, unknown, unreasoned, unnoticed}, result.Stale, "the last one is repeated")
	assert.Len(t, result.Equivalent, 2)
	assert.Empty(t, result.Survivors)
	assert.False(t, result.OK())
	assert.Equal(t, "conformance: 1 vectors, 4 checks, constraint coverage 1/1", result.String())
}

func TestRunRefuses(t *testing.T) {
	good := smallRequest("good", "/things/aa", `{"kind":"TINY"}`)
	_, err := Run(t.Context(), []byte(smallSpec), []conformance.Vector{good}, nil)
	require.NoError(t, err)

	t.Run("a vector that fails", func(t *testing.T) {
		bad := smallRequest("bad", "/things/aa", `{"kind":"TINY"}`, "/kind enum")
		_, err := Run(t.Context(), []byte(smallSpec), []conformance.Vector{good, bad}, nil)
		assert.ErrorContains(t, err, "bad does not hold")
	})
	t.Run("an invalid description", func(t *testing.T) {
		_, err := Run(t.Context(), []byte("openapi: 3.0.3"), []conformance.Vector{good}, nil)
		assert.Error(t, err)
	})
	t.Run("an ended context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Run(ctx, []byte(smallSpec), []conformance.Vector{good}, nil)
		assert.ErrorIs(t, err, context.Canceled)
	})
	t.Run("no vectors", func(t *testing.T) {
		result, err := Run(t.Context(), []byte(smallSpec), nil, nil)
		require.NoError(t, err)
		assert.False(t, result.OK())
	})
}
