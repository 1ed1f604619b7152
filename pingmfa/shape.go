package pingmfa

import "strings"

// The shapes of openapi.yaml, matched by hand: package regexp would be a quarter of a megabyte in every program that
// imports this one. A test holds each constant to the contract, and each function to its constant.
const (
	idPattern         = `^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`
	phonePattern      = `^\+[1-9]([ .()-]{0,4}[0-9]){6,14}$`
	emailPattern      = `^[^@<>\x00-\x20\x7f]+@[^@<>",\x00-\x20\x7f]+$`
	extensionPattern  = `^[0-9,#*]+$`
	externalIDPattern = `^[A-Za-z0-9._/@=#+-]+$`
	// codePattern is this package's: the form of the vendor's error codes.
	codePattern = `^[A-Z]+(_[A-Z]+)+$`
)

func digit(c byte) bool { return '0' <= c && c <= '9' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }
func lower(c byte) bool { return 'a' <= c && c <= 'z' }

// madeOf reports whether s is not empty and holds nothing but what is allowed.
func madeOf(s string, allowed func(byte) bool) bool {
	for i := range len(s) {
		if !allowed(s[i]) {
			return false
		}
	}
	return s != ""
}

// idShape is 8-4-4-4-12 hexadecimal digits.
func idShape(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !digit(c) && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}

// phoneShape is + and 7 to 15 digits, the first not 0, with up to four separators before each but the first.
func phoneShape(s string) bool {
	if len(s) < 2 || s[0] != '+' || s[1] < '1' || s[1] > '9' {
		return false
	}
	digits, separators := 1, 0
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case digit(c):
			digits++
			separators = 0
		case strings.IndexByte(" .()-", c) >= 0 && separators < 4:
			separators++
		default:
			return false
		}
	}
	return digits >= 7 && digits <= 15 && separators == 0
}

// emailShape is two parts around one @, neither empty, without spaces, control characters and what quotes an address.
func emailShape(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	return madeOf(local, addressByte) &&
		madeOf(domain, func(c byte) bool { return addressByte(c) && c != '"' && c != ',' })
}

func addressByte(c byte) bool { return c > ' ' && c != 0x7f && c != '@' && c != '<' && c != '>' }

func extensionShape(s string) bool {
	return madeOf(s, func(c byte) bool { return digit(c) || c == ',' || c == '#' || c == '*' })
}

func externalIDShape(s string) bool {
	return madeOf(s, func(c byte) bool {
		return digit(c) || upper(c) || lower(c) || strings.IndexByte("._/@=#+-", c) >= 0
	})
}

// codeShape is words in capitals, at least two, with one low line between them.
func codeShape(s string) bool {
	words := 0
	for word := range strings.SplitSeq(s, "_") {
		if !madeOf(word, upper) {
			return false
		}
		words++
	}
	return words > 1
}
