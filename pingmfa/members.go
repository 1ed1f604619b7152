package pingmfa

import (
	"bytes"
	"unicode/utf8"
)

// What is here finds things in a JSON text and checks nothing: encoding/json has found it valid before.

// members calls visit for each member of a JSON object, with its name and its value. What is no object has none.
func members(data []byte, visit func(name, value []byte)) {
	each(data, '{', func(name, value []byte) {
		if !plain(name) {
			name = []byte(text(name))
		} else {
			name = name[1 : len(name)-1]
		}
		visit(name, value)
	})
}

// elements calls visit for each element of a JSON array. What is no array has none.
func elements(data []byte, visit func(value []byte)) {
	each(data, '[', func(_, value []byte) { visit(value) })
}

// lookup is the value of a member of a JSON object, the last of that name; nil when there is none.
func lookup(object []byte, name string) (found []byte) {
	members(object, func(key, value []byte) {
		if string(key) == name {
			found = value
		}
	})
	return found
}

// each calls visit for what stands in an object or an array, with the name as it is written, if it has one.
func each(data []byte, opening byte, visit func(name, value []byte)) {
	i := skipSpace(data, 0)
	if i == len(data) || data[i] != opening {
		return
	}
	for {
		i = skipSpace(data, i+1)
		var name []byte
		if opening == '{' && i < len(data) && data[i] == '"' {
			end := stringEnd(data, i)
			name = data[i:end]
			i = skipSpace(data, end) // the colon
			i = skipSpace(data, i+1)
		}
		end := valueEnd(data, i)
		if end <= i {
			return
		}
		visit(name, data[i:end])
		if i = skipSpace(data, end); i == len(data) || data[i] != ',' {
			return
		}
	}
}

// plain reports whether what stands between the quotes of a JSON string is its text.
func plain(value []byte) bool { return bytes.IndexByte(value, '\\') < 0 && utf8.Valid(value) }

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
