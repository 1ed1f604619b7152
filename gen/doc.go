// Package gen is the low-level client that oapi-codegen generates from openapi.yaml, with the settings in config.yaml
// and the names and Go types in overlay.yaml. Its names change without notice: services import
// [github.com/pingmfa/pingmfa-go/pingmfa].
//
// To change it, change one of these files and run "make generate".
package gen
