package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// This test binary, started again, is the program itself, or an adapter for its run command.
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

// adapt is an adapter that calls nobody: it is good for the vectors whose request must not go out.
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

// output is what a run of the program leaves.
type output struct {
	code        int
	out, errors string
}

func run(t *testing.T, in string, args ...string) output {
	t.Helper()
	var out, complaints bytes.Buffer
	code := program{in: strings.NewReader(in), out: &out, errors: &complaints}.run(t.Context(), args)
	return output{code: code, out: out.String(), errors: complaints.String()}
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
		assert.Contains(t, got.out, c.about)
		assert.Contains(t, got.out, "\n  -", "a flag")
		assert.Empty(t, got.errors)
	}
}

// Bad use gets one line that says what is wrong, and exit code 2.
func TestBadUse(t *testing.T) {
	empty := t.TempDir()
	full := t.TempDir()
	require.NoError(t, os.WriteFile(full+"/file", []byte("{"), 0o600))
	for _, use := range []struct {
		want string
		args []string
	}{
		{`there is no command "prove": see pingmfa-conformance -h`, []string{"prove"}},
		{"flag provided but not defined: -x: see pingmfa-conformance list -h", []string{"list", "-x"}},

		{`there is no operation "": -operation must be one of createDevice, createDev`, []string{"validate"}},
		{`there is no operation "createdevice"`, []string{"validate", "-operation", "createdevice", "-side", "request"}},
		{"-side is missing", []string{"validate", "-operation", "createDevice"}},
		{"must be request or response", []string{"validate", "-side", "answer"}},
		{"must be strict or tolerant", []string{"validate", "-mode", "lax"}},
		{"must be text or json or junit", []string{"validate", "-o", "xml"}},
		{"-status must be", []string{"validate", "-operation", "createDevice", "-side", "response", "-status", "100"}},
		{"no such file", []string{"validate", "-operation", "createDevice", "-side", "request", empty + "/none"}},
		{"is a directory", []string{"validate", "-operation", "createDevice", "-side", "request", empty}},

		{"nothing to name", []string{"list", "createDevice"}},
		{"must be text or json", []string{"list", "-o", "junit"}},
		{`there is no flag "phoneform"`, []string{"list", "-flag", "phoneform"}},
		{"there is no such vector", []string{"list", "-operation", "createdevice"}},
		{"there is no such vector", []string{"list", "-side", "answer"}},
		{"there is no such vector", []string{"list", "-vector", "create-device"}},
		{"-vector: syntax error in pattern", []string{"list", "-vector", "["}},

		{"one DIR must be named", []string{"export"}},
		{"one DIR must be named", []string{"export", empty, empty}},
		{"is not empty", []string{"export", full}},
		{"not a directory", []string{"export", full + "/file"}},

		{"nothing to name", []string{"serve", "8080"}},
		{"no such file", []string{"serve", "-docs", empty + "/none"}},
		{"address", []string{"serve", "-addr", "nowhere"}},
		{"address already in use", []string{"serve", "-addr", taken(t)}},

		{"COMMAND is missing", []string{"run"}},
		{"COMMAND is missing", []string{"run", "--"}},
		{"-timeout must be positive", []string{"run", "-timeout", "0s", "--", "true"}},
		{`there is no feature "all"`, []string{"run", "-features", "all", "--", "true"}},
		{"no such file", []string{"run", "-known-failing", empty + "/none", "--", "true"}},
		{"read the list of known failures", []string{"run", "-known-failing", full + "/file", "--", "true"}},
		{"start the adapter", []string{"run", "--", empty + "/none"}},
	} {
		got := run(t, "", use.args...)
		assert.Equal(t, exitBadUse, got.code, use.args)
		assert.Contains(t, got.errors, use.want, use.args)
		assert.Equal(t, 1, strings.Count(got.errors, "\n"), got.errors)
		assert.Empty(t, got.out)
	}
	got := run(t, "")
	assert.Equal(t, exitBadUse, got.code)
	assert.Contains(t, got.errors, "Usage:")
}
