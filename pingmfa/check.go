package pingmfa

import "unicode/utf8"

const (
	maxNicknameLength   = 100
	maxExternalIDLength = 100
)

// check collects the first thing that is wrong with a request.
type check struct{ err error }

// fail takes the field in two parts, as all methods do: they are put together for an error alone.
func (c *check) fail(field, name, rule string) {
	if c.err == nil {
		c.err = &ArgumentError{Field: field + name, Rule: rule}
	}
}

func (c *check) id(field, name, value string) {
	switch {
	case value == "":
		c.fail(field, name, "is required")
	case !idShape(value):
		c.fail(field, name, "must be 8-4-4-4-12 hexadecimal digits")
	}
}

func (c *check) optionalID(field, name, value string) {
	if value != "" {
		c.id(field, name, value)
	}
}

func (c *check) phone(field, name, value string) {
	switch {
	case value == "":
		c.fail(field, name, "is required")
	case value[0] != '+':
		c.fail(field, name, "must be in international format, with a leading +")
	case !phoneShape(value):
		c.fail(field, name, "must be + and 7 to 15 digits, the first not 0; spaces and . ( ) - may stand between them")
	}
}

func (c *check) email(field, name, value string) {
	switch {
	case value == "":
		c.fail(field, name, "is required")
	case !emailShape(value):
		c.fail(field, name, "must be an email address")
	}
}

func (c *check) extension(field, name, value string) {
	if value != "" && !extensionShape(value) {
		c.fail(field, name, "must hold nothing but digits, comma, # and *")
	}
}

func (c *check) nickname(field, name, value string) {
	if utf8.RuneCountInString(value) > maxNicknameLength {
		c.fail(field, name, "must have at most 100 characters")
	}
}

// checkID keeps out every id that could change a URL's path, and typing errors with it.
func checkID(field, value string) error {
	var check check
	check.id(field, "", value)
	return check.err
}

// encoded takes the error of encoding a part of a request, which only a value in ClientContext can cause.
func (c *check) encoded(field, name string, err error) {
	if err != nil {
		c.fail(field, name, "cannot be written as JSON")
	}
}
