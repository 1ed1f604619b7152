package pingmfa_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that imports pingmfa compiles the generated client and its runtime besides the standard library, and
// nothing of the generator or of the validator.
func TestImportersCompileLittle(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{
		"github.com/apapsch/go-jsonmerge/v2", // of the runtime
		"github.com/google/uuid",             // of the runtime
		"github.com/oapi-codegen/runtime",
		"github.com/oapi-codegen/runtime/types",
		"github.com/pingmfa/pingmfa-go/gen",
		"github.com/pingmfa/pingmfa-go/pingmfa",
	}, strings.Fields(string(out)))
}

// The go.mod of a module that imports this one gets few indirect requirements: the generator and the linters are not
// among them.
func TestImportersRequireLittle(t *testing.T) {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	for path, most := range map[string]int{
		"github.com/pingmfa/pingmfa-go/pingmfa":             5,
		"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest": 10,
	} {
		dir := t.TempDir()
		write := func(name, text string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		write("go.mod", "module example.com/importer\n\ngo 1.26.0\n\nrequire github.com/pingmfa/pingmfa-go v0.0.0\n\n"+
			"replace github.com/pingmfa/pingmfa-go => "+root+"\n")
		write("main.go", "package main\n\nimport _ \""+path+"\"\n\nfunc main() {}\n")
		tidy := exec.CommandContext(t.Context(), "go", "mod", "tidy")
		tidy.Dir = dir
		out, err := tidy.CombinedOutput()
		require.NoError(t, err, string(out))
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // written above
		require.NoError(t, err)
		assert.LessOrEqual(t, strings.Count(string(mod), "// indirect"), most, "%s", mod)
		assert.NotContains(t, string(mod), "oapi-codegen/oapi-codegen")
	}
}

// Imports point one way: the fake and the validator do not import the client, nor the generated client the wrapper.
func TestImportsPointOneWay(t *testing.T) {
	const module = "github.com/pingmfa/pingmfa-go"
	forbidden := map[string][]string{
		module + "/gen":                 {module + "/pingmfa", module + "/conformance"},
		module + "/conformance":         {module + "/pingmfa", module + "/gen"},
		module + "/pingmfa/pingmfatest": {module + "/gen"},
	}
	for from, list := range forbidden {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", //nolint:gosec // from the map above
			"-json=ImportPath", from).Output()
		require.NoError(t, err)
		var deps []string
		for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
			var p struct{ ImportPath string }
			require.NoError(t, decoder.Decode(&p))
			deps = append(deps, p.ImportPath)
		}
		require.Contains(t, deps, from)
		for _, bad := range list {
			assert.NotContains(t, deps, bad, "imported by %s", from)
		}
	}
}

// The public API names nothing of the generated client.
func TestAPINamesNothingGenerated(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "doc", "-all", ".").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "func New(config Config) (*Client, error)")
	assert.NotRegexp(t, `\bgen\.`, string(out))
}
