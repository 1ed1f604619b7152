package pingmfa

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
)

// These tests compare the wrapper with the contract, where both state the same fact.

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	return doc
}

// known returns the values of an open set in the contract.
func known(t *testing.T, doc *openapi3.T, schema string) []string {
	t.Helper()
	var out []string
	values, ok := doc.Components.Schemas[schema].Value.Extensions["x-extensible-enum"].([]any)
	require.True(t, ok, schema)
	for _, v := range values {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// constants returns the values of all constants of a type, or of no type, in a file of this package.
func constants(t *testing.T, file, typeName string) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var out []string
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName || spec.Type == nil && typeName == "" {
			literal, ok := spec.Values[0].(*ast.BasicLit)
			require.True(t, ok)
			if literal.Kind != token.STRING {
				return true
			}
			value, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			out = append(out, value)
		}
		return true
	})
	require.NotEmpty(t, out, typeName)
	return out
}

func TestKnownValuesAreTheContracts(t *testing.T) {
	doc := contract(t)
	statuses := known(t, doc, "DeviceAuthenticationStatus")
	assert.ElementsMatch(t, statuses, constants(t, "authentication.go", "Status"))
	for _, s := range statuses {
		assert.True(t, Status(s).Known(), s)
		assert.NotEqual(t, UnknownStep{Status: Status(s)}, (&Authentication{Status: Status(s)}).Next(), s)
	}
	types := known(t, doc, "DeviceType")
	assert.ElementsMatch(t, types, constants(t, "device.go", "DeviceType"))
	for _, s := range types {
		assert.True(t, DeviceType(s).Known(), s)
	}
	deviceStatuses := known(t, doc, "DeviceStatus")
	assert.ElementsMatch(t, deviceStatuses, constants(t, "device.go", "DeviceStatus"))
	for _, s := range doc.Components.Schemas["CreateDeviceStatus"].Value.Enum {
		assert.True(t, DeviceStatus(fmt.Sprint(s)).Known(), s)
		assert.Contains(t, deviceStatuses, s)
	}
	for _, schema := range []string{"ErrorCode", "ErrorDetailCode"} {
		for _, code := range known(t, doc, schema) {
			assert.Equal(t, code, shownText(code), "a documented code is shown in error texts")
		}
	}
	codes := append(known(t, doc, "ErrorCode"), known(t, doc, "ErrorDetailCode")...)
	assert.ElementsMatch(t, codes, constants(t, "errors.go", ""))
	assert.False(t, Status("NEW").Known() || DeviceType("NEW").Known() || DeviceStatus("NEW").Known())
}

func TestRegionsAreTheContracts(t *testing.T) {
	servers := 0
	for path, item := range contract(t).Paths.Map() {
		for _, operation := range item.Operations() {
			require.Len(t, *operation.Servers, 1)
			server := (*operation.Servers)[0]
			servers++
			assert.ElementsMatch(t, server.Variables["tld"].Enum, constants(t, "config.go", "Region"))
			auth, api, err := Config{Region: "eu"}.baseURLs()
			require.NoError(t, err)
			base := auth
			if !strings.HasPrefix(path, "/{environmentID}/deviceAuthentications") {
				base = api
			}
			assert.Equal(t, base, strings.Replace(server.URL, "{tld}", "eu", 1)+"/")
		}
	}
	assert.Equal(t, 5, servers)
	for _, r := range constants(t, "config.go", "Region") {
		assert.True(t, Region(r).Known())
	}
}

func TestChecksAreTheContracts(t *testing.T) {
	schemas := contract(t).Components.Schemas
	for schema, shape := range map[string]string{
		"ID":           idPattern,
		"PhoneNumber":  phonePattern,
		"EmailAddress": emailPattern,
		"Extension":    extensionPattern,
		"ExternalID":   externalIDPattern,
		"EnteredOTP":   otpPattern,
	} {
		assert.Equal(t, schemas[schema].Value.Pattern, shape, schema)
	}
	assert.EqualValues(t, maxNicknameLength, *schemas["Nickname"].Value.MaxLength)
	assert.EqualValues(t, maxExternalIDLength, *schemas["ExternalID"].Value.MaxLength)
	assert.EqualValues(t, 1, schemas["ExternalID"].Value.MinLength)
	var v validator
	v.nickname(strings.Repeat("x", maxNicknameLength+1))
	assert.Contains(t, v.first.Rule, fmt.Sprintf("at most %d characters", maxNicknameLength))
	assert.Contains(t, externalIDRule(""), "1 to "+fmt.Sprint(maxExternalIDLength)+" ")
}

// The property names that an error text can contain are those of the requests.
func TestRequestPropertiesAreTheContracts(t *testing.T) {
	names := make(map[string]bool)
	var walk func(ref *openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		for name, property := range ref.Value.Properties {
			names[name] = true
			walk(property)
		}
		for _, branch := range ref.Value.OneOf {
			walk(branch)
		}
	}
	for _, item := range contract(t).Paths.Map() {
		for _, media := range item.Post.RequestBody.Value.Content {
			if media.Schema != nil {
				walk(media.Schema)
			}
		}
	}
	for name := range names {
		assert.Equal(t, name, shownText(name))
	}
	others := 6 + 4 // OAuth 2.0 errors and outcomes
	assert.Len(t, publicWords, len(names)+others)
}

func TestAdvertisedVersionIsTheContracts(t *testing.T) {
	assert.Equal(t, Version, contract(t).Info.Version)
}

// The loop that matches ids matches what the pattern of the contract does: for every text that is one edit away from an
// id, and for every byte in every place.
func TestIsIDIsThePatternOfTheContract(t *testing.T) {
	const id = "9761c24a-208d-0499-1BF6-39905184a4e1"
	pattern := regexp.MustCompile(idPattern)
	check := func(s string) { assert.Equal(t, pattern.MatchString(s), isID(s), "%q", s) }
	check("")
	for i := range len(id) {
		check(id[:i])
		check(id[:i] + id[i+1:])
		check(id[:i] + "0" + id[i:])
		for c := range 256 {
			check(id[:i] + string([]byte{byte(c)}) + id[i+1:])
		}
	}
	check(id + "\n")
}
