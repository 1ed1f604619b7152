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
func readJSON(body []byte) (d document) {
	if rest, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		d.find("", ruleBOM, "a byte order mark stands before the JSON")
		body = rest
	}
	// Without these options, the decoder would stop at the first duplicate name or invalid UTF-8.
	tokens := jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := d.readTokens(tokens); err != nil {
		d.findSyntax(body, err)
		return d
	}
	if _, err := tokens.ReadToken(); !errors.Is(err, io.EOF) {
		d.find("", ruleTrailing, "bytes follow the JSON value")
	}
	values := json.NewDecoder(bytes.NewReader(body))
	values.UseNumber()
	if err := values.Decode(&d.value); err != nil {
		d.findSyntax(body, err)
		return d
	}
	d.readable = true
	return d
}

// readTokens reads the tokens of one value, and finds duplicate names and invalid UTF-8.
func (d *document) readTokens(tokens *jsontext.Decoder) error {
	var open []map[string]bool // the names so far in each open object; arrays have none
	for {
		parent, length := tokens.StackIndex(tokens.StackDepth())
		if tokens.PeekKind() != '"' {
			if _, err := tokens.ReadToken(); err != nil {
				return err
			}
			switch depth := tokens.StackDepth(); {
			case depth > len(open):
				open = append(open, map[string]bool{})
			case depth < len(open):
				open = open[:depth]
			}
		} else {
			raw, err := tokens.ReadValue()
			if err != nil {
				return err
			}
			// By default, jsontext refuses invalid UTF-8 and escaped halves of a surrogate pair.
			if !raw.IsValid() {
				d.find(tokens.StackPointer(), ruleUTF8, "the string is not valid UTF-8")
			}
			if parent == '{' && length%2 == 0 {
				name, _ := jsontext.AppendUnquote(nil, raw) // the only error is invalid UTF-8, replaced with U+FFFD
				names := open[len(open)-1]
				if names[string(name)] {
					d.find(tokens.StackPointer(), ruleDuplicate, "the name stands twice in its object")
				}
				names[string(name)] = true
			}
		}
		if len(open) == 0 {
			return nil
		}
	}
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

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
