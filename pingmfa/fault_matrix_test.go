package pingmfa_test

import (
	"fmt"
	"go/build"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// The ends of a call: a result, or an error with an outcome.
const (
	result   = "result"
	notSent  = string(pingmfa.OutcomeNotSent)
	refused  = string(pingmfa.OutcomeRefused)
	unknown  = string(pingmfa.OutcomeUnknown)
	accepted = string(pingmfa.OutcomeAccepted)
)

// The places where a call waits for its context to end.
const (
	inHandshake = "handshake"
	inHeaders   = "headers"
	inBody      = "body"
)

// resentAfterProtocolError is the end of a call whose request for a token met an HTTP/2 PROTOCOL_ERROR: net/http of Go
// 1.26 sends the request again, Go 1.27 does not.
var resentAfterProtocolError = map[bool]string{false: result, true: notSent}[slices.Contains(
	build.Default.ReleaseTags, "go1.27")]

// faultRow is the expected end of a call that meets a fault.
type faultRow struct {
	fault pingmfatest.Fault
	want  string
	or    []string // other possible ends, if the fault is a race
	tries int      // the number of requests; 0 means 1
	hangs string
	// atToken is the expected end of a call whose token request meets the fault. If empty, it is not sent.
	atToken    string
	tokenTries int
	always     bool // every request meets the fault, not the first alone
	onlyOnce   bool // a read is not repeated either
	cut        bool // the body ends early, so a read is repeated
}

// faultRows returns the rows in the order of pingmfatest.Faults. A fault that can happen before and after PingOne acted
// has the same outcome in both rows, because the client cannot know.
func faultRows() []faultRow {
	rows := []faultRow{
		// Below HTTP.
		{fault: pingmfatest.FaultRefused, want: result, tries: 2, atToken: result, tokenTries: 2},
		{fault: pingmfatest.FaultRefused, want: notSent, tries: 3, tokenTries: 3, always: true},
		{fault: pingmfatest.FaultNoSuchHost, want: result, tries: 2, atToken: result, tokenTries: 2},
		{fault: pingmfatest.FaultNoSuchHost, want: notSent, tries: 3, tokenTries: 3, always: true},
		{fault: pingmfatest.FaultDialTimeout, want: result, tries: 2, atToken: result, tokenTries: 2},
		{fault: pingmfatest.FaultDialTimeout, want: notSent, tries: 3, tokenTries: 3, always: true},
		{fault: pingmfatest.FaultAcceptThenClose, want: notSent},
		{fault: pingmfatest.FaultTLSStall, want: notSent, hangs: inHandshake},
		{fault: pingmfatest.FaultTLSGarbage, want: notSent},
		{fault: pingmfatest.FaultTLSTooOld, want: notSent},
		{fault: pingmfatest.FaultUnknownAuthority, want: notSent, always: true},
		{fault: pingmfatest.FaultExpiredCertificate, want: notSent, always: true},
		{fault: pingmfatest.FaultWrongHost, want: notSent, always: true},
		{fault: pingmfatest.FaultResetBeforeReading, want: unknown},
		{fault: pingmfatest.FaultResponseBeforeReading, want: unknown},
		{fault: pingmfatest.FaultClosedWhileIdle, want: result, or: []string{unknown, notSent}, atToken: result},
		{fault: pingmfatest.FaultHTTP2GoAway, want: unknown, atToken: result},
		{fault: pingmfatest.FaultHTTP2Refused, want: unknown, atToken: result},
		{fault: pingmfatest.FaultHTTP2GoAwayLate, want: unknown},
		{fault: pingmfatest.FaultHTTP2Reset, want: unknown},
		{fault: pingmfatest.FaultHTTP2ProtocolError, want: unknown, atToken: resentAfterProtocolError},

		// Answers that are no success.
		{fault: pingmfatest.FaultBadRequest, want: refused},
		{fault: pingmfatest.FaultBrokenError, want: refused},
		{fault: pingmfatest.FaultOddError, want: refused},
		{fault: pingmfatest.FaultEchoingError, want: refused},
		{fault: pingmfatest.FaultUnauthorized, want: result, tries: 2},
		{fault: pingmfatest.FaultUnauthorized, want: refused, tries: 2, always: true},
		{fault: pingmfatest.FaultForbidden, want: refused},
		{fault: pingmfatest.FaultNotFound, want: refused},
		{fault: pingmfatest.FaultRequestTimeout, want: unknown},
		{fault: pingmfatest.FaultUnsupportedMediaType, want: refused},
		{fault: pingmfatest.FaultRateLimited, want: refused}, // the wait does not fit; see TestRateLimitIsWaitedFor
		{fault: pingmfatest.FaultRateLimitedUntil, want: refused},
		{fault: pingmfatest.FaultRateLimitedHugeRetryAfter, want: refused},
		{fault: pingmfatest.FaultRateLimitedBadRetryAfter, want: refused},
		{fault: pingmfatest.FaultRateLimitedNoRetryAfter, want: refused},
		{fault: pingmfatest.FaultQuotaExceeded, want: refused},
		{fault: pingmfatest.FaultServerError, want: unknown},
		{fault: pingmfatest.FaultGatewayPage, want: unknown},
		{fault: pingmfatest.FaultUnavailable, want: unknown},
		{fault: pingmfatest.FaultUnavailableFor, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultGatewayTimeout, want: unknown},
		{fault: pingmfatest.FaultMovedPermanently, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultFound, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultTemporaryRedirect, onlyOnce: true, want: unknown},

		// Successes.
		{fault: pingmfatest.FaultHTMLPage, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultCaptivePage, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultEmptyBody, want: accepted},
		{fault: pingmfatest.FaultNull, want: accepted},
		{fault: pingmfatest.FaultArray, want: accepted},
		{fault: pingmfatest.FaultWithoutID, want: accepted},
		{fault: pingmfatest.FaultNumericID, want: accepted},
		{fault: pingmfatest.FaultNoContentType, want: result, atToken: result},
		{fault: pingmfatest.FaultHAL, want: result, atToken: result},
		{fault: pingmfatest.FaultCharset, want: result, atToken: result},
		{fault: pingmfatest.FaultOK, want: result, atToken: result},
		{fault: pingmfatest.FaultAccepted, want: result},
		{fault: pingmfatest.FaultNoContent, want: accepted},
		{fault: pingmfatest.FaultDuplicateKeys, want: result, atToken: result},
		{fault: pingmfatest.FaultInvalidUTF8, want: result, atToken: result},
		{fault: pingmfatest.FaultDeepNesting, want: accepted},
		{fault: pingmfatest.FaultByteOrderMark, want: result, atToken: result},
		{fault: pingmfatest.FaultTrailingBytes, want: accepted},
		{fault: pingmfatest.FaultUnknownEncoding, want: accepted},
		{fault: pingmfatest.FaultBrokenGzip, want: accepted, cut: true},
		{fault: pingmfatest.FaultEcho, want: result, atToken: result},

		// Late, in part, without end.
		{fault: pingmfatest.FaultSlowHeaders, want: unknown, hangs: inHeaders},
		{fault: pingmfatest.FaultSlowBody, want: accepted, hangs: inBody},
		{fault: pingmfatest.FaultCloseAfterHeaders, want: accepted, cut: true},
		{fault: pingmfatest.FaultTruncatedBody, want: accepted, cut: true},
		{fault: pingmfatest.FaultTruncatedChunks, want: accepted, cut: true},
		{fault: pingmfatest.FaultChunkGarbage, want: accepted, cut: true},
		{fault: pingmfatest.FaultShortLength, want: accepted},
		{fault: pingmfatest.FaultEndlessBody, want: accepted},
		{fault: pingmfatest.FaultHugeBody, want: accepted},
		{fault: pingmfatest.FaultGzipBomb, want: accepted},

		// On the wire.
		{fault: pingmfatest.FaultResetAfterReading, want: unknown},
		{fault: pingmfatest.FaultCloseAfterReading, want: unknown},
		{fault: pingmfatest.FaultGarbage, want: unknown},
		{fault: pingmfatest.FaultBadStatus, want: unknown},
		{fault: pingmfatest.FaultBadHeader, want: unknown},
		{fault: pingmfatest.FaultBadLength, want: unknown},
		{fault: pingmfatest.FaultHugeHeader, want: unknown},
		{fault: pingmfatest.FaultEndlessHeaders, want: unknown},
		{fault: pingmfatest.FaultInformationalResponses, want: result, atToken: result},
		{fault: pingmfatest.FaultEndlessInformationalResponses, want: unknown},
		{fault: pingmfatest.FaultSwitchingProtocols, onlyOnce: true, want: unknown},
		{fault: pingmfatest.FaultHTTP10, want: result, atToken: result},
	}
	var both []faultRow
	for _, row := range rows {
		both = append(both, row)
		if acted := row.fault + "-acted"; slices.Contains(pingmfatest.Faults(), acted) {
			row.fault = acted
			both = append(both, row)
		}
	}
	return both
}

// For each fault in each operation, and in the request for a token before it: the outcome is true and the expected one,
// PingOne never acts twice, no result is empty, no text contains a secret, and no connection or goroutine is left.
func TestFaultMatrix(t *testing.T) {
	var table strings.Builder
	table.WriteString("FAULT\tPINGONE")
	calls := matrixCalls()
	for _, call := range calls {
		table.WriteString("\t" + call.name)
	}
	table.WriteString("\n")
	covered := map[pingmfatest.Fault]bool{}
	for _, row := range faultRows() {
		covered[row.fault] = true
		name, acted := string(row.fault), "did not act"
		switch {
		case row.or != nil:
			acted = "may have acted"
		case row.fault.Acted():
			acted = "acted"
		}
		if row.always {
			name += " (always)"
		}
		table.WriteString(name + "\t" + acted)
		for _, call := range calls {
			t.Run(name+"/"+call.name, func(t *testing.T) {
				table.WriteString("\t" + newFaultCase(t, row, call).run())
			})
		}
		table.WriteString("\n")
	}
	for _, fault := range pingmfatest.Faults() {
		assert.True(t, covered[fault], "the fault %s has no row", fault)
	}
	assert.GreaterOrEqual(t, len(covered), 40)
	for _, name := range callNames() {
		in := slices.ContainsFunc(calls, func(c matrixCall) bool { return c.name == name })
		assert.True(t, in || name == "WaitForPush", "matrixCalls lacks %s", name) // WaitForPush calls Authentication
	}
	if testing.Verbose() {
		columns := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		_, err := fmt.Fprintf(columns, "%s%d faults\n", &table, len(covered))
		require.NoError(t, err)
		require.NoError(t, columns.Flush())
	}
}
