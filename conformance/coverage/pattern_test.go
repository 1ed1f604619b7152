package coverage

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMutatePattern(t *testing.T) {
	for pattern, want := range map[string][]string{
		`^a$`:        {`a$`, `^a?$`, `^a`},
		`x*y+z?`:     {`x+y+z?`, `x*y*z?`, `x*y{2,}z?`, `x*yz?`, `x*y+z`, `x*y+z*`},
		`(ab|c)`:     {`(a?b|c)`, `(ab?|c)`, `(ab|c?)`},
		`\+\x20`:     {`\+?\x20`, `\+\x20?`},
		`a{2,3}`:     {`a{1,3}`, `a{3,3}`, `a{2,2}`, `a{2,4}`},
		`a{0,2}`:     {`a{1,2}`, `a{0,1}`, `a{0,3}`},
		`a{3}`:       {`a{2,3}`, `a{3,4}`},
		`a{3,3}`:     {`a{2,3}`, `a{3,4}`},
		`a{1,}`:      {`a{0,}`, `a{2,}`},
		`[a-c_.-]`:   {`[\s\S]`, `[_.-]`, `[a-c.-]`, `[a-c_-]`, `[a-c_.]`},
		`[^\]\x00-]`: {`[\s\S]`, `[^\x00-]`, `[^\]-]`, `[^\]\x00]`},
		`[0-9]{2}`:   {`[\s\S]{2}`, `[0-9]{1,2}`, `[0-9]{2,3}`},
	} {
		t.Run(pattern, func(t *testing.T) {
			var got []string
			names := map[string]bool{}
			for _, mutated := range mutatePattern(pattern) {
				got = append(got, mutated.pattern)
				names[mutated.mutation] = true
				_, err := regexp.Compile(mutated.pattern)
				require.NoError(t, err)
			}
			assert.Equal(t, want, got)
			assert.Len(t, names, len(got), "each has a name of its own")
		})
	}
}
