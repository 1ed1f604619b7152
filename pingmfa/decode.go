package pingmfa

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/gen"
)

// decode reads an answer: the status decides first, the content type second, the JSON third. A 2xx is a success when
// its body is a JSON object that has what the contract requires; anything else in it that cannot be understood is left
// out, because an answer that says "sent" must never become an error.
func decode[T any](operation string, a *answer, convert func(*answer) *T) (*T, error) {
	if a.status >= http.StatusBadRequest {
		return nil, decodeError(operation, a)
	}
	var reason string
	switch {
	case !a.success():
		reason = "that is no answer to this request"
	case errors.Is(a.bodyErr, errBodyTooLong):
		reason = "the body is longer than 1 MiB"
	case a.bodyErr != nil:
		reason = "the body ended early: " + describe(a.bodyErr)
	case !jsonType(a.header):
		reason = "the Content-Type is not JSON"
	default:
		if out := convert(a); out != nil {
			return out, nil
		}
		reason = "the body is not a JSON object with the required properties"
	}
	return nil, &ResponseError{
		StatusCode:    a.status,
		Reason:        reason,
		CorrelationID: a.correlationID,
		Attempts:      slices.Clone(a.attempts),
		Err:           a.bodyErr,
		known:         a.outcome(),
		operation:     operation,
	}
}

// jsonType takes application/json, any type whose suffix is +json, and no type at all.
func jsonType(h http.Header) bool {
	value := h.Get("Content-Type")
	if value == "" || value == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(value)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return false
	}
	return media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json")
}

// unmarshalLenient reads JSON and leaves out what does not have the type that the model has for it.
func unmarshalLenient[M any](data []byte, model *M) error {
	err := json.Unmarshal(data, model)
	if err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return err
	}
	var clean M
	err = json.Unmarshal(compare(data, reflect.TypeFor[M](), func(string, DriftKind) {}), &clean)
	*model = clean
	if errors.As(err, &mismatch) {
		return nil
	}
	return err
}

func decodeError(operation string, a *answer) error {
	e := &Error{
		StatusCode:    a.status,
		CorrelationID: a.correlationID,
		Attempts:      slices.Clone(a.attempts),
		RetryAfter:    a.retryAfter,
		operation:     operation,
	}
	var body gen.Error
	if a.bodyErr != nil || unmarshalLenient(a.body, &body) != nil {
		return e
	}
	e.ID, e.Code, e.Message, e.Target = body.ID, body.Code, body.Message, body.Target
	for _, d := range body.Details {
		e.Details = append(e.Details, ErrorDetail{
			Code:       d.Code,
			Message:    d.Message,
			Target:     d.Target,
			InnerError: d.InnerError,
		})
	}
	return e
}

// usedUp reports whether a 429 is about a quota (such as a user's messages a day) rather than a rate: it is not the
// other calls' concern then.
func usedUp(a *answer) bool {
	var e *Error
	return errors.As(decodeError("", a), &e) && e.Has(CodeQuotaExceeded)
}

// raw is an answer's body behind a pointer, so that no formatting of the value around it can reach it.
type raw struct{ body []byte }

func (r *raw) clone() json.RawMessage {
	if r == nil {
		return nil
	}
	return slices.Clone(r.body)
}
