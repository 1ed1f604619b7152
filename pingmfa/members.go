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
func required(data []byte, first, second string) (a, b string, ok bool) {
	twice := false
	read := func(into *string, value []byte) {
		twice = twice || *into != ""
		if json.Unmarshal(value, into) != nil {
			*into = ""
		}
	}
	members(data, func(key, value []byte) {
		switch string(key) {
		case first:
			read(&a, value)
		case second:
			read(&b, value)
		}
	})
	return a, b, !twice && readable(a) && readable(b)
}

// readable keeps out what encoding/json writes for bytes that are no UTF-8: an id that was garbled names nothing.
func readable(s string) bool { return s != "" && !strings.ContainsRune(s, utf8.RuneError) }

// members calls visit for each member of a JSON object whose value is text, with the bytes between the quotes of its
// key, and its value with them. data has to be a valid JSON text; one that is no object has no members.
func members(data []byte, visit func(key, value []byte)) {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := stringEnd(data, i)
			if rest := bytes.TrimLeft(data[end:], " \t\r\n"); depth == 1 && len(rest) > 0 && rest[0] == ':' {
				if value := bytes.TrimLeft(rest[1:], " \t\r\n"); len(value) > 0 && value[0] == '"' {
					visit(data[i+1:end-1], value[:stringEnd(value, 0)])
				}
			}
			i = end - 1
		}
	}
}

// stringEnd is the index after the quote that closes the string which opens at start.
func stringEnd(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}
