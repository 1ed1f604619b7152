package pingmfa

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Outcome says whether PingOne acted on a request. It depends on whether the whole request was sent and on the status
// of the response, never on the text of an error.
type Outcome string

// The outcomes. After [OutcomeNotSent] and [OutcomeRefused], no message was sent because of this call.
const (
	// OutcomeNotSent: PingOne did not receive the whole request: an invalid argument, no token, no connection, a context
	// that ended too early. The call may be made again after its cause is gone.
	OutcomeNotSent Outcome = "not sent"
	// OutcomeRefused: PingOne responded that it did not act (4xx). The same call fails again, except after a 429. A wrong
	// passcode is refused, too, and uses up a try.
	OutcomeRefused Outcome = "refused"
	// OutcomeUnknown: the request may have been sent, and no reliable response came back: a timeout, a lost connection,
	// a 5xx, a redirect, a page of an intermediary, whatever its status, or a transport that gives no evidence. A message
	// may have been sent. Ask the user before you make the call again. After SelectDevice, CheckOTP, CheckAssertion and
	// ChangeDevice, [Client.Authentication] returns the state that the authentication has now.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeAccepted: PingOne acted (2xx). As the outcome of an error: the response could not be read.
	OutcomeAccepted Outcome = "accepted"
)

// OutcomeOf returns the outcome of a call from the error that the call returned. It returns [OutcomeAccepted] for nil,
// and [OutcomeUnknown] for an error that is not from this package. Of the errors of several calls, pass each by itself.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeAccepted
	}
	// The outermost error decides: the cause of a context that ended can be the error of another call.
	var e interface{ outcomeOfCall() Outcome }
	if errors.As(err, &e) && !isNil(e) {
		return e.outcomeOfCall()
	}
	return OutcomeUnknown
}

func (e *ArgumentError) outcomeOfCall() Outcome { return OutcomeNotSent }
func (e *TokenError) outcomeOfCall() Outcome    { return OutcomeNotSent }
func (e *CallError) outcomeOfCall() Outcome     { return cmp.Or(e.Outcome, OutcomeUnknown) }
func (e *Error) outcomeOfCall() Outcome         { return cmp.Or(e.outcome, outcomeOfStatus(e.StatusCode)) }

// outcomeOfStatus returns the outcome of a response of PingOne's. The vendor may change the exact status in its class.
func outcomeOfStatus(status int) Outcome {
	switch status / 100 {
	case 2:
		return OutcomeAccepted
	case 4:
		return OutcomeRefused
	}
	return OutcomeUnknown
}

// ArgumentError reports an invalid [Config] or argument. Nothing was sent.
type ArgumentError struct {
	// Field is the Go field, such as "Config.Region" or "AuthenticationRequest.Device.Phone", or the parameter, such as
	// "userID" or "device.Phone".
	Field string
	// Rule is the rule that the value breaks. It never repeats the value.
	Rule string
}

// Error names the field and the rule.
func (e *ArgumentError) Error() string { return "pingmfa: " + e.Field + " " + e.Rule }

// Attempt is one request of a call. A call has several if PingOne certainly did not act on the earlier ones.
type Attempt struct {
	// StatusCode is the HTTP status of the response, or 0 if there was none.
	StatusCode int
	// CorrelationID is the Correlation-Id of the response. The vendor's support asks for it.
	CorrelationID string
	Outcome       Outcome
}

// Error is an unsuccessful response: a 4xx ([OutcomeRefused]); a 5xx, a redirect or a page of an intermediary
// ([OutcomeUnknown]); or a 2xx whose body cannot be read, such as one longer than 1 MiB ([OutcomeAccepted]).
//
// Codes are an open set. The vendor may change the exact 4xx within its class: decide by [OutcomeOf] first, by Code
// second, by StatusCode last. Source: the vendor's API reference.
type Error struct {
	// StatusCode is the HTTP status.
	StatusCode int
	// Reason says why the response is not usable, in this package's words. It is empty for an error of PingOne's.
	Reason string
	// ID identifies the error for the vendor's support. May be empty.
	ID string
	// Code is the class of the error, such as [CodeInvalidData]. It is empty if the body is not in PingOne's form.
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string
	// Target is the property that the error is about. It may be empty, and may repeat what was sent.
	Target string
	// Details are the reasons of the error. May be empty.
	Details []ErrorDetail
	// CorrelationID is the Correlation-Id of the response. The vendor's support asks for it.
	CorrelationID string
	// RetryAfter is the wait that PingOne asks for, at most 24 hours. It is 0 if PingOne asks for none.
	RetryAfter time.Duration
	// Attempts are all HTTP requests of the call, the last one included. They are not the tries of a passcode.
	Attempts []Attempt
	// Err is the cause, if reading the body failed.
	Err error

	operation string
	outcome   Outcome
}

// ErrorDetail is one reason of an [Error].
type ErrorDetail struct {
	// Code is the reason, such as [CodeInvalidValue] or [CodeNoUsableDevices].
	Code string
	// InnerError is a JSON object with more, such as {"maximumAllowed": 5}. May be empty.
	InnerError json.RawMessage
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string
	// Target is the property that the reason is about, such as "phone". It may be empty, and may repeat what was sent.
	Target string
}

// Error names the status, the codes and the properties that they are about. It contains nothing that may repeat what
// was sent.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "pingmfa: %s: the response was %d", e.operation, e.StatusCode)
	if e.Reason != "" {
		b.WriteString(" with " + e.Reason)
	}
	if code := shownText(e.Code); code != "" {
		b.WriteString(" " + code)
	}
	separator := ": "
	for _, d := range e.Details[:min(len(e.Details), maxShown)] {
		b.WriteString(separator + d.text())
		separator = ", "
	}
	if more := len(e.Details) - maxShown; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (retry after %s)", e.RetryAfter)
	}
	b.WriteString(correlationText(e.CorrelationID))
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Has reports whether the error or one of its details has the code.
func (e *Error) Has(code string) bool {
	for _, d := range e.Details {
		if d.Code == code {
			return true
		}
	}
	return e.Code == code
}

// AttemptsRemaining returns the number of tries that are left after a wrong passcode. It returns false if PingOne does
// not say it.
func (e *Error) AttemptsRemaining() (n int, ok bool) {
	number, ok := e.innerNumber("attemptsRemaining")
	n = int(number)
	return n, ok && float64(n) == number && n >= 0
}

// LockedUntil returns the time until which PingOne refuses passcodes, after too many wrong ones. It returns false if
// PingOne does not say it.
func (e *Error) LockedUntil() (t time.Time, ok bool) {
	milliseconds, ok := e.innerNumber("coolDownExpiresAt")
	if ok = ok && milliseconds > 0 && milliseconds <= maxMilliseconds; !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(milliseconds)), true
}

// maxMilliseconds is the end of the year 9999, the last one that encoding/json can write.
const maxMilliseconds = 253_402_300_799_999

// innerNumber returns the first number of a name in the InnerError of a detail. A number in a text counts as well.
func (e *Error) innerNumber(name string) (number float64, ok bool) {
	for _, d := range e.Details {
		var members map[string]json.RawMessage
		if json.Unmarshal(d.InnerError, &members) != nil {
			continue
		}
		number, err := strconv.ParseFloat(strings.Trim(string(members[name]), `"`), 64)
		if err == nil {
			return number, true
		}
	}
	return 0, false
}

func (d ErrorDetail) text() string {
	code := shownText(d.Code)
	if code == "" {
		code = "a detail without a known code"
	}
	if target := shownText(d.Target); target != "" {
		return target + " " + code
	}
	return code
}

// CallError reports a call that ended without a response: no token, no connection, a lost connection, a context that
// ended, or a rate limit. errors.Is and errors.As find the cause, and [context.Cause] of the context. With errgroup,
// that is the error of another call: [OutcomeOf] is not misled by it.
type CallError struct {
	// Outcome is [OutcomeNotSent] or [OutcomeUnknown].
	Outcome Outcome
	// RetryAfter is how long an earlier 429 still holds back the calls of the client. It is 0 if that is not the cause.
	RetryAfter time.Duration
	// Attempts are the requests of the call. It is empty if the call sent none.
	Attempts []Attempt
	// Err is the cause. Its text is not of this package and may contain anything.
	Err error

	operation string
}

// Error describes the failure without the text of other packages' errors: those of net/http can repeat bytes of a
// response.
func (e *CallError) Error() string {
	text := fmt.Sprintf("pingmfa: %s: %s (%s)", e.operation, describe(e.Err), e.Outcome)
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (retry after %s)", e.RetryAfter)
	}
	return text
}

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// TokenError reports that there is no access token. Nothing was sent to PingOne MFA. It is the cause of a [CallError].
type TokenError struct {
	// StatusCode is the HTTP status of the token endpoint, or 0 if it did not respond.
	StatusCode int
	// Code is the OAuth 2.0 error, such as invalid_client (RFC 6749, section 5.2). May be empty.
	Code string
	// Description is the endpoint's error_description. It may repeat what was sent: don't log it.
	Description string
	// Reason describes the failure in this package's words.
	Reason string
	// CorrelationID is the Correlation-Id of the response.
	CorrelationID string
	// Err is the cause, or nil.
	Err error
}

// Error describes the failure without any text from the endpoint.
func (e *TokenError) Error() string { return "pingmfa: " + e.text() }

// Unwrap returns the cause.
func (e *TokenError) Unwrap() error { return e.Err }

func (e *TokenError) text() string {
	text := "no access token: " + e.Reason
	if e.StatusCode != 0 {
		text += fmt.Sprintf(", status %d", e.StatusCode)
	}
	if code := shownText(e.Code); code != "" {
		text += " " + code
	}
	if e.Err != nil {
		text += ": " + describe(e.Err)
	}
	return text + correlationText(e.CorrelationID)
}

func correlationText(id string) string {
	if id = shownText(id); id == "" {
		return ""
	}
	return " [Correlation-Id " + id + "]"
}

// The known codes of an [Error], with the usual status, and of an [ErrorDetail]. [Error.Has] looks at both. They are
// open sets.
const (
	// The codes of an Error.

	CodeInvalidData     = "INVALID_DATA"     // 400
	CodeInvalidRequest  = "INVALID_REQUEST"  // 400, 415
	CodeRequestFailed   = "REQUEST_FAILED"   // 400
	CodeAccessFailed    = "ACCESS_FAILED"    // 401, 403
	CodeNotFound        = "NOT_FOUND"        // 404
	CodeRequestLimited  = "REQUEST_LIMITED"  // 429
	CodeUnexpectedError = "UNEXPECTED_ERROR" // 500

	// The codes of an ErrorDetail.

	CodeAccountNotUsable        = "ACCOUNT_NOT_USABLE"
	CodeConstraintViolation     = "CONSTRAINT_VIOLATION"
	CodeEmptyValue              = "EMPTY_VALUE"
	CodeExtraOTPRequired        = "EXTRA_OTP_REQUIRED" // an OATH token is out of step: another passcode is needed
	CodeInsufficientPermissions = "INSUFFICIENT_PERMISSIONS"
	CodeInvalidOTP              = "INVALID_OTP" // a wrong passcode; see [Error.AttemptsRemaining]
	CodeInvalidParameter        = "INVALID_PARAMETER"
	CodeInvalidToken            = "INVALID_TOKEN"
	CodeInvalidValue            = "INVALID_VALUE"
	CodeLicenseExceeded         = "LICENSE_EXCEEDED"
	CodeLimitExceeded           = "LIMIT_EXCEEDED" // a device too many for a user (400), or a rate limit (429)
	CodeAuthMethodsConflict     = "MFA_AUTH_METHODS_CONFLICT"
	CodeNoUsableDevices         = "NO_USABLE_DEVICES" // see Failed
	CodeOutOfRange              = "OUT_OF_RANGE"
	// CodeQuotaExceeded is the limit of a user's messages in a day (429: 50 SMS and 50 emails), or of wrong passcodes
	// (400, with [Error.LockedUntil]). It does not hold back the calls for other users.
	CodeQuotaExceeded       = "QUOTA_EXCEEDED"
	CodeRequiredValue       = "REQUIRED_VALUE"
	CodeSizeLimitExceeded   = "SIZE_LIMIT_EXCEEDED"
	CodeUniquenessViolation = "UNIQUENESS_VIOLATION"
)
