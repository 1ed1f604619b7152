package coverage

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// stringForms are forms that the strings of a response often have, without being specified to.
var stringForms = []struct {
	name       string
	expression *regexp.Regexp
}{
	{"an id", regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)},
	{"a number", regexp.MustCompile(`^[0-9]+$`)},
	{"a time", regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$`)},
	{"an absolute URI", regexp.MustCompile(`^[a-z]+://`)},
	{"an address", regexp.MustCompile(`^[^@]+@[^@]+$`)},
	{"a word in capitals", regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)},
}

// mutatedPattern is a changed regular expression.
type mutatedPattern struct{ mutation, pattern string }

// tokens splits a regular expression into anchors, classes, escapes, quantifiers and characters. It supports the syntax
// that RE2 and ECMAScript have in common: no flags, no look-around.
var tokens = regexp.MustCompile(
	`\[\^?(?:\\x[0-9a-fA-F]{2}|\\.|[^\]\\])+\]` + // a class
		`|\{[0-9]+(?:,[0-9]*)?\}|[*+?]` + // a quantifier
		`|\\x[0-9a-fA-F]{2}|\\.|.`) // an escape, an anchor, a parenthesis, a character

// items splits the content of a class into ranges and characters.
var items = regexp.MustCompile(`(?:\\x[0-9a-fA-F]{2}|\\.|[^\\])(?:-(?:\\x[0-9a-fA-F]{2}|\\.|[^\\]))?`)

// mutatePattern removes each anchor, widens each class, removes each item of a class that is not negated, changes each
// bound of a quantifier, and makes each character optional.
func mutatePattern(pattern string) []mutatedPattern {
	var list []mutatedPattern
	for _, place := range tokens.FindAllStringIndex(pattern, -1) {
		token := pattern[place[0]:place[1]]
		replace := func(with string) {
			mutation := fmt.Sprintf("%s at %d for %s", with, place[0], token)
			if with == "" {
				mutation = fmt.Sprintf("nothing at %d for %s", place[0], token)
			}
			list = append(list, mutatedPattern{mutation, pattern[:place[0]] + with + pattern[place[1]:]})
		}
		switch token[0] {
		case '^', '$':
			replace("")
		case '(', ')', '|':
		case '[':
			for _, with := range mutateClass(token) {
				replace(with)
			}
		case '{', '*', '+', '?':
			for _, with := range mutateQuantifier(token) {
				replace(with)
			}
		default:
			// The mutants of a quantifier include those of the character before it.
			if place[1] == len(pattern) || !strings.ContainsAny(pattern[place[1]:place[1]+1], "{*+?") {
				replace(token + "?")
			}
		}
	}
	return list
}

// mutateClass widens a class to any character, and removes each of its items. A client that does not refuse one of the
// characters of a negated class does no harm.
func mutateClass(class string) []string {
	list := []string{`[\s\S]`}
	inside := class[1 : len(class)-1]
	places := items.FindAllStringIndex(inside, -1)
	if len(places) == 1 || strings.HasPrefix(inside, "^") {
		return list
	}
	for _, place := range places {
		list = append(list, "["+inside[:place[0]]+inside[place[1]:]+"]")
	}
	return list
}

// mutateQuantifier changes each bound by one in both directions.
func mutateQuantifier(quantifier string) []string {
	switch quantifier {
	case "*":
		return []string{"+"}
	case "+":
		return []string{"*", "{2,}", ""}
	case "?":
		return []string{"", "*"}
	}
	low, high, isRange := strings.Cut(strings.Trim(quantifier, "{}"), ",")
	from, _ := strconv.Atoi(low) // tokens matches only digits here
	to := from
	if isRange {
		to, _ = strconv.Atoi(high)
	}
	var list []string
	for _, moved := range [][2]int{{from - 1, to}, {from + 1, to}, {from, to - 1}, {from, to + 1}} {
		switch {
		case moved[0] < 0 || isRange && high != "" && moved[0] > moved[1]:
		case isRange && high == "":
			if moved[0] != from {
				list = append(list, fmt.Sprintf("{%d,}", moved[0]))
			}
		case moved[0] <= moved[1]:
			list = append(list, fmt.Sprintf("{%d,%d}", moved[0], moved[1]))
		}
	}
	return list
}
