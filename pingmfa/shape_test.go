package pingmfa

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// shapes are the matchers, each beside the pattern that it stands for.
var shapes = []struct {
	name    string
	pattern *regexp.Regexp
	match   func(string) bool
	// alphabet has a byte of each class that the pattern tells apart, and some of no class.
	alphabet string
	seeds    []string
}{
	{"id", regexp.MustCompile(idPattern), idShape, "09afAFgG-\n\xff",
		[]string{"9761c24a-208d-0499-1bf6-39905184a4e1", "9761C24A-208D-0499-1BF6-39905184A4E1"}},
	{"phone", regexp.MustCompile(phonePattern), phoneShape, "+019 .()-a\n\xff",
		[]string{"+15125201", "+1 (512) 520-1234", "+1....5....1....2....5....2....0", "+123456789012345"}},
	{"email", regexp.MustCompile(emailPattern), emailShape, "a@<>\",\x00 \x1f\x7f.\xc3\xa9\n",
		[]string{"person@example.com", "é@ü.example", "\"a b\"@example.com"}},
	{"extension", regexp.MustCompile(extensionPattern), extensionShape, "09,#*a\n\xff", []string{"#313,,*1"}},
	{"external id", regexp.MustCompile(externalIDPattern), externalIDShape, "azAZ09._/@=#+-[`{^,\n\xff",
		[]string{"a.b_c/d@e=f#g+h-1"}},
	{"code", regexp.MustCompile(codePattern), codeShape, "AZ_a0@[\n\xff", []string{"A_B", "INVALID_DATA", "A__B"}},
}

// Every text of up to four bytes, and every text that is one edit away from a seed.
func TestShapesAreTheirPatterns(t *testing.T) {
	for _, shape := range shapes {
		matched := 0
		check := func(s string) {
			want := shape.pattern.MatchString(s)
			if want {
				matched++
			}
			if got := shape.match(s); got != want {
				assert.Equal(t, want, got, "%s %q", shape.name, s)
			}
		}
		var grow func(s string, left int)
		grow = func(s string, left int) {
			check(s)
			for i := 0; left > 0 && i < len(shape.alphabet); i++ {
				grow(s+shape.alphabet[i:i+1], left-1)
			}
		}
		grow("", 4)
		for _, seed := range shape.seeds {
			check(seed)
			for i := range len(seed) + 1 {
				check(seed[:i])
				if i < len(seed) {
					check(seed[:i] + seed[i+1:])
				}
				for _, c := range []byte(shape.alphabet) {
					for _, n := range []int{1, 2, 4, 5, 7, 8, 9} {
						check(seed[:i] + strings.Repeat(string([]byte{c}), n) + seed[i:])
					}
					if i < len(seed) {
						check(seed[:i] + string([]byte{c}) + seed[i+1:])
					}
				}
			}
		}
		assert.Positive(t, matched, shape.name)
	}
}

func FuzzShapes(f *testing.F) {
	for _, shape := range shapes {
		for _, seed := range shape.seeds {
			f.Add(seed)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, shape := range shapes {
			assert.Equal(t, shape.pattern.MatchString(s), shape.match(s), shape.name)
		}
	})
}
