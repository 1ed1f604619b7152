//go:build ignore

// The generator is pinned by the tool directive in go.mod, so that everybody runs the same version of it with "go tool
// oapi-codegen". A file that imported the generator under a build tag would pin it, too, and would put everything that
// the generator needs into the go.mod of those who import this module: "go mod tidy" turns on every tag but ignore.
package openapi

import _ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
