package pingmfa

import (
	"regexp"
	"unicode/utf8"
)

// The shapes that requests are checked for before anything is sent. Each is a pattern of openapi.yaml; a test holds
// them together.
var (
	phoneShape     = regexp.MustCompile(`^\+[1-9]([ .()-]{0,4}[0-9]){6,14}$`)
	emailShape     = regexp.MustCompile(`^[^@<>\x00-\x20\x7f]+@[^@<>",\x00-\x20\x7f]+$`)
	extensionShape = regexp.MustCompile(`^[0-9,#*]+$`)

	externalIDShape = regexp.MustCompile(`^[A-Za-z0-9._/@=#+-]+$`)
)

const (
	maxNicknameLength   = 100
	maxExternalIDLength = 100
)

// check collects the first thing that is wrong with a request.
type check struct{ err error }

func (c *check) fail(field, rule string) {
	if c.err == nil {
		c.err = &ArgumentError{Field: field, Rule: rule}
	}
}

func (c *check) id(field, value string) {
	if err := checkID(field, value); err != nil && c.err == nil {
		c.err = err
	}
}

func (c *check) optionalID(field, value string) {
	if value != "" {
		c.id(field, value)
	}
}

func (c *check) phone(field, value string) {
	switch {
	case value == "":
		c.fail(field, "is required")
	case value[0] != '+':
		c.fail(field, "must be in international format, with a leading +")
	case !phoneShape.MatchString(value):
		c.fail(field, "must be + and 7 to 15 digits, the first not 0; spaces and . ( ) - may stand between them")
	}
}

func (c *check) email(field, value string) {
	switch {
	case value == "":
		c.fail(field, "is required")
	case !emailShape.MatchString(value):
		c.fail(field, "must be an email address")
	}
}

func (c *check) extension(field, value string) {
	if value != "" && !extensionShape.MatchString(value) {
		c.fail(field, "must hold nothing but digits, comma, # and *")
	}
}

func (c *check) nickname(field, value string) {
	if utf8.RuneCountInString(value) > maxNicknameLength {
		c.fail(field, "must have at most 100 characters")
	}
}

// checkID keeps out every id that could change a URL's path, and typing errors with it.
func checkID(field, value string) error {
	switch {
	case value == "":
		return &ArgumentError{Field: field, Rule: "is required"}
	case !idShape.MatchString(value):
		return &ArgumentError{Field: field, Rule: "must be 8-4-4-4-12 hexadecimal digits"}
	}
	return nil
}

// encoded takes the error of encoding a part of a request, which only a value in ClientContext can cause.
func (c *check) encoded(field string, err error) {
	if err != nil {
		c.fail(field, "cannot be written as JSON")
	}
}
