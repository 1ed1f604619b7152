package adapter_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// A client that does everything right passes every vector.
func TestRightClientPasses(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{Command: command(t, "right")})
	require.NoError(t, err)
	for _, judgement := range report.Vectors {
		assert.Equal(t, adapter.Passed, judgement.State, "%s: %s", judgement.ID, judgement.Reasons)
	}
	total := len(vectors(t))
	assert.Equal(t, adapter.Score{Vectors: total, Passed: total}, report.Score)
	assert.True(t, report.Score.OK())
	assert.Equal(t, "test right", report.Name)
	assert.NotContains(t, report.Score.String(), "expressible")
}

// A list of known failures holds in both directions: what is on it has to fail, and what fails has to be on it.
func TestKnownFailures(t *testing.T) {
	listed := adapter.KnownFailing{failed: "the reason", redirect: "it does not run here"}
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "boasting"), KnownFailing: listed, Vectors: vectors(t, refused, failed),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Failed, adapter.Known}, states(report))

	listed[refused] = "a third one"
	report, err = adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "boasting"), KnownFailing: listed, Vectors: vectors(t, refused, failed),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Known, adapter.Known}, states(report))
	assert.Equal(t, "a third one", report.Vectors[0].KnownReason)
	assert.NotEmpty(t, report.Vectors[0].Reasons)
	assert.True(t, report.Score.OK())

	report, err = adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "right"), KnownFailing: listed, Vectors: vectors(t, refused, failed, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Stale, adapter.Passed, adapter.Stale}, states(report))
	assert.False(t, report.Score.OK())
	assert.Contains(t, report.Score.String(), "2 known to fail but passed")
}

func states(report *adapter.Report) []adapter.State {
	var list []adapter.State
	for _, judgement := range report.Vectors {
		list = append(list, judgement.State)
	}
	return list
}

// What a client lacks is not asked for, and not counted as passed.
func TestFeatures(t *testing.T) {
	const start = "create-device-authentication"
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "right"), Features: []string{"create-device", "device-sms", "request-checks"},
		KnownFailing: adapter.KnownFailing{"create-device/request/totp-minimal": "nobody will ever know"},
	})
	require.NoError(t, err)
	assert.True(t, report.Score.OK())
	for _, judgement := range report.Vectors {
		missing := map[string][]string{
			"create-device/request/totp-minimal":                        {"device-totp"},
			"create-device/request/phone-letters":                       nil,
			"create-device/request/type-mobile":                         nil,
			"create-device/request/session-id-space":                    {"external-ids"},
			"create-device-authentication/request/notification-empty":   {start, "notification"},
			"create-device-authentication/request/content-type-charset": {start},
			"create-device-authentication/request/mobile-payload":       {start, "mobile-payload"},
			"create-device-authentication/request/one-time-voice":       {start, "one-time-voice"},
			"create-device-authentication/request/paired-device":        {start, "paired-device"},
			"create-device-authentication/response/status-completed":    {start},
		}
		want, chosen := missing[judgement.ID]
		if chosen {
			assert.Equal(t, want, judgement.Missing, judgement.ID)
		}
		if strings.HasPrefix(judgement.ID, "create-device/response/") {
			assert.Equal(t, adapter.Passed, judgement.State, judgement.ID)
		}
		assert.Equal(t, len(judgement.Missing) > 0, judgement.State == adapter.NotRun)
		assert.Equal(t, judgement.Class == "", judgement.State == adapter.NotRun)
	}
}

// Every feature is needed by a vector, so that none is a word without a meaning; and without checks of its own,
// a client is never asked for a request that is wrong.
func TestEveryFeatureIsNeeded(t *testing.T) {
	features, err := adapter.Features()
	require.NoError(t, err)
	report, err := adapter.Run(t.Context(), adapter.Options{Command: command(t, "right"), Features: []string{}})
	require.NoError(t, err)
	needed := map[string]bool{}
	invalid := map[string]bool{}
	for _, vector := range vectors(t) {
		invalid[vector.ID] = vector.Request != nil && vector.Request.Verdict == conformance.Invalid
	}
	for _, judgement := range report.Vectors {
		assert.Equal(t, adapter.NotRun, judgement.State)
		for _, name := range judgement.Missing {
			assert.NotEmpty(t, features[name], name)
			needed[name] = true
		}
		assert.Equal(t, invalid[judgement.ID], slices.Contains(judgement.Missing, "request-checks"))
	}
	assert.Len(t, needed, len(features))
}

// A wrong request that a client's types cannot say passes, and is counted.
func TestNotExpressible(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "typed"), Vectors: vectors(t, misspelt, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, adapter.Score{Vectors: 2, Passed: 2, NotExpressible: 1}, report.Score)
	assert.Equal(t,
		"2 of 2 vectors passed (1 not expressible), 0 failed, 0 known to fail, 0 not run", report.Score.String())
}

// A client may try again by itself after an answer that says for sure that nothing was done; it may get its own token,
// spell numbers and order members in its own way, and say more than it is asked for.
func TestWhatAClientMayDo(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "free"), Vectors: vectors(t, limited, denied, free, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, 4, report.Score.Passed, "%v", report.Vectors)
}
