package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goTool runs the go command for Linux without C, and returns what it prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...) //nolint:gosec // the words are the tests' own
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// What is proved is no part of the proof: the program compiles neither the client nor the generated code.
func TestProgramIsIndependent(t *testing.T) {
	packages := strings.Fields(goTool(t, "list", "-deps", "."))
	assert.Contains(t, packages, "github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest")
	for _, name := range []string{"pingmfa", "gen"} {
		assert.False(t, slices.Contains(packages, "github.com/pingmfa/pingmfa-go/"+name), name)
	}
}

// The program is one file: it asks for no library and no loader.
func TestProgramIsStatic(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pingmfa-conformance")
	goTool(t, "build", "-o", file, ".")
	program, err := elf.Open(file)
	require.NoError(t, err)
	defer func() { assert.NoError(t, program.Close()) }()
	for _, segment := range program.Progs {
		assert.NotEqual(t, elf.PT_INTERP, segment.Type)
		assert.NotEqual(t, elf.PT_DYNAMIC, segment.Type)
	}
}
