package main

import (
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// The test binary is also the program, and an adapter for its run command.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "program":
		os.Args = append(os.Args[:1], os.Args[2:]...)
		main()
	case len(os.Args) == 3 && os.Args[1] == "adapter":
		os.Exit(adapt(os.Args[2]))
	}
	os.Exit(m.Run())
}

// adapt runs an adapter that sends no requests and reports one class. It returns its exit code.
func adapt(class string) int {
	vectors, err := conformance.Vectors()
	expect := map[string]conformance.Expect{}
	for _, vector := range vectors {
		expect[vector.ID] = vector.Expect
	}
	call := func(_ context.Context, c adapter.Case) adapter.Result {
		return adapter.Result{Class: class, Values: expect[c.ID].Values}
	}
	hello := adapter.Hello{Name: "a test's client", Features: []string{"create-device", "device-sms", "request-checks"}}
	if err == nil {
		err = adapter.Serve(context.Background(), os.Stdin, os.Stdout, hello, call)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// output is the output of a command.
type output struct {
	code        int
	out, errors string
}

// run runs a command with the given standard input.
func run(t *testing.T, in string, args ...string) output {
	t.Helper()
	var out, errors bytes.Buffer
	code := program{in: strings.NewReader(in), out: &out, errors: &errors}.run(t.Context(), args)
	return output{code: code, out: out.String(), errors: errors.String()}
}

func TestHelp(t *testing.T) {
	for _, word := range []string{"-h", "--help", "help"} {
		got := run(t, "", word)
		assert.Zero(t, got.code)
		assert.Contains(t, got.out, "Exit codes")
		for _, c := range commands() {
			assert.Contains(t, got.out, c.summary)
		}
	}
	for _, c := range commands() {
		got := run(t, "", c.name, "-h")
		assert.Zero(t, got.code)
		assert.Contains(t, got.out, "Usage: pingmfa-conformance "+c.name)
		assert.Contains(t, got.out, c.description)
		assert.Contains(t, got.out, "\n  -", "a flag")
		assert.Empty(t, got.errors)
	}
}

// An error is one line and exit code 2.
func TestErrors(t *testing.T) {
	empty := t.TempDir()
	full := t.TempDir()
	require.NoError(t, os.WriteFile(full+"/file", []byte("{"), 0o600))
	for _, test := range []struct {
		want string
		args []string
	}{
		{`there is no command "test": see pingmfa-conformance -h`, []string{"test"}},
		{"flag provided but not defined: -x: see pingmfa-conformance list -h", []string{"list", "-x"}},
		{"flag provided but not defined: -x: see pingmfa-conformance export -h", []string{"export", "dir", "-x"}},

		{"-operation is missing", []string{"validate"}},
		{"must be activateDevice or continueDevice", []string{"validate", "-operation", "createdevice", "-side", "request"}},
		{"-side is missing", []string{"validate", "-operation", "createDevice"}},
		{"must be request or response", []string{"validate", "-side", "answer"}},
		{"must be strict or tolerant", []string{"validate", "-mode", "lax"}},
		{"must be text or json or junit", []string{"validate", "-o", "xml"}},
		{"-status must be", []string{"validate", "-operation", "createDevice", "-side", "response", "-status", "100"}},
		{"no such file", []string{"validate", "-operation", "createDevice", "-side", "request", empty + "/none"}},
		{"is a directory", []string{"validate", "-operation", "createDevice", "-side", "request", empty}},

		{`unexpected argument "createDevice"`, []string{"list", "createDevice"}},
		{"must be text or json", []string{"list", "-o", "junit"}},
		{"no vector matches", []string{"list", "-flag", "phoneform"}},
		{"no vector matches", []string{"list", "-operation", "createdevice"}},
		{"no vector matches", []string{"list", "-side", "answer"}},
		{"no vector matches", []string{"list", "-vector", "create-device"}},
		{"-vector: syntax error in pattern", []string{"list", "-vector", "["}},

		{"one argument DIR is required", []string{"export"}},
		{"one argument DIR is required", []string{"export", empty, empty}},
		{"is not empty", []string{"export", full}},
		{"not a directory", []string{"export", full + "/file"}},

		{"one argument DIR is required", []string{"verify"}},
		{"no such file", []string{"verify", empty}},

		{`unexpected argument "8080"`, []string{"serve", "8080"}},
		{"no such file", []string{"serve", "-docs", empty + "/none"}},
		{"address", []string{"serve", "-addr", "nowhere"}},
		{"address already in use", []string{"serve", "-addr", addressInUse(t)}},

		{"COMMAND is missing", []string{"run"}},
		{"COMMAND is missing", []string{"run", "--"}},
		{"-timeout must be positive", []string{"run", "-timeout", "0s", "--", "true"}},
		{`there is no feature "all"`, []string{"run", "-features", "all", "--", "true"}},
		{"no such file", []string{"run", "-known-failing", empty + "/none", "--", "true"}},
		{"read the list of known failures", []string{"run", "-known-failing", full + "/file", "--", "true"}},
		{"start the adapter", []string{"run", "--", empty + "/none"}},
		{"start the adapter", []string{"run", empty + "/none", "-o", "xml"}},
	} {
		got := run(t, "", test.args...)
		assert.Equal(t, exitError, got.code, test.args)
		assert.Contains(t, got.errors, test.want, test.args)
		assert.Equal(t, 1, strings.Count(got.errors, "\n"), got.errors)
		assert.Empty(t, got.out)
	}
	got := run(t, "")
	assert.Equal(t, exitError, got.code)
	assert.Contains(t, got.errors, "Usage:")
}

// goTool runs the go command for Linux without cgo and returns its output.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...) //nolint:gosec // constant arguments
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// The program contains neither the client nor the generated code, which it tests.
func TestProgramIsIndependent(t *testing.T) {
	packages := strings.Fields(goTool(t, "list", "-deps", "."))
	assert.Contains(t, packages, "github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest")
	for _, name := range []string{"pingmfa", "gen"} {
		assert.NotContains(t, packages, "github.com/pingmfa/pingmfa-go/"+name)
	}
}

// The program is one file: it needs no shared library and no loader.
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
