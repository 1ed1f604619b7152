//go:build tools

// The generator is pinned here, so that go.mod and go.sum hold its exact version for everybody.
package openapi

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
