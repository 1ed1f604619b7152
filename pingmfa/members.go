package pingmfa

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// required reads the two members of an answer that the contract requires. Each must be there once, spelt exactly so,
// and be text: encoding/json alone takes "STATUS" for "status" and the last of two, but an answer that says two things
// says nothing. data has to be a valid JSON text.
func required(data []byte, first, second member) (a, b string, ok bool) {
	var firsts, seconds int
	var firstValue, secondValue []byte
	members(data, func(key, value []byte) {
		switch string(key) {
		case first.name:
			firsts++
			firstValue = value
		case second.name:
			seconds++
			secondValue = value
		}
	})
	if firsts != 1 || seconds != 1 {
		return "", "", false
	}
	a, b = first.text(firstValue), second.text(secondValue)
	return a, b, readable(a) && readable(b)
}

// member is a required member, and what encoding/json read for it.
type member struct{ name, read string }

// text reads a JSON string: mostly, what was read is just what stands between its quotes.
func (m member) text(value []byte) string {
	if bytes.IndexByte(value, '\\') < 0 && string(value[1:len(value)-1]) == m.read {
		return m.read
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// readable keeps out bytes that are no UTF-8, and what encoding/json writes for them: an id that was garbled names
// nothing.
func readable(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError)
}

// members calls visit for each member of a JSON object whose value is text, with the bytes between the quotes of its
// key, and its value with them. data has to be a valid JSON text; one that is no object has no members.
func members(data []byte, visit func(key, value []byte)) {
	depth := 0
	for i := 0; i < len(data); i++ {
		c := data[i]
		if c <= ' ' { // indentation: much of some answers
			continue
		}
		switch c {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			start := i
			i = stringEnd(data, start)
			if depth == 1 {
				key := data[start+1 : i-1]
				if start = skipSpace(data, i); start < len(data) && data[start] == ':' {
					if start = skipSpace(data, start+1); start < len(data) && data[start] == '"' {
						i = stringEnd(data, start)
						visit(key, data[start:i])
					}
				}
			}
			i--
		}
	}
}

// skipSpace is the index of what comes after white space.
func skipSpace(data []byte, i int) int {
	for i < len(data) && data[i] <= ' ' {
		i++
	}
	return i
}

// stringEnd is the index after the quote that closes the string which opens at start: the next that stands behind an
// even number of backslashes.
func stringEnd(data []byte, start int) int {
	for i := start + 1; i < len(data); {
		next := bytes.IndexByte(data[i:], '"')
		if next < 0 {
			break
		}
		quote := i + next
		escapes := quote
		for escapes > i && data[escapes-1] == '\\' {
			escapes--
		}
		i = quote + 1
		if (quote-escapes)%2 == 0 {
			return i
		}
	}
	return len(data)
}
