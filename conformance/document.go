package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// The rules of JSON itself. No schema is needed to check them.
const (
	ruleBOM           = "bom"
	ruleDuplicate     = "duplicate"
	ruleUTF8          = "utf8"
	ruleSyntax        = "syntax"
	ruleTrailingComma = "trailingComma"
	ruleTrailing      = "trailing"
)

// document is a parsed body.
type document struct {
	// value is the JSON value: nil, bool, json.Number, string, []any or map[string]any. Of duplicate members it has the
	// last one.
	value any
	// readable reports whether value is set. It is false after a syntax error.
	readable bool
	findings []Finding
}

// readJSON parses a body. A byte order mark, duplicate names, invalid UTF-8 and trailing bytes do not stop it.
func readJSON(body []byte) document {
	d := document{readable: true}
	if rest, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		d.find("", ruleBOM, "a byte order mark stands before the JSON")
		body = rest
	}
	// Without these options, the decoder would stop at the first duplicate name or invalid UTF-8.
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	value, err := d.readValue(decoder)
	if err != nil {
		d.readable = false
		d.findSyntax(body, err)
		return d
	}
	d.value = value
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		d.find("", ruleTrailing, "bytes follow the JSON value")
	}
	return d
}

func (d *document) find(pointer jsontext.Pointer, rule, message string) {
	d.findings = append(d.findings, Finding{Pointer: string(pointer), Rule: rule, Message: message})
}

// findSyntax adds a finding where the syntax error is. It does not use the text of the error, which quotes the payload.
func (d *document) findSyntax(body []byte, err error) {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		d.find("", ruleSyntax, "there is no JSON value")
		return
	}
	rest := body[min(max(syntactic.ByteOffset, 0), int64(len(body))):]
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		d.find(syntactic.JSONPointer, ruleSyntax, "the JSON ends too early")
	case endsAfterComma(rest):
		d.find(syntactic.JSONPointer, ruleTrailingComma, "a comma stands after the last element")
	default:
		d.find(syntactic.JSONPointer, ruleSyntax, "this is not JSON")
	}
}

// endsAfterComma reports whether rest is a comma followed by the end of its object or array.
func endsAfterComma(rest []byte) bool {
	rest, ok := bytes.CutPrefix(rest, []byte(","))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return ok && len(rest) > 0 && (rest[0] == '}' || rest[0] == ']')
}

func (d *document) readValue(decoder *jsontext.Decoder) (any, error) {
	switch decoder.PeekKind() {
	case '"':
		return d.readString(decoder)
	case '0':
		raw, err := decoder.ReadValue()
		return json.Number(raw), err
	case '{':
		return d.readObject(decoder)
	case '[':
		return d.readArray(decoder)
	default: // a literal, the end of the body, or a syntax error
		token, err := decoder.ReadToken()
		if err != nil || token.Kind() == 'n' {
			return nil, err
		}
		return token.Bool(), nil
	}
}

func (d *document) readString(decoder *jsontext.Decoder) (string, error) {
	raw, err := decoder.ReadValue()
	if err != nil {
		return "", err
	}
	// By default, jsontext refuses invalid UTF-8 and escaped halves of a surrogate pair.
	if !raw.IsValid() {
		d.find(decoder.StackPointer(), ruleUTF8, "the string is not valid UTF-8")
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // the only error is invalid UTF-8, replaced with U+FFFD
	return string(text), nil
}

func (d *document) readObject(decoder *jsontext.Decoder) (any, error) {
	if _, err := decoder.ReadToken(); err != nil {
		return nil, err
	}
	object := map[string]any{}
	for decoder.PeekKind() == '"' {
		name, err := d.readString(decoder)
		if err != nil {
			return nil, err
		}
		if _, ok := object[name]; ok {
			d.find(decoder.StackPointer(), ruleDuplicate, "the name stands twice in its object")
		}
		if object[name], err = d.readValue(decoder); err != nil {
			return nil, err
		}
	}
	_, err := decoder.ReadToken()
	return object, err
}

func (d *document) readArray(decoder *jsontext.Decoder) (any, error) {
	if _, err := decoder.ReadToken(); err != nil {
		return nil, err
	}
	array := []any{}
	for kind := decoder.PeekKind(); kind != ']' && kind != 0; kind = decoder.PeekKind() {
		value, err := d.readValue(decoder)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := decoder.ReadToken()
	return array, err
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
