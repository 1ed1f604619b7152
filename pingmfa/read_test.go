package pingmfa

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unread are the properties that have no field. They are in Raw.
var unread = map[string]bool{
	"/_links/*/href":                                true, // Links reads it
	"/_embedded/devices/0/pushStatus/reason":        true,
	"/_embedded/devices/0/otpStatus/reason":         true,
	"/_embedded/blockedDevices/0/pushStatus/reason": true,
	"/_embedded/blockedDevices/0/otpStatus/reason":  true,
}

// Every property of the contract's answers shows in what a call returns.
func TestEveryPropertyIsRead(t *testing.T) {
	client := &Client{endpoints: endpoints{auth: "https://auth.pingone.eu/"}}
	results := map[string]func(body []byte) any{
		"DeviceAuthentication": func(body []byte) any {
			out, err := decode("op", created(body), client.authentication)
			require.NoError(t, err, string(body))
			out.raw = nil
			return *out
		},
		"Device": func(body []byte) any {
			out, err := decode("op", created(body), newlyCreated)
			require.NoError(t, err, string(body))
			out.raw = nil
			return *out
		},
	}
	seen := 0
	for schema, result := range results {
		required := map[string]any{"id": "1", "status": "2", "type": "3"}
		visit := func(pointer string, without, with any) {
			base, err := json.Marshal(merge(required, without))
			require.NoError(t, err)
			body, err := json.Marshal(merge(required, with))
			require.NoError(t, err)
			if unread[pointer] {
				assert.Equal(t, result(base), result(body), "%s%s", schema, pointer)
				return
			}
			assert.NotEqual(t, result(base), result(body), "%s%s is not read", schema, pointer)
			seen++
		}
		properties(contract(t).Components.Schemas[schema].Value, "", func(value any) any { return value }, visit)
	}
	assert.Greater(t, seen, 80)
}

func created(body []byte) *answer {
	return &answer{status: http.StatusCreated, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// merge puts the members of an object over those that are required.
func merge(required map[string]any, object any) map[string]any {
	out := maps.Clone(required)
	if members, ok := object.(map[string]any); ok {
		maps.Copy(out, members)
	}
	return out
}

// properties visits every property below a schema that holds no others, with an answer that lacks it and one that has
// it. around builds the answer of what is at the schema's place.
func properties(
	schema *openapi3.Schema, pointer string, around func(any) any, visit func(pointer string, without, with any),
) {
	for name, property := range schema.Properties {
		inside := func(value any) any { return around(map[string]any{name: value}) }
		value, at := property.Value, pointer+"/"+name
		for value.Items != nil {
			outer := inside
			inside = func(value any) any { return outer([]any{value}) }
			value, at = value.Items.Value, at+"/0"
		}
		switch {
		case len(value.Properties) > 0:
			properties(value, at, inside, visit)
		case value.AdditionalProperties.Schema != nil:
			links := func(link any) any { return inside(map[string]any{"self": link}) }
			properties(value.AdditionalProperties.Schema.Value, at+"/*", links, visit)
		default:
			visit(at, around(map[string]any{}), inside(sample(value)))
		}
	}
}

// sample is a value that is none of the required ones.
func sample(schema *openapi3.Schema) any {
	switch {
	case schema.Type.Is("boolean"):
		return true
	case schema.Format == "date-time":
		return "2026-01-02T03:04:05Z"
	}
	return "sample"
}
