package coverage

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
)

func TestMutants(t *testing.T) {
	const operation = "/paths/~1things~1{id}/post"
	for below, want := range map[string][]string{
		"/security": {": removed", ": optional"},
		"/paths/~1things~1{id}/get": {
			"/security: public", "/servers: elsewhere", "/parameters/0: takes anything", "/requestBody: added",
			"/responses/200: removed", "/responses/200: the whole class", "/parameters/0/schema: takes anything",
		},
		"/components/responses": {"/Unknown: not for 404"},
		operation: {
			"/security: public", "/servers: elsewhere", "/parameters/0: takes anything", "/parameters/1: removed",
			"/requestBody: removed", "/responses/201: removed", "/responses/201: the whole class", "/responses/default: removed",
			"/parameters/0/schema: takes anything", "/parameters/1/required: added",
			"/parameters/1/schema: takes anything", "/requestBody/required: removed",
			"/requestBody/content/application~1json: removed",
			"/requestBody/content/application~1vnd.color+json: removed", "/requestBody/content/text~1plain: removed",
			"/requestBody/content/application~1x-www-form-urlencoded: added",
			"/requestBody/content/application~1json/schema: takes anything",
			"/requestBody/content/application~1vnd.color+json/schema: takes anything",
			"/requestBody/content/text~1plain/schema: added",
			"/responses/201/headers/X-Kind: removed", "/responses/201/content/application~1json: removed",
			"/responses/201/headers/X-Kind/required: added",
			"/responses/201/headers/X-Kind/schema/type: removed", "/responses/201/headers/X-Kind/schema/nullable: added",
			`/responses/201/headers/X-Kind/schema/x-extensible-enum: without "a"`,
			"/responses/201/headers/X-Kind/schema/enum: the known values alone",
			"/responses/201/content/application~1json/schema: takes anything",
		},
		"/components/securitySchemes": {"/bearer/scheme: another one"},
		"/components/schemas/ID": {
			"/type: removed", "/nullable: added", "/pattern: removed", "/pattern: nothing at 0 for ^",
			`/pattern: [\s\S] at 1 for [a-f]`, "/pattern: {1,2} at 6 for {2}", "/pattern: {2,3} at 6 for {2}",
			"/pattern: nothing at 9 for $", "/maxLength: removed", "/maxLength: 1 for 2", "/maxLength: 3 for 2",
		},
		"/components/schemas/Thing": {
			"/oneOf: removed", `/oneOf: without "#/components/schemas/Big"`, `/oneOf: without "#/components/schemas/Tiny"`,
			"/discriminator: removed", "/discriminator/mapping/BIG: removed", "/discriminator/mapping/TINY: removed",
		},
		"/components/schemas/Big": {
			"/type: removed", "/nullable: added", `/required: without "kind"`, `/required: with "safe"`,
			"/properties/kind: removed", "/properties/safe: removed", "/additionalProperties: open",
			"/properties/kind/type: removed", "/properties/kind/enum: removed", `/properties/kind/enum: without "BIG"`,
			"/properties/safe/type: removed", "/properties/safe/nullable: added",
		},
		"/components/schemas/Made": {
			"/type: removed", "/nullable: added", `/required: with "at"`, `/required: with "parts"`, `/required: with "size"`,
			`/required: with "url"`, "/properties/at: removed", "/properties/parts: removed", "/properties/size: removed",
			"/properties/url: removed", "/additionalProperties: closed", "/properties/at/type: removed",
			"/properties/at/nullable: added", "/properties/at/format: removed",
			"/properties/parts/type: removed", "/properties/parts/nullable: added", "/properties/parts/minItems: 1",
			"/properties/parts/maxItems: 1", "/properties/size/type: removed", "/properties/size/nullable: added",
			"/properties/size/type: integer", "/properties/url/type: removed",
			"/properties/url/nullable: added", "/properties/url/pattern: every one is an absolute URI",
		},
		"/components/schemas/Anything": {"/type: string", "/type: number", "/type: boolean", "/type: object", "/type: array"},
	} {
		t.Run(below, func(t *testing.T) { assert.Equal(t, want, smallMutants(t, below)) })
	}
}

// A mutant shares parts with the description. Making it must not change them.
func TestMutantsDoNotChangeTheDescription(t *testing.T) {
	d, err := parse(openapi.YAML)
	require.NoError(t, err)
	mutants, err := d.mutants()
	require.NoError(t, err)
	require.NotEmpty(t, mutants)
	for _, m := range mutants {
		assert.NotEqual(t, d.doc, d.doc.apply(m.edits...), m.String())
	}
	fresh, err := parseTree(openapi.YAML)
	require.NoError(t, err)
	assert.Equal(t, fresh, d.doc)
}

// parse refuses a description with a keyword that is not supported.
func TestParseRefuses(t *testing.T) {
	for name, change := range map[string][2]string{
		"a keyword of a schema":    {"maxLength: 2", "maxLength: 2, multipleOf: 2"},
		"a keyword of a parameter": {"in: header,", "in: header, style: simple,"},
		"parameters of a path":     {"    post:", "    parameters: []\n    post:"},
		"an operation without id":  {"operationId: createThing", "summary: x"},
		"a dangling reference":     {`"#/components/schemas/Made"`, `"#/components/schemas/Maid"`},
		"invalid YAML":             {"openapi:", "\topenapi:"},
		"a list":                   {smallSpec, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, smallSpec, change[0])
			_, err := parse([]byte(strings.Replace(smallSpec, change[0], change[1], 1)))
			assert.Error(t, err)
		})
	}
}

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
		`[^\]\x00-]`: {`[\s\S]`},
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
			assert.Len(t, names, len(got), "each mutation has a unique name")
		})
	}
}
