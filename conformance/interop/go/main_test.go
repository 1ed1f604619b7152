package main

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// The test binary is also the adapter.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "adapter" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Every vector passes, except those on the list of known failures, and those for requests that pingmfa does not have.
func TestVectors(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	list, err := os.ReadFile("known-failing.json")
	require.NoError(t, err)
	known, err := adapter.ReadKnownFailing(list)
	require.NoError(t, err)
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: []string{program, "adapter"}, KnownFailing: known, Stderr: os.Stderr,
	})
	require.NoError(t, err)
	for _, result := range report.Vectors {
		want := adapter.Passed
		if result.Class == adapter.ClassNotExpressible {
			want = adapter.NotExpressible
		}
		if known[result.ID] != "" {
			want = adapter.Known
		}
		if len(result.Missing) > 0 {
			assert.Subset(t, []string{"oath-resync", "pingid-desktop"}, result.Missing, result.ID)
			want = adapter.NotRun
		}
		assert.Equal(t, want, result.State, "%s: %s", result.ID, result.Reasons)
	}
	t.Log(report.Score)
}

// The vectors notice every mutant. For a survivor, give the member a value of its own in a vector.
func TestClientMutants(t *testing.T) {
	hello, err := newHello()
	require.NoError(t, err)
	total, survivors, err := runMutants(t.Context(), hello, nil)
	require.NoError(t, err)
	for _, name := range survivors {
		t.Errorf("no vector notices the mutant: %s", name)
	}
	assert.Greater(t, total, 200)
	t.Logf("conformance: client mutants %d/%d", total-len(survivors), total)
}

// A mutant whose member is in no vector survives.
func TestMutantsSurvive(t *testing.T) {
	hello, err := newHello()
	require.NoError(t, err)
	vectors, err := conformance.Vectors()
	require.NoError(t, err)
	vectors = slices.DeleteFunc(vectors, func(v conformance.Vector) bool { return v.ID != "create-device/exchange/sms" })
	total, survivors, err := runMutants(t.Context(), hello, vectors)
	require.NoError(t, err)
	assert.Less(t, len(survivors), total)
	assert.Contains(t, survivors, "Device.Secret is taken for KeyURI")
	assert.Contains(t, survivors, "class refused is taken for unknown")
	assert.NotContains(t, survivors, "Device.EnvironmentID is taken for UserID")
	assert.NotContains(t, survivors, "header Authorization is lost")
	assert.NotContains(t, survivors, "createDevice json SMS /phone is lost")
}
