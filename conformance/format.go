package conformance

import (
	"errors"
	"net/url"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

var errFormat = errors.New("format")

// stringFormats are given to kin-openapi with each call. By itself it checks neither email nor uri, and its ways to
// define formats are global to the process.
var stringFormats = openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
	// One address and nothing else: no display name, no angle brackets. Finer rules are the mail server's.
	"email": openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForEmail),
	"date-time": openapi3.NewCallbackValidator(func(value string) error {
		var t time.Time
		return t.UnmarshalText([]byte(value)) // RFC 3339, to the letter; time.Parse takes more.
	}),
	"uri": openapi3.NewCallbackValidator(func(value string) error {
		if u, err := url.Parse(value); err != nil || !u.IsAbs() {
			return errFormat
		}
		return nil
	}),
})
