package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// This test binary, started again, is the adapter.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "adapter" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The client passes every vector but the few that it is known to fail.
func TestVectors(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	list, err := os.Open("known-failing.json")
	require.NoError(t, err)
	defer func() { assert.NoError(t, list.Close()) }()
	known, err := adapter.ReadKnownFailing(list)
	require.NoError(t, err)
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: []string{program, "adapter"}, KnownFailing: known, Stderr: os.Stderr,
	})
	require.NoError(t, err)
	for _, judgement := range report.Vectors {
		want := adapter.Passed
		if known[judgement.ID] != "" {
			want = adapter.Known
		}
		assert.Equal(t, want, judgement.State, "%s: %s", judgement.ID, judgement.Reasons)
	}
	t.Log(report.Score)
}
