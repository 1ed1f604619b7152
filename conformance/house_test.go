package conformance_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
)

func loadSpec(tb testing.TB) *openapi3.T {
	tb.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(tb, err)
	return doc
}

// specOperations returns the operations by id.
func specOperations(doc *openapi3.T) map[string]*openapi3.Operation {
	operations := map[string]*openapi3.Operation{}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			operations[operation.OperationID] = operation
		}
	}
	return operations
}

// walkSchemas visits a schema and all that it leads to, each component once, with where it stands.
func walkSchemas(ref *openapi3.SchemaRef, place string, seen map[string]bool, visit func(string, *openapi3.SchemaRef)) {
	if ref == nil {
		return
	}
	visit(place, ref)
	if ref.Ref != "" {
		place = schemaName(ref)
		if seen[place] {
			return
		}
		seen[place] = true
	}
	for name, property := range ref.Value.Properties {
		walkSchemas(property, place+"."+name, seen, visit)
	}
	for _, branch := range ref.Value.OneOf {
		walkSchemas(branch, place, seen, visit)
	}
	walkSchemas(ref.Value.Items, place+"[]", seen, visit)
	walkSchemas(ref.Value.AdditionalProperties.Schema, place+".*", seen, visit)
}

func schemaName(ref *openapi3.SchemaRef) string {
	return strings.TrimPrefix(ref.Ref, "#/components/schemas/")
}

func walkRequests(doc *openapi3.T, visit func(string, *openapi3.SchemaRef)) {
	seen := map[string]bool{}
	for id, operation := range specOperations(doc) {
		for _, media := range operation.RequestBody.Value.Content {
			walkSchemas(media.Schema, id, seen, visit)
		}
	}
}

func walkResponses(doc *openapi3.T, visit func(string, *openapi3.SchemaRef)) {
	seen := map[string]bool{}
	for id, operation := range specOperations(doc) {
		for status, response := range operation.Responses.Map() {
			for _, media := range response.Value.Content {
				walkSchemas(media.Schema, id+" "+status, seen, visit)
			}
			for name, header := range response.Value.Headers {
				walkSchemas(header.Value.Schema, id+" "+status+" "+name, seen, visit)
			}
		}
	}
}

// vendorPages are the pages that the contract starts from.
var vendorPages = func() []string {
	const mfa = "https://developer.pingidentity.com/pingone-api/mfa/"
	const authentications = mfa + "mfa-authentication/mfa-device-authentications/"
	return []string{
		authentications + "initialize-device-authentication.html",
		authentications + "initialize_device_authentication_custom_notification.html",
		authentications + "onetime-authentication-sms.html",
		mfa + "users/mfa-devices/create-mfa-user-device-sms.html",
	}
}()

// evidence reads the closed list of kinds of evidence where the contract explains it to its readers.
func evidence(tb testing.TB, doc *openapi3.T) []string {
	tb.Helper()
	_, text, ok := strings.Cut(doc.Info.Description, "carries `x-evidence`:")
	require.True(tb, ok)
	text, _, _ = strings.Cut(text, "\n\n")
	var kinds []string
	for _, match := range regexp.MustCompile("`([a-z-]+)`\\s\\(").FindAllStringSubmatch(text, -1) {
		kinds = append(kinds, match[1])
	}
	require.Len(tb, kinds, 6)
	return kinds
}

// Every schema and every property says what it is, shows one, and tells where the knowledge comes from.
func TestEveryPropertyIsDescribed(t *testing.T) {
	doc := loadSpec(t)
	kinds := evidence(t, doc)
	// Of these, each member says it for itself.
	bodies := []string{"DeviceAuthenticationRequest", "DeviceAuthentication", "Device"}
	used := map[string]bool{}
	check := func(place string, ref *openapi3.SchemaRef) {
		schema := ref.Value
		assert.NotEmpty(t, schema.Description, "%s has no description", place)
		// What is made of members is shown by them.
		made := schema.Type.Is(openapi3.TypeObject) || schema.Type.Is(openapi3.TypeArray) || len(schema.OneOf) > 0
		assert.True(t, made || schema.Example != nil, "%s has no example", place)
		kind, inferred := schema.Extensions["x-evidence"].(string)
		if inferred {
			used[kind] = true
			assert.Contains(t, kinds, kind, place)
		}
		page := schema.ExternalDocs != nil
		if !slices.Contains(bodies, schemaName(ref)) {
			assert.NotEqual(t, page, inferred, "%s needs a page or x-evidence, and not both", place)
		}
		if page {
			assert.Contains(t, vendorPages, schema.ExternalDocs.URL, place)
		}
	}
	walkRequests(doc, check)
	walkResponses(doc, check)
	for _, operation := range specOperations(doc) {
		for _, parameter := range operation.Parameters {
			check(parameter.Value.Name, parameter.Value.Schema)
			assert.NotEmpty(t, parameter.Value.Description, parameter.Value.Name)
			assert.NotNil(t, parameter.Value.Example, parameter.Value.Name)
		}
	}
	assert.Subset(t, kinds, slices.Collect(maps.Keys(used)))
}

// Secrets and personal data are marked, wherever a name suggests them.
func TestSensitivePropertiesAreMarked(t *testing.T) {
	suggests := regexp.MustCompile(`^(phone|email|otp|secret|keyUri|nickname|displayName|extension|variables|message|` +
		`mobilePayload|clientContext|.*Credential(Request|Creation)Options)$`)
	doc, found := loadSpec(t), map[string]bool{}
	for name, ref := range doc.Components.Schemas {
		for property, ref := range ref.Value.Properties {
			if match := suggests.FindStringSubmatch(property); match != nil {
				found[property] = true
				assert.Equal(t, true, ref.Value.Extensions["x-sensitive"], "%s.%s", name, property)
			}
		}
	}
	assert.Len(t, found, 16, "a part of the expression names nothing")
}

// What is sent is closed: an object that is not said to be closed is open.
func TestRequestsAreClosed(t *testing.T) {
	open := map[string]string{
		"ClientContext":     "free data that PingOne passes on",
		"TemplateVariables": "the template decides on the names",
	}
	walkRequests(loadSpec(t), func(place string, ref *openapi3.SchemaRef) {
		if !ref.Value.Type.Is(openapi3.TypeObject) || open[schemaName(ref)] != "" {
			return
		}
		closed := ref.Value.AdditionalProperties.Has
		assert.True(t, closed != nil && !*closed, "%s is open", place)
	})
}

// What is received is open, and asks for nothing but what a client cannot do without.
func TestResponsesAreOpen(t *testing.T) {
	required := map[string][]string{
		"DeviceAuthentication": {"id", "status"},
		"Device":               {"id", "type"},
		"Error":                {"code"},
	}
	walkResponses(loadSpec(t), func(place string, ref *openapi3.SchemaRef) {
		schema := ref.Value
		closed := schema.AdditionalProperties.Has
		assert.True(t, closed == nil || *closed, "%s is closed", place)
		assert.Equal(t, required[schemaName(ref)], schema.Required, place)
		assert.Empty(t, schema.Enum, "%s is a closed set", place)
		assert.Empty(t, schema.OneOf, "%s is a closed union", place)
		// What is required may not be empty either: that is the same as absent.
		assert.True(t, schema.Pattern == "" && schema.MinLength <= 1 && schema.MaxLength == nil, "%s is narrow", place)
	})
}

// Objects and unions have names, so that generators give them good ones.
func TestNoSchemaIsInline(t *testing.T) {
	check := func(place string, ref *openapi3.SchemaRef) {
		object := ref.Value.Type.Is(openapi3.TypeObject) || len(ref.Value.Properties)+len(ref.Value.OneOf) > 0
		assert.False(t, ref.Ref == "" && object, "%s has no name", place)
	}
	walkRequests(loadSpec(t), check)
	walkResponses(loadSpec(t), check)
}

// Two operations, each on its own host, each with everything that can come back.
func TestOperationsAreComplete(t *testing.T) {
	servers := map[string]string{
		authentications: "https://auth.pingone.{tld}",
		devices:         "https://api.pingone.{tld}/v1",
	}
	operations := specOperations(loadSpec(t))
	require.ElementsMatch(t, slices.Collect(maps.Keys(servers)), slices.Collect(maps.Keys(operations)))
	for id, operation := range operations {
		require.Len(t, *operation.Servers, 1)
		server := (*operation.Servers)[0]
		assert.Equal(t, servers[id], server.URL)
		require.Contains(t, server.Variables, "tld")
		assert.ElementsMatch(t, []string{"com", "ca", "eu", "com.au", "sg", "asia"}, server.Variables["tld"].Enum)

		responses := operation.Responses.Map()
		assert.ElementsMatch(t, slices.Collect(maps.Keys(responses)),
			[]string{"201", "400", "401", "403", "404", "415", "429", "500", "503", "default"})
		for status, spec := range responses {
			assert.Contains(t, spec.Value.Headers, "Correlation-Id", "%s %s", id, status)
			again := slices.Contains([]string{"429", "503", "default"}, status)
			assert.Equal(t, again, spec.Value.Headers["Retry-After"] != nil, "Retry-After of %s %s", id, status)
			assert.NotEmpty(t, spec.Value.Content["application/json"].Examples, "%s %s", id, status)
			if status != "201" {
				assert.Equal(t, "Error", schemaName(spec.Value.Content["application/json"].Schema), "%s %s", id, status)
			}
		}
	}
	assert.Contains(t, operations[devices].Responses.Status(201).Value.Headers, "Location")
}
