package pingmfa

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pingmfa/pingmfa-go/gen"
)

// The reasons of errors of several calls.
const (
	noResult    = "no result: it is a redirect, or informational"
	foreignBody = "neither a Correlation-Id nor JSON"
)

// outcome returns what a response says.
func (r *response) outcome() Outcome {
	if r.isForeign() {
		return OutcomeUnknown
	}
	return outcomeOfStatus(r.status)
}

// isForeign reports whether a response has neither a Correlation-Id, as all responses of PingOne MFA have, nor JSON, as
// those of its gateway have. It comes from an intermediary, which may or may not have forwarded the request.
func (r *response) isForeign() bool {
	object := bytes.HasPrefix(bytes.TrimSpace(r.body), []byte("{"))
	return r.correlationID == "" && (!r.isJSON() || r.contentType == "" && !object)
}

// isJSON reports whether the Content-Type is application/json or a type with the suffix +json, or absent. Parameters
// can be in any form: intermediaries add some twice.
func (r *response) isJSON() bool {
	if r.contentType == "" || r.contentType == "application/json" { // fast path
		return true
	}
	media, _, _ := strings.Cut(strings.ToLower(r.contentType), ";")
	media = strings.TrimSpace(media)
	if strings.ContainsAny(media, " ,") { // several values, or none
		return false
	}
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

// decode decodes a response into a model of the generated client and converts it. It looks at the status first, at the
// Content-Type second and at the JSON third. A 2xx whose body has the required members is a success, whatever else is
// unexpected in it: PingOne acted, and the caller must not take that for a failure. A body with another id than the
// call is an error, because it could log in another user. convert returns the id, and nil if a required member is
// missing.
func decode[Model, T any](call *call, r *response, convert func(*response, *Model) (*T, string)) (*T, error) {
	reason := ""
	switch class := r.status / 100; {
	case class >= 4:
		return nil, decodeError(call, r)
	case class != 2:
		reason = noResult
	case errors.Is(r.bodyErr, errBodyTooLong):
		reason = "a body longer than 1 MiB"
	case r.bodyErr != nil:
		reason = "a body that ended early: " + describe(r.bodyErr)
	case !r.isJSON():
		reason = "a Content-Type that is not JSON"
	default:
		reason = "a body that is not a JSON object with the required members"
		model := new(Model)
		if unmarshalLenient(r.body, model) == nil {
			out, id := convert(r, model)
			if out != nil && (call.id == "" || strings.EqualFold(id, call.id)) {
				return out, nil
			}
			if out != nil {
				reason = "a body with another id than the request"
			}
		}
	}
	return nil, newError(call, r, reason)
}

// decodeError decodes the error envelope of a 4xx or 5xx. A member that cannot be read is zero.
func decodeError(call *call, r *response) *Error {
	e := newError(call, r, "")
	if r.isForeign() {
		e.Reason = foreignBody
	}
	var body gen.Error
	if r.bodyErr != nil || unmarshalLenient(r.body, &body) != nil {
		return e
	}
	e.ID, e.Code, e.Message, e.Target = body.ID, body.Code, body.Message, body.Target
	for _, d := range body.Details {
		e.Details = append(e.Details, ErrorDetail(d))
	}
	return e
}

func newError(call *call, r *response, reason string) *Error {
	return &Error{
		StatusCode:    r.status,
		Reason:        reason,
		CorrelationID: r.correlationID,
		RetryAfter:    r.retryAfter,
		Attempts:      call.attempts,
		Err:           r.bodyErr,
		operation:     call.operation,
		outcome:       r.outcome(),
	}
}

// unmarshalLenient decodes JSON and leaves out the members that have another type than the model: encoding/json goes on
// after a mismatch.
func unmarshalLenient(data []byte, model any) error {
	err := json.Unmarshal(data, model)
	if err != nil && errors.As(err, new(*json.UnmarshalTypeError)) {
		return nil
	}
	return err
}

// isReadable reports whether a required member is usable: it is not empty and was valid UTF-8, for which encoding/json
// puts U+FFFD otherwise.
func isReadable(s string) bool { return s != "" && !strings.ContainsRune(s, utf8.RuneError) }

// parseTime parses a timestamp. It returns the zero Time if the text is not RFC 3339.
func parseTime(s string) time.Time {
	if s == "" { // fast path: no error to build
		return time.Time{}
	}
	t, _ := time.Parse(time.RFC3339, s) // zero with an error
	return t
}

// parsePasscode returns the passcode of test.otp, which one source shows as a string and another as a number.
func parsePasscode(value json.RawMessage) string {
	if len(value) == 0 {
		return ""
	}
	var s string
	if json.Unmarshal(value, &s) == nil { // null leaves s empty
		return s
	}
	var n json.Number
	_ = json.Unmarshal(value, &n) // neither a string nor a number leaves n empty
	return n.String()
}

// decodeNothing is decode for an operation whose success has no result: any 2xx of PingOne's.
func decodeNothing(call *call, r *response) (*struct{}, error) {
	switch class := r.status / 100; {
	case class >= 4:
		return nil, decodeError(call, r)
	case class != 2:
		return nil, newError(call, r, noResult)
	case r.isForeign():
		return nil, newError(call, r, foreignBody)
	}
	return nil, nil //nolint:nilnil // there is no result
}
