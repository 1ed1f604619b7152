package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
)

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

func load(t *testing.T, text string) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData([]byte(text))
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context(), openapi3.EnableExamplesValidation()))
	return document
}

// The documents with one host have all operations of the contract between them, and nothing that these do not use.
func TestExportHostDocuments(t *testing.T) {
	contract := load(t, string(openapi.YAML))
	files := exported(t)
	operations := map[string]string{} // by id
	for i, file := range []string{"openapi-auth.yaml", "openapi-api.yaml"} {
		document := load(t, files[file])
		require.Len(t, document.Servers, 1, file)
		assert.Equal(t, contract.Servers[i], document.Servers[0], file)
		assert.Equal(t, contract.Info, document.Info, file)
		assert.Equal(t, contract.Security, document.Security, file)
		assert.Equal(t, contract.Components.SecuritySchemes, document.Components.SecuritySchemes, file)
		require.Len(t, document.Tags, 1, file)
		for path, item := range document.Paths.Map() {
			assert.Empty(t, item.Servers, path)
			for method, operation := range item.Operations() {
				want := contract.Paths.Value(path).Operations()[method]
				require.NotNil(t, want.Servers, path)
				assert.Equal(t, document.Servers[0].URL, (*want.Servers)[0].URL, path)
				assert.Equal(t, []string{document.Tags[0].Name}, operation.Tags, path)
				want.Servers = nil
				assert.Equal(t, jsonOf(t, want), jsonOf(t, operation), path)
				operations[operation.OperationID] = file
			}
		}
		for name, schema := range document.Components.Schemas {
			assert.Equal(t, jsonOf(t, contract.Components.Schemas[name]), jsonOf(t, schema), name)
		}
		unused := slices.DeleteFunc(componentNames(t, document), func(name string) bool {
			return strings.Contains(files[file], `$ref: "#/components/`+name+`"`)
		})
		assert.Empty(t, unused, file)
		assert.Less(t, len(componentNames(t, document)), len(componentNames(t, contract)), file)
	}
	assert.Equal(t, map[string]string{
		"createDeviceAuthentication": "openapi-auth.yaml", "readDeviceAuthentication": "openapi-auth.yaml",
		"continueDeviceAuthentication": "openapi-auth.yaml",
		"createDevice":                 "openapi-api.yaml", "activateDevice": "openapi-api.yaml",
	}, operations)
}

// componentNames returns SECTION/NAME for each component but the security schemes.
func componentNames(t *testing.T, document *openapi3.T) []string {
	t.Helper()
	var sections map[string]map[string]any
	require.NoError(t, json.Unmarshal([]byte(jsonOf(t, document.Components)), &sections))
	delete(sections, "securitySchemes")
	var names []string
	for section, components := range sections {
		for name := range components {
			names = append(names, section+"/"+name)
		}
	}
	return names
}

func TestHostDocumentsNeedServers(t *testing.T) {
	contract := string(openapi.YAML)
	for _, test := range [][]string{
		{"paths:", "paths:\n  /x: {get: {tags: []}}", "get /x does not have one server"},
		{`url: "https://auth.`, `url: "http://auth.`, "the server http://auth.pingone.{tld} has no host name"},
		{"openapi: 3.0.3", "openapi: [", "did not find"},
	} {
		_, err := hostDocuments([]byte(strings.Replace(contract, test[0], test[1], 1)))
		assert.ErrorContains(t, err, test[2])
	}
}
