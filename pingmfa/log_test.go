package pingmfa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// traceKey is the key of a value in the context of a call.
type traceKey struct{}

// traceHandler adds the trace of a record's context, as handlers of tracing libraries do.
type traceHandler struct{ slog.Handler }

func (h traceHandler) Handle(ctx context.Context, record slog.Record) error {
	record.Add("trace", ctx.Value(traceKey{}))
	return h.Handler.Handle(ctx, record)
}

// newLogger returns a logger that writes records without their time, and a function that returns what was written since
// its last call.
func newLogger(level slog.Level) (logger *slog.Logger, written func() []string) {
	var out bytes.Buffer
	handler := slog.NewJSONHandler(&out, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})
	return slog.New(traceHandler{handler}), func() []string {
		defer out.Reset()
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
}

// Every attempt has a Debug record, and every call one with the level Info or Warn.
func TestLogRecords(t *testing.T) {
	const (
		common = `"operation":"StartAuthentication","environment_id":"` + environmentID + `",`
		trace  = `,"trace":"t-1"}`
		first  = "1a0a0950-8a81-4739-b12a-f4d6a11c7a82"
		second = "2a0a0950-8a81-4739-b12a-f4d6a11c7a82"
	)
	synctest.Test(t, func(t *testing.T) {
		logger, written := newLogger(slog.LevelDebug)
		responses := []*http.Response{
			respond(429, `{"code":"REQUEST_LIMITED"}`), respond(201, `{"id":"1","status":"COMPLETED"}`),
			respond(429, `{"code":"REQUEST_LIMITED"}`),
		}
		responses[0].Header.Set("Retry-After", "2")
		responses[0].Header.Set("Correlation-Id", first)
		responses[1].Header.Set("Correlation-Id", second)
		responses[2].Header.Set("Retry-After", "60")
		responses[2].Header.Set("Correlation-Id", "+12015550123")
		var tokenErr error
		client := clientWith(t, roundTripperFunc(func(*http.Request) (*http.Response, error) {
			pass(time.Second)
			response := responses[0]
			responses = responses[1:]
			return response, nil
		}), func(c *pingmfa.Config) {
			c.Logger = logger
			c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) {
				pass(time.Second / 2)
				return "token", tokenErr
			})
		})
		ctx := context.WithValue(t.Context(), traceKey{}, "t-1")

		require.NoError(t, start(ctx, client))
		assert.Equal(t, []string{
			`{"level":"DEBUG","msg":"pingmfa attempt",` + common + `"duration":1000000000,"outcome":"refused","attempts":1,` +
				`"status":429,"correlation_id":"` + first + `"` + trace,
			`{"level":"DEBUG","msg":"pingmfa attempt",` + common + `"duration":1000000000,"outcome":"accepted","attempts":2,` +
				`"status":201,"correlation_id":"` + second + `"` + trace,
			`{"level":"INFO","msg":"pingmfa call",` + common + `"duration":5000000000,"outcome":"accepted","attempts":2,` +
				`"status":201,"correlation_id":"` + second + `"` + trace,
		}, written())

		require.Error(t, start(ctx, client))
		assert.Equal(t, []string{
			`{"level":"DEBUG","msg":"pingmfa attempt",` + common + `"duration":1000000000,"outcome":"refused","attempts":1,` +
				`"status":429,"correlation_id":""` + trace,
			`{"level":"WARN","msg":"pingmfa call",` + common + `"duration":1500000000,"outcome":"refused","attempts":1,` +
				`"status":429,"correlation_id":"","error":"pingmfa: StartAuthentication: the response was 429 ` +
				`REQUEST_LIMITED (retry after 1m0s)"` + trace,
		}, written())

		pass(time.Minute)
		tokenErr = errors.New("canary")
		require.Error(t, start(ctx, client))
		assert.Equal(t, []string{
			`{"level":"WARN","msg":"pingmfa call",` + common + `"duration":500000000,"outcome":"not sent","attempts":0,` +
				`"status":0,"correlation_id":"","error":"pingmfa: StartAuthentication: no access token: the token function ` +
				`failed: a failure of another kind (not sent)"` + trace,
		}, written())
	})
}

// A logger of the level Warn gets no record of a call that succeeds, and no logger one of an invalid argument.
func TestLogRecordsThatAreLeftOut(t *testing.T) {
	logger, written := newLogger(slog.LevelWarn)
	x := newTenant(t, func(c *pingmfa.Config) { c.Logger = logger })
	_, err := x.start(t)
	require.NoError(t, err)
	x.script(pingmfatest.Response{Status: 201, Body: `{}`})
	require.Error(t, start(t.Context(), x.Client))
	require.Error(t, func() error {
		_, err := x.CreateDevice(t.Context(), "", pingmfa.TOTP{})
		return err
	}())
	records := written()
	require.Len(t, records, 1)
	assert.Contains(t, records[0], `{"level":"WARN","msg":"pingmfa call","operation":"StartAuthentication",`)
	assert.Contains(t, records[0], `"outcome":"accepted","attempts":1,"status":201,`)
}

// The documentation of Config.Logger lists the messages and the fields of the records, and no others.
func TestLoggedFieldsAreDocumented(t *testing.T) {
	logger, written := newLogger(slog.LevelDebug)
	x := newTenant(t, func(c *pingmfa.Config) { c.Logger = logger })
	x.script(pingmfatest.Response{Status: 400, Body: `{"code":"INVALID_DATA"}`})
	_, err := x.start(t)
	require.Error(t, err)
	logged, messages := map[string]bool{}, map[string]bool{}
	for _, line := range written() {
		var record map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &record))
		messages[fmt.Sprintf("%q", record["msg"])] = true
		delete(record, "msg")
		delete(record, "level")
		delete(record, "trace") // of this test's handler
		for name := range record {
			logged[name] = true
		}
	}
	doc, err := exec.CommandContext(t.Context(), "go", "doc", ".", "Config.Logger").Output()
	require.NoError(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(string(doc), "//", "")), " ")
	for message := range messages {
		assert.Contains(t, text, message)
	}
	_, list, ok := strings.Cut(text, "The fields are ")
	require.True(t, ok)
	list, _, _ = strings.Cut(list, ":")
	documented := regexp.MustCompile(`\b(?:and|if the call failed)\b`).ReplaceAllString(list, "")
	assert.ElementsMatch(t, slices.Collect(maps.Keys(logged)), strings.FieldsFunc(documented, func(r rune) bool {
		return r == ',' || r == ' '
	}))
}

// A transport reads the operation and the number of a request from its context.
func TestAttemptOfARequest(t *testing.T) {
	type attempt struct {
		operation string
		number    int
		ok        bool
	}
	var seen []attempt
	client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		operation, number, ok := pingmfa.AttemptOf(req.Context())
		seen = append(seen, attempt{operation, number, ok})
		switch len(seen) {
		case 1:
			return respond(200, `{"access_token":"t","token_type":"Bearer"}`), nil
		case 2:
			return respond(200, completed), nil
		case 3:
			return respond(401, `{"code":"ACCESS_FAILED"}`), nil
		case 4:
			return respond(200, `{"access_token":"u","token_type":"Bearer"}`), nil
		}
		return respond(200, completed), nil
	}), func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "secret"} })
	require.NoError(t, start(t.Context(), client))
	_, err := client.CheckOTP(t.Context(), authenticationID, "123456")
	require.NoError(t, err)
	require.NoError(t, client.ResendActivation(t.Context(), userID, deviceID))
	assert.Equal(t, []attempt{
		{}, {"StartAuthentication", 1, true}, {"CheckOTP", 1, true}, {}, {"CheckOTP", 2, true},
		{"ResendActivation", 1, true},
	}, seen)
	_, _, ok := pingmfa.AttemptOf(t.Context())
	assert.False(t, ok)
}
