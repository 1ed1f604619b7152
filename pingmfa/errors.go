package pingmfa

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ArgumentError says what is wrong with a [Config] or a request. Nothing was sent.
type ArgumentError struct {
	// Field is the Go field, such as "Config.Region" or "AuthenticationRequest.Device.Phone", or the parameter, such as
	// "userID" or "device.Phone".
	Field string
	// Rule is what it has to be. It never repeats the value.
	Rule string
}

// Error names the field and the rule.
func (e *ArgumentError) Error() string { return "pingmfa: " + e.Field + " " + e.Rule }

func (e *ArgumentError) outcome() Outcome { return OutcomeNotSent }

// Attempt is one request that a call made. A call has several when the first were certainly not acted on.
type Attempt struct {
	// StatusCode is the HTTP status of the answer; 0 when there was none.
	StatusCode int
	// CorrelationID is the answer's Correlation-Id, the id that the vendor's support asks for.
	CorrelationID string `json:"-"`
	Outcome       Outcome
}

// Format writes status, outcome and, in its usual form, the Correlation-Id.
func (a Attempt) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "Attempt", "status", strconv.Itoa(a.StatusCode), "outcome", string(a.Outcome),
		"correlation", safeID(a.CorrelationID))
}

// newAttempt is the record of one request, from its answer or, when there was none, from its outcome.
func newAttempt(a *answer, o Outcome) Attempt {
	if a == nil {
		return Attempt{Outcome: o}
	}
	return Attempt{StatusCode: a.status, CorrelationID: a.correlationID, Outcome: a.outcome()}
}

// Error is an answer of PingOne's that is no success: any 4xx or 5xx. Its outcome is [OutcomeRefused] for a 4xx and
// [OutcomeUnknown] for a 5xx.
//
// Codes are an open set. The vendor keeps the right to change the exact 4xx within its class: go by [OutcomeOf] first,
// by Code second, by StatusCode last. Source: the vendor's API reference.
type Error struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// ID identifies the error to the vendor's support. May be empty.
	ID string
	// Code is the class of error, such as [CodeInvalidData]; empty when the body is no error of PingOne's.
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string `json:"-"`
	// Target is what the error is about. May be empty, may repeat what was sent.
	Target string `json:"-"`
	// Details are the single reasons. May be empty.
	Details []ErrorDetail
	// CorrelationID is the answer's Correlation-Id.
	CorrelationID string `json:"-"`
	// RetryAfter is how long PingOne asks to wait, at most 24 hours; 0 when it does not say.
	RetryAfter time.Duration
	// Attempts are all requests of the call, the last one included.
	Attempts []Attempt

	operation string
}

// ErrorDetail is one reason within an [Error].
type ErrorDetail struct {
	// Code is the reason, such as [CodeInvalidValue] or [CodeNoUsableDevices].
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string `json:"-"`
	// Target is the property that the reason is about, such as "phone". May be empty, may repeat what was sent.
	Target string `json:"-"`
	// InnerError is a JSON object with more, such as {"maximumAllowed": 5}. May be empty.
	InnerError json.RawMessage `json:"-"`
}

// Error names status, codes and the properties that they are about. It holds nothing that may repeat what was sent.
func (e *Error) Error() string { return fmt.Sprint(*e) }

// Has reports whether the error or one of its details has the code.
func (e *Error) Has(code string) bool {
	for _, d := range e.Details {
		if d.Code == code {
			return true
		}
	}
	return e.Code == code
}

func (e *Error) outcome() Outcome { return outcomeOfStatus(e.StatusCode) }

// Format writes what Error returns, whatever the verb.
func (e Error) Format(f fmt.State, verb rune) {
	var b strings.Builder
	fmt.Fprintf(&b, "pingmfa: %s: PingOne answered %d", e.operation, e.StatusCode)
	if code := safeCode(e.Code); code != "" {
		b.WriteString(" " + code)
	}
	for i, d := range e.Details {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + d.text())
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (retry after %s)", e.RetryAfter)
	}
	if id := safeID(e.CorrelationID); id != "" {
		b.WriteString(" [Correlation-Id " + id + "]")
	}
	writeText(f, verb, b.String())
}

// Format writes code and property, whatever the verb.
func (d ErrorDetail) Format(f fmt.State, verb rune) { writeText(f, verb, d.text()) }

func (d ErrorDetail) text() string {
	code := safeCode(d.Code)
	if code == "" {
		code = "a detail without a known code"
	}
	if target := safeTarget(d.Target); target != "" {
		return target + " " + code
	}
	return code
}

// ResponseError is an answer that does not say what happened: a success without a readable body ([OutcomeAccepted]), or
// a redirect or a page that is not PingOne's ([OutcomeUnknown]).
type ResponseError struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Reason says what is wrong with the answer. It never repeats any of it.
	Reason string
	// CorrelationID is the answer's Correlation-Id.
	CorrelationID string `json:"-"`
	// Attempts are all requests of the call, the last one included.
	Attempts []Attempt
	// Err is the cause, if there is one: why reading the body ended.
	Err error `json:"-"`

	known     Outcome
	operation string
}

// Error names status and reason.
func (e *ResponseError) Error() string { return fmt.Sprint(*e) }

// Unwrap returns the cause.
func (e *ResponseError) Unwrap() error { return e.Err }

func (e *ResponseError) outcome() Outcome { return cmp.Or(e.known, outcomeOfStatus(e.StatusCode)) }

// Format writes what Error returns, whatever the verb.
func (e ResponseError) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf("pingmfa: %s: PingOne answered %d, but %s", e.operation, e.StatusCode, e.Reason)
	if id := safeID(e.CorrelationID); id != "" {
		text += " [Correlation-Id " + id + "]"
	}
	writeText(f, verb, text)
}

// CallError is a call that ended without an answer: no token, no connection, a lost one, a context that ended, or an
// earlier 429 that still holds. errors.Is and errors.As see the cause.
type CallError struct {
	// Outcome is [OutcomeNotSent] or [OutcomeUnknown].
	Outcome Outcome
	// RetryAfter is how long an earlier 429 still holds; 0 when that is not the reason.
	RetryAfter time.Duration
	// Attempts are the requests that the call made; empty when it made none.
	Attempts []Attempt
	// Err is the cause. Its text is not this package's and may hold anything.
	Err error `json:"-"`

	operation string
}

// Error says what went wrong, without the text of errors from elsewhere: net/http's can repeat bytes of an answer.
func (e *CallError) Error() string { return fmt.Sprint(*e) }

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

func (e *CallError) outcome() Outcome { return e.Outcome }

// Format writes what Error returns, whatever the verb.
func (e CallError) Format(f fmt.State, verb rune) {
	text := fmt.Sprintf("pingmfa: %s: %s (%s)", e.operation, describe(e.Err), e.Outcome)
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (retry after %s)", e.RetryAfter)
	}
	writeText(f, verb, text)
}
