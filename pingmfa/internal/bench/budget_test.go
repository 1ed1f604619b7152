package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a call and an importer cost stays within the budget. It is measured in a program of its own: the race detector
// allocates, too.
func TestBudget(t *testing.T) {
	data, err := os.ReadFile(budgetFile)
	require.NoError(t, err)
	budget, err := readBudget(data)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "go", "run", ".", "-figures")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	now, err := readBudget(out)
	require.NoError(t, err)
	assert.Empty(t, overBudget(budget, now))
	for name := range budget {
		assert.Contains(t, now, name, "a budget for nothing")
	}
}

func TestOverBudget(t *testing.T) {
	budget := map[string]int64{"a": 1, "b": 2}
	assert.Empty(t, overBudget(budget, map[string]int64{"a": 1, "b": 0}))
	assert.Len(t, overBudget(budget, map[string]int64{"a": 2, "b": 2, "c": 0}), 2)
}
