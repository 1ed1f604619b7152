package pingmfa

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The patterns and limits of openapi.yaml. A test holds them together.
const (
	idPattern         = `^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`
	phonePattern      = `^\+[1-9]([ .()-]{0,4}[0-9]){6,14}$`
	emailPattern      = `^[^@<>\x00-\x20\x7f]+@[^@<>",\x00-\x20\x7f]+$`
	extensionPattern  = `^[0-9,#*]+$`
	externalIDPattern = `^[A-Za-z0-9._/@=#+-]+$`
	otpPattern        = `^[0-9]+$`

	maxNicknameLength   = 100
	maxExternalIDLength = 100
)

// validator keeps the first broken rule.
type validator struct{ first *ArgumentError }

// check takes the rule that the value of a field breaks. A valid value breaks none: "".
func (v *validator) check(field, rule string) {
	if rule != "" && v.first == nil {
		v.first = &ArgumentError{Field: field, Rule: rule}
	}
}

func (v *validator) err() error {
	if v.first == nil {
		return nil
	}
	return v.first
}

// encode encodes a request. It looks in the argument that the request was made of for text that is not UTF-8, for which
// encoding/json puts another character. A nil argument was checked before.
func (v *validator) encode(request any, name string, argument any) ([]byte, error) {
	if v.first != nil {
		return nil, v.first
	}
	payload, err := json.Marshal(request)
	if err != nil { // Only a value of the caller's own in ClientContext can cause this.
		return nil, &ArgumentError{Field: name + ".Notification.ClientContext", Rule: "must be encodable as JSON"}
	}
	// encoding/json writes U+FFFD for what is not UTF-8, as it is or escaped.
	if bytes.Contains(payload, []byte("\ufffd")) || bytes.Contains(payload, []byte(`\ufffd`)) {
		if path, found := invalidText(reflect.ValueOf(argument), false); found {
			return nil, &ArgumentError{Field: name + path, Rule: "must be valid UTF-8"}
		}
	}
	if !utf8.Valid(payload) { // A json.Marshaler wrote it.
		return nil, &ArgumentError{Field: name + ".Notification.ClientContext", Rule: "must be valid UTF-8"}
	}
	return payload, nil
}

// invalidText returns the path of the first text below v that is not valid UTF-8. It names no key of a map, which can
// be personal. Below a map, which can hold anything, it does not look into structs and into values that encode
// themselves: they can hold cycles that encoding/json does not follow.
func invalidText(v reflect.Value, inMap bool) (path string, found bool) {
	if inMap && (v.Kind() == reflect.Struct || encodesItself(v.Type())) {
		return "", false
	}
	switch v.Kind() { //nolint:exhaustive // other kinds hold no text
	case reflect.String:
		return "", !utf8.ValidString(v.String())
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			return invalidText(v.Elem(), inMap)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				if path, found = invalidText(v.Field(i), inMap); found {
					return "." + field.Name + path, true
				}
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); !found && entry.Next(); {
			_, key := invalidText(entry.Key(), true)
			_, value := invalidText(entry.Value(), true)
			found = key || value
		}
	case reflect.Slice, reflect.Array:
		for i := 0; !found && i < v.Len(); i++ {
			_, found = invalidText(v.Index(i), inMap)
		}
	}
	return "", found
}

// encodesItself reports whether a type, or a pointer to it, has a method by which encoding/json encodes it.
func encodesItself(t reflect.Type) bool {
	for _, t := range []reflect.Type{t, reflect.PointerTo(t)} {
		if t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			return true
		}
	}
	return false
}

// A rule returns the rule that a text breaks, or "" if the text is valid.
type rule func(string) string

// matching returns the rule for a text that may be empty.
func matching(pattern, broken string) rule {
	matches := regexp.MustCompile(pattern).MatchString
	return func(s string) string {
		if s == "" || matches(s) {
			return ""
		}
		return broken
	}
}

// required returns the rule for a text that must not be empty.
func required(r rule) rule {
	return func(s string) string {
		if s == "" {
			return "is required"
		}
		return r(s)
	}
}

var (
	requiredIDRule = required(idRule)
	phoneRule      = required(matching(phonePattern, "must be in international format: + and 7 to 15 digits, the first "+
		"not 0; spaces and . ( ) - may separate them"))
	emailRule        = required(matching(emailPattern, "must be an email address"))
	extensionRule    = matching(extensionPattern, "must consist of digits, comma, # and *")
	customDomainRule = matching(`^([0-9A-Za-z-]+\.)+[0-9A-Za-z-]+$`, "must be a host name, such as auth.example.com")
	otpRule          = required(matching(otpPattern, "must consist of digits"))

	credentialTextRule = required(func(s string) string {
		if strings.ContainsFunc(s, unicode.IsControl) {
			return "must have no control characters, such as the end of a line"
		}
		return ""
	})

	requiredTextRule = required(func(s string) string {
		if !utf8.ValidString(s) {
			return "must be valid UTF-8"
		}
		return ""
	})

	matchesExternalID = regexp.MustCompile(externalIDPattern).MatchString
)

func externalIDRule(s string) string {
	if len(s) > maxExternalIDLength || !matchesExternalID(s) {
		return "must be 1 to 100 letters, digits and . _ - / @ = # +"
	}
	return ""
}

// credentialRule takes a WebAuthn credential: a JSON object.
func credentialRule(credential []byte) string {
	switch {
	case len(credential) == 0:
		return "is required"
	case !utf8.Valid(credential) || !json.Valid(credential) || bytes.TrimSpace(credential)[0] != '{':
		return "must be a JSON object"
	}
	return ""
}

// idRule takes an id that may be empty. An id in this form cannot change the path of a URL.
func idRule(s string) string {
	if s == "" || isID(s) {
		return ""
	}
	return "must be 8-4-4-4-12 hexadecimal digits"
}

// isID matches idPattern without package regexp: every call checks ids.
func isID(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	return len(s) == 36
}
