package pingmfa

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const someID = "9761c24a-208d-0499-1bf6-39905184a4e1"

// The text of an error has all that may be shown of it, whatever the verb, and its JSON has the text.
func TestErrorTexts(t *testing.T) {
	canary := errors.New("canary")
	details := func(n int) (list []ErrorDetail) {
		for range n {
			list = append(list, ErrorDetail{Code: CodeInvalidValue})
		}
		return list
	}
	for want, err := range map[string]error{
		"pingmfa: userID is required": &ArgumentError{Field: "userID", Rule: "is required"},

		"pingmfa: CreateDevice: the response was 500": &Error{
			operation: "CreateDevice", StatusCode: 500, Code: "canary", Message: "canary", CorrelationID: "canary", Err: canary,
		},
		"pingmfa: CreateDevice: the response was 201 with a reason": &Error{
			operation: "CreateDevice", StatusCode: 201, Reason: "a reason",
		},
		"pingmfa: CreateDevice: the response was 429 INVALID_DATA: phone INVALID_VALUE, " +
			"a detail without a known code, user.id a detail without a known code, OUT_OF_RANGE (retry after 2s) " +
			"[Correlation-Id " + someID + "]": &Error{
			operation: "CreateDevice", StatusCode: 429, Code: CodeInvalidData, RetryAfter: 2 * time.Second,
			CorrelationID: someID,
			Details: []ErrorDetail{
				{Code: CodeInvalidValue, Target: "phone"}, {Code: "canary", Target: "canary"}, {Target: "user.id"},
				{Code: CodeOutOfRange, Message: "canary", InnerError: json.RawMessage(`"canary"`)},
			},
		},
		"pingmfa: : the response was 0: INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, " +
			"INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE": &Error{Details: details(10)},
		"pingmfa: : the response was 0: INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, " +
			"INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE, INVALID_VALUE and 1 more": &Error{Details: details(11)},

		"pingmfa: CreateDevice: a failure of another kind (unknown)": &CallError{
			operation: "CreateDevice", Outcome: OutcomeUnknown, Err: canary,
		},
		"pingmfa: CreateDevice: an earlier 429 holds back the calls of this client (not sent) (retry after 1m0s)": &CallError{
			operation: "CreateDevice", Outcome: OutcomeNotSent, Err: errRateLimited, RetryAfter: time.Minute,
		},
		"pingmfa: CreateDevice: no access token: a reason, status 401 invalid_client: the connection was closed " +
			"[Correlation-Id " + someID + "] (not sent)": &CallError{
			operation: "CreateDevice", Outcome: OutcomeNotSent, Err: &TokenError{
				Reason: "a reason", StatusCode: 401, Code: "invalid_client", CorrelationID: someID, Err: io.EOF,
			},
		},
		"pingmfa: no access token: a reason": &TokenError{
			Reason: "a reason", Code: "canary", Description: "canary", CorrelationID: "canary",
		},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			assert.Equal(t, want, fmt.Sprintf(verb, err))
		}
		assert.Equal(t, fmt.Sprintf("%q", want), fmt.Sprintf("%q", err))
		assert.Equal(t, want, err.Error())
		data, jsonErr := json.Marshal(err)
		require.NoError(t, jsonErr)
		var members struct{ Error string }
		require.NoError(t, json.Unmarshal(data, &members))
		assert.Equal(t, want, members.Error)
	}
	data, err := json.Marshal(Error{StatusCode: 400, Attempts: []Attempt{{StatusCode: 400, Outcome: OutcomeRefused}}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"Attempts":[{"Outcome":"refused","StatusCode":400}],`+
		`"Error":"pingmfa: : the response was 400","StatusCode":400}`, string(data))
}

// Errors of other packages are described by their kind.
func TestDescriptionsOfCauses(t *testing.T) {
	reset := os.NewSyscallError("read", syscall.ECONNRESET)
	for _, c := range []struct {
		cause error
		want  string
	}{
		{context.Canceled, "the context was canceled"},
		{context.DeadlineExceeded, "the deadline passed"}, // It is a timeout as well.
		{&net.DNSError{Name: "canary"}, "the host name could not be resolved"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "canary"}}, "the host name could not be resolved"},
		{&tls.CertificateVerificationError{Err: errors.New("canary")}, "the server's certificate was refused"},
		{tls.RecordHeaderError{Msg: "canary"}, "the TLS handshake failed"},
		{tls.AlertError(40), "the TLS handshake failed"},
		{&net.OpError{Op: "read", Net: "canary", Err: reset}, "read: " + syscall.ECONNRESET.Error()},
		{reset, syscall.ECONNRESET.Error()},
		{&net.OpError{Op: "canary", Err: reset}, syscall.ECONNRESET.Error()},
		{os.ErrDeadlineExceeded, "a timeout passed"},
		{&net.AddrError{Err: "canary"}, "a failure of another kind"}, // It is a net.Error that is no timeout.
		{io.EOF, "the connection was closed"},
		{io.ErrUnexpectedEOF, "the connection was closed"},
		{errors.New("canary"), "a failure of another kind"},
	} {
		assert.Equal(t, c.want, describe(c.cause), "%T", c.cause)
		assert.Equal(t, c.want, describe(fmt.Errorf("canary: %w", c.cause)), "%T, wrapped", c.cause)
	}
}

// The outcome, the cause and the codes are found in an error that a caller wrapped.
func TestErrorsAreFoundInOthers(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		want Outcome
	}{
		{&ArgumentError{}, OutcomeNotSent},
		{&TokenError{Err: cause}, OutcomeNotSent},
		{&CallError{Outcome: OutcomeNotSent, Err: cause}, OutcomeNotSent},
		{&CallError{Outcome: OutcomeUnknown, Err: cause}, OutcomeUnknown},
		{&Error{outcome: OutcomeRefused, Err: cause}, OutcomeRefused},
		{&Error{outcome: OutcomeUnknown, Err: cause}, OutcomeUnknown},
		{&Error{outcome: OutcomeAccepted, Err: cause}, OutcomeAccepted},
	} {
		err := fmt.Errorf("wrapped: %w", c.err)
		assert.Equal(t, c.want, OutcomeOf(err), "%T", c.err)
		if _, ok := c.err.(*ArgumentError); !ok { //nolint:errorlint // the error itself, not what it wraps
			require.ErrorIs(t, err, cause, "%T", c.err)
		}
	}
	err := &Error{Code: CodeInvalidData, Details: []ErrorDetail{{Code: CodeInvalidValue}, {Code: CodeOutOfRange}}}
	for code, want := range map[string]bool{
		CodeInvalidData: true, CodeInvalidValue: true, CodeOutOfRange: true, CodeNotFound: false,
	} {
		assert.Equal(t, want, err.Has(code), code)
	}
}
