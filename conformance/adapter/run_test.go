package adapter_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

func TestRightClientPasses(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{Command: command(t, "right")})
	require.NoError(t, err)
	for _, result := range report.Vectors {
		assert.Equal(t, adapter.Passed, result.State, "%s: %s", result.ID, result.Reasons)
	}
	total := len(vectors(t))
	assert.Equal(t, adapter.Score{adapter.Passed: total}, report.Score)
	assert.True(t, report.Score.OK())
	assert.Equal(t, "test right", report.Name)
	assert.NotContains(t, report.Score.String(), "expressible")
}

// A run fails if a listed vector passes, and if a vector fails that is not listed.
func TestKnownFailures(t *testing.T) {
	listed := adapter.KnownFailing{failed: "the reason", redirect: "it does not run here"}
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "always-success"), KnownFailing: listed, Vectors: vectors(t, refused, failed),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Failed, adapter.Known}, states(report))

	listed[refused] = "a third one"
	report, err = adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "always-success"), KnownFailing: listed, Vectors: vectors(t, refused, failed, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Known, adapter.Passed, adapter.Known}, states(report))
	assert.Equal(t, "a third one", report.Vectors[0].KnownReason)
	assert.NotEmpty(t, report.Vectors[0].Reasons)
	assert.True(t, report.Score.OK())

	report, err = adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "right"), KnownFailing: listed, Vectors: vectors(t, refused, failed, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Stale, adapter.Passed, adapter.Stale}, states(report))
	assert.False(t, report.Score.OK())
	assert.Contains(t, report.Score.String(), "2 stale")
}

func states(report *adapter.Report) []adapter.State {
	var list []adapter.State
	for _, result := range report.Vectors {
		list = append(list, result.State)
	}
	return list
}

// A vector that needs a missing feature is not run, and is not counted as passed.
func TestFeatures(t *testing.T) {
	const start = "create-device-authentication"
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "right"), Features: []string{"create-device", "device-sms", "request-checks"},
		KnownFailing: adapter.KnownFailing{"create-device/request/totp-minimal": "it is not run"},
	})
	require.NoError(t, err)
	assert.True(t, report.Score.OK())
	for _, result := range report.Vectors {
		missing := map[string][]string{
			"create-device/request/totp-minimal":                        {"device-totp"},
			"create-device/request/phone-letters":                       {},
			"create-device/request/type-mobile":                         {},
			"create-device/request/session-id-space":                    {"external-ids"},
			"create-device-authentication/request/notification-empty":   {start, "notification"},
			"create-device-authentication/request/content-type-charset": {start},
			"create-device-authentication/request/mobile-payload":       {start, "mobile-payload"},
			"create-device-authentication/request/one-time-voice":       {start, "one-time-voice"},
			"create-device-authentication/request/paired-device":        {start, "paired-device"},
			"create-device-authentication/response/status-completed":    {start},
		}
		want, chosen := missing[result.ID]
		if chosen {
			assert.Equal(t, want, result.Missing, result.ID)
		}
		if strings.HasPrefix(result.ID, "create-device/response/") {
			assert.Equal(t, adapter.Passed, result.State, result.ID)
		}
		assert.Equal(t, len(result.Missing) > 0, result.State == adapter.NotRun)
		assert.Equal(t, result.Class == "", result.State == adapter.NotRun)
	}
}

// Every feature is needed by a vector, and every invalid request needs request-checks.
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
	for _, result := range report.Vectors {
		assert.Equal(t, adapter.NotRun, result.State)
		for _, name := range result.Missing {
			assert.NotEmpty(t, features[name], name)
			needed[name] = true
		}
		assert.Equal(t, invalid[result.ID], slices.Contains(result.Missing, "request-checks"))
	}
	assert.Len(t, needed, len(features))

	// Each operation and each type of a request has a feature.
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	var want []string
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			want = append(want, strings.ToLower(capital.ReplaceAllString(operation.OperationID, "-$0")))
		}
	}
	for schema, prefix := range map[string]string{"CreateDeviceRequest": "device-", "OneTimeContact": "one-time-"} {
		for kind := range doc.Components.Schemas[schema].Value.Discriminator.Mapping {
			want = append(want, prefix+strings.ToLower(kind))
		}
	}
	for _, name := range want {
		assert.True(t, needed[name], "features.json has no feature %s", name)
	}
}

var capital = regexp.MustCompile("[A-Z]")

// A vector whose invalid request the client's types cannot represent has not failed, and is not counted as passed.
func TestNotExpressible(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "typed"), Vectors: vectors(t, misspelt, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, adapter.Score{adapter.Passed: 1, adapter.NotExpressible: 1}, report.Score)
	assert.Equal(t, "1 of 2 vectors passed, 0 failed, 1 not-expressible", report.Score.String())
	assert.True(t, report.Score.OK())
}

func TestRunInWhichNothingPassedFails(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "typed"), Vectors: vectors(t, misspelt),
	})
	require.NoError(t, err)
	assert.False(t, report.Score.OK())
	assert.Equal(t, "0 of 1 vectors passed, 0 failed, 1 not-expressible: a run in which nothing passed has failed",
		report.Score.String())
}

func TestSkipped(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "skips"), Vectors: vectors(t, refused, sms),
		KnownFailing: adapter.KnownFailing{refused: "a skipped vector is not stale"},
	})
	require.NoError(t, err)
	assert.Equal(t, []adapter.State{adapter.Skipped, adapter.Passed}, states(report))
	assert.Equal(t, []string{"there is no time"}, report.Vectors[0].Reasons)
	assert.Equal(t, "1 of 2 vectors passed, 0 failed, 1 skipped", report.Score.String())
	assert.True(t, report.Score.OK())
}

// An adapter that ends in a case loses this case, and is started again for the next one.
func TestErrored(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "fragile"), Vectors: vectors(t, redirect, refused, failed, sms),
		KnownFailing: adapter.KnownFailing{failed: "it is fragile"},
	})
	require.NoError(t, err)
	want := map[string]adapter.State{
		redirect: adapter.Passed, refused: adapter.Errored, failed: adapter.Known, sms: adapter.Passed,
	}
	for _, result := range report.Vectors {
		assert.Equal(t, want[result.ID], result.State, result.ID)
		if want[result.ID] != adapter.Passed {
			assert.Equal(t, []string{"the adapter ended (exit status 9)"}, result.Reasons)
		}
	}
	assert.Equal(t, "2 of 4 vectors passed, 0 failed, 1 errored, 1 known", report.Score.String())
	assert.False(t, report.Score.OK())
}

// A client in the same process needs no command.
func TestClientInProcess(t *testing.T) {
	client, err := newOracle()
	require.NoError(t, err)
	report, err := adapter.Run(t.Context(), adapter.Options{
		Call: client.call, Hello: adapter.Hello{Name: "oracle", Features: client.features},
		Vectors: vectors(t, refused, sms, misspelt),
	})
	require.NoError(t, err)
	assert.Equal(t, adapter.Score{adapter.Passed: 3}, report.Score)
	for _, vector := range report.Vectors {
		if vector.ID != sms {
			continue
		}
		requests := vector.Requests()
		require.Len(t, requests, 1)
		result := client.report(adapter.Case{ID: sms})
		assert.Empty(t, vector.Check(requests, result))
		requests[0].Method = "PUT"
		assert.Equal(t, []string{"method: is not POST"}, vector.Check(requests, result))
	}
}

// A client may retry after a 401 or 429, repeat a GET, get its own token, choose the order of members and the notation
// of numbers, and report more values than the vector expects.
func TestPermittedDifferences(t *testing.T) {
	report, err := adapter.Run(t.Context(), adapter.Options{
		Command: command(t, "free"), Vectors: vectors(t, limited, denied, failedGET, free, sms),
	})
	require.NoError(t, err)
	assert.Equal(t, 5, report.Score[adapter.Passed], "%v", report.Vectors)
}
