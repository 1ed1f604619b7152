package conformance_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

func compileSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	schema, err := jsonschema.NewCompiler().Compile("vector.schema.json")
	require.NoError(tb, err)
	return schema
}

// eachFile hands every file below a folder to a subtest, decoded.
func eachFile(t *testing.T, dir string, check func(t *testing.T, value any)) {
	t.Helper()
	seen := 0
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		seen++
		t.Run(path, func(t *testing.T) {
			data, err := fs.ReadFile(os.DirFS(dir), path)
			require.NoError(t, err)
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			require.NoError(t, err)
			check(t, value)
		})
		return nil
	}))
	assert.NotZero(t, seen)
}

func TestVectorsFollowTheirSchema(t *testing.T) {
	schema := compileSchema(t)
	eachFile(t, "vectors", func(t *testing.T, value any) { assert.NoError(t, schema.Validate(value)) })
}

// The schema is tested, too: with files that it takes, and with one file for each thing that it must not take.
func TestVectorSchema(t *testing.T) {
	schema := compileSchema(t)
	eachFile(t, "testdata/vector/good", func(t *testing.T, value any) { assert.NoError(t, schema.Validate(value)) })
	eachFile(t, "testdata/vector/bad", func(t *testing.T, value any) { assert.Error(t, schema.Validate(value)) })
}

// Every flag that a vector has is explained, and every explanation has a vector.
func TestFlags(t *testing.T) {
	flags, err := conformance.Flags()
	require.NoError(t, err)
	used := map[string]bool{}
	for _, vector := range loadVectors(t) {
		for _, flag := range vector.Flags {
			used[flag] = true
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(flags)))
	for name, flag := range flags {
		for _, text := range []string{flag.BugType, flag.Description, flag.Effect, flag.Source} {
			assert.NotEmpty(t, text, name)
		}
	}
}
