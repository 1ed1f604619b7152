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

// specOperations returns the operations by operationId.
func specOperations(doc *openapi3.T) map[string]*openapi3.Operation {
	operations := map[string]*openapi3.Operation{}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			operations[operation.OperationID] = operation
		}
	}
	return operations
}

// walkSchemas calls visit with a schema and all schemas below it, each component once, and with the place of each.
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

// requestContent returns the media types of an operation's requests, or nothing if it has no body.
func requestContent(operation *openapi3.Operation) openapi3.Content {
	if operation.RequestBody == nil {
		return nil
	}
	return operation.RequestBody.Value.Content
}

func walkRequests(doc *openapi3.T, visit func(string, *openapi3.SchemaRef)) {
	seen := map[string]bool{}
	for id, operation := range specOperations(doc) {
		for _, media := range requestContent(operation) {
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

// vendorPages are the vendor's pages that the contract is made from, by their names in x-evidence.
var vendorPages = func() map[string]string {
	const mfa = "https://developer.pingidentity.com/pingone-api/mfa/"
	const authentications = mfa + "mfa-authentication/mfa-device-authentications/"
	return map[string]string{
		"page-initialize":          authentications + "initialize-device-authentication.html",
		"page-custom-notification": authentications + "initialize_device_authentication_custom_notification.html",
		"page-one-time-sms":        authentications + "onetime-authentication-sms.html",
		"page-create-device-sms":   mfa + "users/mfa-devices/create-mfa-user-device-sms.html",
	}
}()

// evidenceKinds returns the kinds of evidence that the description of the contract lists.
func evidenceKinds(tb testing.TB, doc *openapi3.T) []string {
	tb.Helper()
	_, text, ok := strings.Cut(doc.Info.Description, "says so if it differs:")
	require.True(tb, ok)
	text, pages, _ := strings.Cut(text, "\n\n")
	var kinds []string
	for _, match := range regexp.MustCompile("`([a-z-]+)`(?:,| and|\\s\\()").FindAllStringSubmatch(text, -1) {
		kinds = append(kinds, match[1])
	}
	require.Len(tb, kinds, 8)
	for name, url := range vendorPages {
		assert.Contains(tb, kinds, name)
		assert.Contains(tb, pages, "- `"+name+"`:\n  "+url+"\n")
	}
	return kinds
}

// Every schema has its name as the title, for generators that name types by it, and a source. Every schema and every
// property has a description and an example.
func TestEveryPropertyIsDescribed(t *testing.T) {
	doc := loadSpec(t)
	kinds := evidenceKinds(t, doc)
	used := map[string]bool{}
	check := func(place string, ref *openapi3.SchemaRef) {
		schema := ref.Value
		assert.NotEmpty(t, schema.Description, "%s has no description", place)
		// An object, a list and a union have the examples of their members.
		composite := schema.Type.Is(openapi3.TypeObject) || schema.Type.Is(openapi3.TypeArray) || len(schema.OneOf) > 0
		assert.True(t, composite || schema.Example != nil, "%s has no example", place)
		kind, sourced := schema.Extensions["x-evidence"].(string)
		if sourced {
			used[kind] = true
			assert.Contains(t, kinds, kind, place)
		}
		name := schemaName(ref)
		if name == "" { // a property: it has the source of its schema, unless it says otherwise
			assert.Equal(t, len(schema.Enum) == 1, schema.Title != "", "%s: only one-value enums need a title", place)
			return
		}
		assert.Equal(t, name, schema.Title)
		assert.True(t, sourced, "%s has no x-evidence", place)
		for property, inner := range schema.Properties {
			if inner.Ref == "" {
				assert.NotEqual(t, kind, inner.Value.Extensions["x-evidence"], "%s.%s repeats its source", name, property)
			}
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
	assert.ElementsMatch(t, kinds, slices.Collect(maps.Keys(used)))
}

// Every property with a name of a secret or of personal data has x-sensitive.
func TestSensitivePropertiesAreMarked(t *testing.T) {
	sensitive := regexp.MustCompile(`^(phone|email|otp|assertion|attestation|secret|keyUri|nickname|displayName|` +
		`extension|variables|message|mobilePayload|clientContext|.*Credential(Request|Creation)Options)$`)
	doc, found := loadSpec(t), map[string]bool{}
	for name, ref := range doc.Components.Schemas {
		for property, ref := range ref.Value.Properties {
			if match := sensitive.FindStringSubmatch(property); match != nil {
				found[property] = true
				assert.Equal(t, true, ref.Value.Extensions["x-sensitive"], "%s.%s", name, property)
			}
		}
	}
	assert.Len(t, found, 18, "a part of the expression matches no property")
}

// Every object of a request is closed: without additionalProperties it would be open.
func TestRequestsAreClosed(t *testing.T) {
	open := map[string]string{
		"ClientContext":     "any data: PingOne passes it on",
		"TemplateVariables": "the template defines the names",
	}
	walkRequests(loadSpec(t), func(place string, ref *openapi3.SchemaRef) {
		if !ref.Value.Type.Is(openapi3.TypeObject) || open[schemaName(ref)] != "" {
			return
		}
		closed := ref.Value.AdditionalProperties.Has
		assert.True(t, closed != nil && !*closed, "%s is open", place)
	})
}

// Every schema of a response is open, and requires only the members that a client needs.
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
		// A minLength of 1 is allowed: a required member that is empty is as good as absent.
		assert.True(t, schema.Pattern == "" && schema.MinLength <= 1 && schema.MaxLength == nil, "%s limits the value", place)
	})
}

// Objects and unions are components, so that generated types have good names.
func TestNoSchemaIsInline(t *testing.T) {
	check := func(place string, ref *openapi3.SchemaRef) {
		object := ref.Value.Type.Is(openapi3.TypeObject) || len(ref.Value.Properties)+len(ref.Value.OneOf) > 0
		assert.False(t, ref.Ref == "" && object, "%s has no name", place)
	}
	walkRequests(loadSpec(t), check)
	walkResponses(loadSpec(t), check)
}

// Each operation describes all statuses and headers of its responses.
func TestOperationsAreComplete(t *testing.T) {
	successes := map[string][]string{
		authentications: {"201"}, "readDeviceAuthentication": {"200"}, "continueDeviceAuthentication": {"200"},
		devices: {"201"}, "activateDevice": {"200", "204"},
	}
	operations := specOperations(loadSpec(t))
	require.Len(t, operations, len(successes))
	for id, operation := range operations {
		failures := []string{"400", "401", "403", "404", "408", "409", "410", "429", "500", "502", "503", "504"}
		if operation.RequestBody != nil {
			failures = append(failures, "415")
		}
		responses := operation.Responses.Map()
		assert.ElementsMatch(t, slices.Collect(maps.Keys(responses)), slices.Concat(successes[id], failures), id)
		for status, spec := range responses {
			assert.Contains(t, spec.Value.Headers, "Correlation-Id", "%s %s", id, status)
			retryable := slices.Contains([]string{"429", "502", "503", "504"}, status)
			assert.Equal(t, retryable, spec.Value.Headers["Retry-After"] != nil, "Retry-After of %s %s", id, status)
			if status == "204" {
				assert.Empty(t, spec.Value.Content, id)
				continue
			}
			assert.NotEmpty(t, spec.Value.Content["application/json"].Examples, "%s %s", id, status)
			if !slices.Contains(successes[id], status) {
				assert.Equal(t, "Error", schemaName(spec.Value.Content["application/json"].Schema), "%s %s", id, status)
			}
		}
		// HAL was seen on the devices endpoints only.
		for _, status := range successes[id] {
			_, hal := responses[status].Value.Content["application/hal+json"]
			assert.Equal(t, serverOf[id] == apiServer && status != "204", hal, "HAL of %s %s", id, status)
		}
	}
	assert.Contains(t, operations[devices].Responses.Status(201).Value.Headers, "Location")
}
