package coverage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// smallSpec is a description with an example of each constraint.
const smallSpec = `
openapi: 3.0.3
info: {title: Small, version: 1.0.0}
servers: [{url: "https://auth.example.com"}]
security: [{bearer: []}]
paths:
  /things/{id}:
    get:
      operationId: readThing
      parameters:
        - {name: id, in: path, required: true, schema: {$ref: "#/components/schemas/ID"}}
      responses:
        "200": {description: Read.}
        "404": {$ref: "#/components/responses/Unknown"}
    post:
      operationId: createThing
      parameters:
        - {name: id, in: path, required: true, schema: {$ref: "#/components/schemas/ID"}}
        - {name: X-Trace, in: header, schema: {$ref: "#/components/schemas/ID"}}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Thing"}}
          application/vnd.color+json: {schema: {$ref: "#/components/schemas/Color"}}
          text/plain: {}
      responses:
        "201":
          description: Made.
          headers: {X-Kind: {schema: {type: string, x-extensible-enum: [a]}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Made"}}}
        "404": {$ref: "#/components/responses/Unknown"}
        default: {description: Not made.}
components:
  responses:
    Unknown: {description: There is no such thing.}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  schemas:
    ID: {type: string, pattern: '^[a-f]{2}$', maxLength: 2}
    Color: {type: string, x-extensible-enum: [RED]}
    Thing:
      oneOf: [{$ref: "#/components/schemas/Big"}, {$ref: "#/components/schemas/Tiny"}]
      discriminator:
        propertyName: kind
        mapping: {BIG: "#/components/schemas/Big", TINY: "#/components/schemas/Tiny"}
    Big:
      type: object
      additionalProperties: false
      required: [kind]
      properties:
        kind: {type: string, enum: [BIG]}
        safe: {type: boolean}
    Tiny:
      type: object
      additionalProperties: false
      required: [kind]
      properties: {kind: {type: string, enum: [TINY]}}
    Made:
      type: object
      properties:
        at: {type: string, format: date-time, example: "2026-01-01T00:00:00.000Z"}
        parts: {type: array, items: {$ref: "#/components/schemas/Anything"}}
        size: {type: number, example: 1}
        url: {type: string, example: "https://example.com"}
    Anything: {description: No type.}
`

// smallRequest returns a vector of smallSpec. Findings have the form "pointer rule".
func smallRequest(id, path, body string, findings ...string) conformance.Vector {
	request := &conformance.VectorRequest{
		Method: "POST", Host: conformance.HostAuth, Path: path,
		Headers: map[string]string{"Authorization": "Bearer x", "Content-Type": "application/json"},
		Body:    []byte(body), Verdict: conformance.Valid, Findings: []conformance.Place{},
	}
	for _, f := range findings {
		pointer, rule, _ := strings.Cut(f, " ")
		request.Verdict = conformance.Invalid
		request.Findings = append(request.Findings, conformance.Place{Pointer: pointer, Rule: rule})
	}
	return conformance.Vector{ID: id, Operation: "createThing", Request: request}
}

// smallResponse returns a vector of smallSpec with a valid response.
func smallResponse(id, kind, body string) conformance.Vector {
	return conformance.Vector{ID: id, Operation: "createThing", Response: &conformance.VectorResponse{
		Status: 201, Headers: map[string]string{"Content-Type": "application/json", "X-Kind": kind},
		Body: []byte(body), Verdict: conformance.Valid, Findings: []conformance.Place{},
	}}
}

// smallMutants returns the mutants of smallSpec below a pointer, each as the rest of its pointer and the mutation.
func smallMutants(t *testing.T, below string) []string {
	t.Helper()
	d, err := parse([]byte(smallSpec))
	require.NoError(t, err)
	mutants, err := d.mutants()
	require.NoError(t, err)
	var list []string
	for _, m := range mutants {
		if rest, ok := strings.CutPrefix(m.String(), below); ok {
			list = append(list, rest)
		}
	}
	return list
}
