package conformance_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestSpecIsValid(t *testing.T) {
	assert.NoError(t, loadSpec(t).Validate(t.Context(), openapi3.EnableExamplesValidation(),
		openapi3.EnableSchemaFormatValidation(), openapi3.EnableSchemaPatternValidation()))
}

// Every named example is valid, including its formats.
func TestSpecExamples(t *testing.T) {
	v := newValidator(t)
	for id, operation := range specOperations(loadSpec(t)) {
		for mediaType, media := range requestContent(operation) {
			for name, example := range media.Examples {
				req := request(id, jsonText(t, example.Value.Value))
				req.Header.Set("Content-Type", mediaType)
				assert.Empty(t, v.ValidateRequest(id, req).Findings, name)
			}
		}
		for status, spec := range operation.Responses.Map() {
			code, err := strconv.Atoi(status)
			require.NoError(t, err)
			for mediaType, media := range spec.Value.Content {
				for name, example := range media.Examples {
					body, isText := example.Value.Value.(string)
					if !isText {
						body = jsonText(t, example.Value.Value)
					}
					resp := response(code, body)
					resp.Header.Set("Content-Type", mediaType)
					assert.Empty(t, v.ValidateResponse(id, resp).Findings, name)
				}
			}
		}
	}
}

// The contract and the vectors have the same examples of the vendor's pages.
func TestSpecExamplesAreTheVectors(t *testing.T) {
	operations := specOperations(loadSpec(t))
	pages := map[string]string{
		"create-device-authentication/exchange/initialize":          "initialize",
		"create-device-authentication/exchange/custom-notification": "customNotification",
		"create-device-authentication/exchange/one-time-sms":        "oneTimeSMS",
		"create-device/exchange/sms":                                "sms",
	}
	compared := 0
	for _, vector := range loadVectors(t) {
		if !slices.Contains(vector.Flags, "VendorPage") {
			continue
		}
		compared++
		name, operation := pages[vector.ID], operations[vector.Operation]
		require.NotEmpty(t, name, vector.ID)
		sent := operation.RequestBody.Value.Content["application/json"].Examples[name].Value
		got := operation.Responses.Status(http.StatusCreated).Value.Content["application/json"].Examples[name].Value
		assert.JSONEq(t, string(vector.Request.Body), jsonText(t, sent.Value), name)
		assert.JSONEq(t, string(vector.Response.Body), jsonText(t, got.Value), name)
		assert.Equal(t, vector.Source.URL, sent.Description, name)
		assert.Equal(t, vector.Source.URL, got.Description, name)
	}
	assert.Len(t, pages, compared)
}

func jsonText(tb testing.TB, value any) string {
	tb.Helper()
	data, err := json.Marshal(value)
	require.NoError(tb, err)
	return string(data)
}

// The overlay for the Go generator repeats the known values of the contract.
func TestOverlayRepeatsTheKnownValues(t *testing.T) {
	data, err := os.ReadFile("../gen/overlay.yaml")
	require.NoError(t, err)
	var overlay struct {
		Actions []struct {
			Target string
			Update struct{ Enum []any }
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &overlay))
	schemas, checked := loadSpec(t).Components.Schemas, 0
	for _, action := range overlay.Actions {
		if action.Update.Enum == nil {
			continue
		}
		name := strings.TrimPrefix(action.Target, "$.components.schemas.")
		require.Contains(t, schemas, name)
		assert.Equal(t, schemas[name].Value.Extensions["x-extensible-enum"], action.Update.Enum)
		checked++
	}
	assert.Equal(t, 3, checked, "the sets of known values that are constants in gen")
}
