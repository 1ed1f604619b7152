package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

const letters = "create-device/request/phone-letters"

// runAdapter runs four vectors against an adapter that reports one class: phone-letters, extension-letters, and the
// phone-letters of two other types.
func runAdapter(t *testing.T, class string, flags ...string) output {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	args := append([]string{"run", "-vector", "create-device/request/[epvw]*-letters"}, flags...)
	return run(t, "", append(args, "--", program, "adapter", class)...)
}

// knownFailing writes a list with the one vector that is run.
func knownFailing(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known.json")
	text := `{"knownFailing":[{"reason":"a good reason","vectors":["` + letters + `"]}]}`
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestRunText(t *testing.T) {
	got := runAdapter(t, "not-sent")
	assert.Zero(t, got.code)
	assert.Equal(t, `a test's client

                                          passed  failed errored   known no expr skipped not run
create-device/request                          1       0       0       0       0       0       3

    2  the client lacks device-voice
    1  the client lacks device-whatsapp

score: 1 of 4 vectors passed, 0 failed, 3 not-run
`, got.out)

	got = runAdapter(t, "success")
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "\nFAILED  "+letters+"\n    class: is success, want not-sent\n")
	assert.Contains(t, got.out, "score: 0 of 4 vectors passed, 1 failed,")

	got = runAdapter(t, "success", "-known-failing", knownFailing(t))
	assert.Equal(t, exitFailed, got.code, "nothing passed")
	assert.Contains(t, got.out, "\n    1  known to fail: a good reason\n")

	got = runAdapter(t, "not-sent", "-known-failing", knownFailing(t))
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "\nSTALE  "+letters+"\n    it passed: remove it from the list of known failures\n")
	assert.Contains(t, got.out, "1 stale")

	got = runAdapter(t, "success", "-features", "create-device,request-checks")
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out,
		"score: 0 of 4 vectors passed, 0 failed, 4 not-run: a run in which nothing passed has failed\n")

	got = runAdapter(t, "nonsense")
	assert.Equal(t, exitFailed, got.code)
	assert.Contains(t, got.out, "\nERRORED  "+letters+"\n    invalid reply: /class is none of success,")
}

func TestRunJSON(t *testing.T) {
	got := runAdapter(t, "success", "-o", "json")
	assert.Equal(t, exitFailed, got.code)
	var report adapter.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report))
	assert.Equal(t, "a test's client", report.Name)
	assert.Equal(t, adapter.Score{adapter.Failed: 1, adapter.NotRun: 3}, report.Score)
	assert.Len(t, report.Vectors, 4)
}

func TestRunJUnit(t *testing.T) {
	suite := readJUnit(t, runAdapter(t, "success", "-o", "junit").out)
	assert.Equal(t, []int{4, 1, 3}, []int{suite.Tests, suite.Failures, suite.Skipped})
	for _, c := range suite.Cases {
		assert.Equal(t, "create-device/request", c.Class)
		if c.Name == letters {
			assert.Equal(t, "class: is success, want not-sent", c.Failure)
		} else {
			assert.Contains(t, c.Skipped, "the client lacks device-")
		}
	}
	suite = readJUnit(t, runAdapter(t, "success", "-o", "junit", "-known-failing", knownFailing(t)).out)
	assert.Equal(t, []int{4, 0, 4}, []int{suite.Tests, suite.Failures, suite.Skipped})
	suite = readJUnit(t, runAdapter(t, "not-sent", "-o", "junit", "-known-failing", knownFailing(t)).out)
	assert.Equal(t, []int{4, 1, 3}, []int{suite.Tests, suite.Failures, suite.Skipped})
}

// There is no score if the adapter ends at once. Its standard error is passed through.
func TestRunWithoutAScore(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	got := run(t, "", "run", "--", program, "program", "no-such-command")
	assert.Equal(t, exitError, got.code)
	assert.Empty(t, got.out)
	assert.True(t, strings.HasPrefix(got.errors, `pingmfa-conformance: there is no command "no-such-command"`), got.errors)
	assert.Contains(t, got.errors, "hello: the adapter ended (exit status 2)")
}
