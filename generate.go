// Package openapi holds the contract that this module is built from: openapi.yaml, byte for byte. Services import
// [github.com/pingmfa/pingmfa-go/pingmfa]; this package is for tools that want the description itself.
package openapi

import _ "embed"

//go:generate go tool oapi-codegen -config gen/config.yaml openapi.yaml
//go:generate go run ./conformance/internal/manifest

// YAML is openapi.yaml: an OpenAPI 3.0.3 description of the operations.
//
//go:embed openapi.yaml
var YAML []byte
