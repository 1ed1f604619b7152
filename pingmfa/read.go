package pingmfa

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// read passes the members of an answer to take, and reports whether the two that the contract requires are text, each
// there once: an answer that says two things says nothing. encoding/json says whether it is JSON at all, and is not
// asked for more. It takes "STATUS" for "status" and the last of two members, gives up over one odd member, and spends
// most of its time on what nobody asks for: links alone are half of most answers. What is read here is held to the
// contract by a test.
func read(data []byte, first, second string, take func(name, value []byte)) bool {
	if !json.Valid(data) {
		return false
	}
	var firsts, seconds int
	members(data, func(name, value []byte) {
		if value[0] == '"' {
			switch string(name) {
			case first:
				firsts++
			case second:
				seconds++
			}
		}
		take(name, value)
	})
	return firsts == 1 && seconds == 1
}

// The rest reads values, each as leniently as a member that is optional: one of another type says nothing.

// text reads a string.
func text(value []byte) string {
	switch {
	case len(value) == 0 || value[0] != '"':
		return ""
	case plain(value):
		return string(value[1 : len(value)-1])
	}
	return unquote(value)
}

func unquote(value []byte) (s string) {
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// word reads a string that mostly is one of few, which need no copy.
func word[T ~string](value []byte, known []T) T {
	if len(value) > 1 && value[0] == '"' {
		for _, one := range known {
			if string(value[1:len(value)-1]) == string(one) {
				return one
			}
		}
	}
	return T(text(value))
}

// textOf reads a string that is a member of an object.
func textOf(object []byte, name string) string { return text(lookup(object, name)) }

// truth reads a boolean; nil when there is none.
func truth(value []byte) *bool {
	switch yes := string(value) == "true"; {
	case yes, string(value) == "false":
		return &yes
	}
	return nil
}

// instant reads a time of RFC 3339; zero when there is none.
func instant(value []byte) (t time.Time) {
	if len(value) > 2 && value[0] == '"' && t.UnmarshalText(value[1:len(value)-1]) == nil {
		return t
	}
	return timestamp(text(value))
}

// timestamp reads RFC 3339, or gives up without a word: the text is in Raw.
func timestamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// passcode reads test.otp, which one source shows as a string and another as a number.
func passcode(value []byte) string {
	switch {
	case len(value) == 0 || string(value) == "null":
		return ""
	case value[0] == '"':
		return text(value)
	}
	return string(value)
}

// verbatim copies a value whose shape is not documented; nil when it is null or there is none.
func verbatim(value []byte) json.RawMessage {
	if string(value) == "null" {
		return nil
	}
	return slices.Clone(value)
}

// readable keeps out bytes that are no UTF-8, and what encoding/json writes for them: an id that was garbled names
// nothing.
func readable(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError)
}
