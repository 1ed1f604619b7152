package pingmfa

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// encoding/json takes "STATUS" for "status", the last of two members, and no part of a text without all of it. What is
// here reads members as they are spelt. It checks nothing: encoding/json has taken the text before.

// required reads the two members of an answer that the contract requires. Each must be text, and there once: an answer
// that says two things says nothing.
func required(data []byte, first, second member) (a, b string, ok bool) {
	var firsts, seconds int
	var firstValue, secondValue []byte
	members(data, func(key, value []byte) {
		switch {
		case value[0] != '"':
		case string(key) == first.name:
			firsts++
			firstValue = value
		case string(key) == second.name:
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

// text takes what was read when it is just what stands between the quotes, as it mostly is.
func (m member) text(value []byte) string {
	if string(value[1:len(value)-1]) == m.read && plain(value) {
		return m.read
	}
	return text(value)
}

// plain reports whether what stands between the quotes of a JSON string is its text.
func plain(value []byte) bool { return bytes.IndexByte(value, '\\') < 0 && utf8.Valid(value) }

// text reads a JSON string; any other value is empty.
func text(value []byte) (s string) {
	if len(value) > 0 && value[0] == '"' && plain(value) {
		return string(value[1 : len(value)-1])
	}
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

// lookup is the value of a member of a JSON object, the last of that name; nil when there is none.
func lookup(data []byte, name string) (found []byte) {
	members(data, func(key, value []byte) {
		if string(key) == name {
			found = value
		}
	})
	return found
}

// members calls visit for each member of a JSON object, with what stands between the quotes of its key, and its value.
// data has to be valid; what is no object has no members.
func members(data []byte, visit func(key, value []byte)) {
	i := skipSpace(data, 0)
	if i == len(data) || data[i] != '{' {
		return
	}
	for {
		i = skipSpace(data, i+1)
		if i >= len(data) || data[i] != '"' {
			return
		}
		end := stringEnd(data, i)
		key := data[i+1 : end-1]
		i = skipSpace(data, end) // the colon
		i = skipSpace(data, i+1)
		if end = valueEnd(data, i); end == i {
			return
		}
		visit(key, data[i:end])
		if i = skipSpace(data, end); i == len(data) || data[i] != ',' {
			return
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

// valueEnd is the index after the value that starts at i.
func valueEnd(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		c := data[i]
		if c <= ' ' && depth > 0 { // indentation: much of some answers
			i++
			continue
		}
		switch c {
		case '"':
			if i = stringEnd(data, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of what the value is in
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
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
