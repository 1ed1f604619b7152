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

// The client passes every vector, with no known failures.
func TestAllVectorsPass(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	report, err := adapter.Run(t.Context(), adapter.Options{Command: []string{program, "adapter"}, Stderr: os.Stderr})
	require.NoError(t, err)
	for _, judgement := range report.Vectors {
		assert.Equal(t, adapter.Passed, judgement.State, "%s: %s", judgement.ID, judgement.Reasons)
	}
	assert.Equal(t, report.Score.Vectors, report.Score.Passed)
	t.Log(report.Score)
}
