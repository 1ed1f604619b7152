package pingmfa_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a program compiles that imports pingmfa, beyond the standard library: nothing of anybody else's. A longer list
// wants a very good reason.
func TestImportersCompileLittle(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{
		"github.com/pingmfa/pingmfa-go/gen",
		"github.com/pingmfa/pingmfa-go/pingmfa",
	}, strings.Fields(string(out)))
}

// Imports point one way: the fake and the proof know nothing of the client, and the plumbing nothing of what is above.
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

// The generated code never shows in the public API.
func TestAPINamesNothingGenerated(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "doc", "-all", ".").Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "func New(config Config) (*Client, error)")
	assert.NotRegexp(t, `\bgen\.`, string(out))
}
