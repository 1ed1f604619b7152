// Package conformance tests whether a client, a server or a fake of the PingOne MFA operations conforms to
// openapi.yaml. It has a [Validator] for requests and responses as they are on the wire, and [Vectors]: payloads with
// their verdicts, in a format that every language can read.
//
// A request is valid or invalid: every deviation counts. A response is tolerated if a correct client can use it in
// spite of its deviations.
//
// No message of a [Finding] contains a value of a payload, because phone numbers, addresses and passcodes are values. A
// pointer contains the names of members, also of those that are not described.
package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	openapi "github.com/pingmfa/pingmfa-go"
)

// Operation is an operation of the description.
type Operation struct {
	// ID is the operationId.
	ID string `json:"id"`
	// Method is the HTTP method, in upper case.
	Method string `json:"method"`
	// Path is the path template below the host's base URL, such as "/{environmentID}/deviceAuthentications".
	Path string `json:"path"`
	// Host is the role of the host: the first label of the host name in the operation's server URL.
	Host Host `json:"host"`
}

// operation is an Operation with its description.
type operation struct {
	Operation
	spec       *openapi3.Operation
	parameters openapi3.Parameters
	bearer     bool
}

// Validator validates requests and responses against an OpenAPI description. It is safe for concurrent use. It does not
// keep any of its input.
type Validator struct {
	operations map[string]operation // by ID
	names      map[*openapi3.Schema]string
}

// NewValidator returns a Validator for the contract, openapi.yaml. An error means that this module is broken.
func NewValidator() (*Validator, error) { return NewValidatorFor(openapi.YAML) }

// NewValidatorFor returns a Validator for another description: OpenAPI 3.0, as YAML or JSON, without references to
// other files. It does not check the examples, so that a description can be changed without them. It takes about 20 ms
// for a description of the contract's size.
func NewValidatorFor(spec []byte) (*Validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("check the description: %w", err)
	}
	v := &Validator{operations: map[string]operation{}, names: map[*openapi3.Schema]string{}}
	if doc.Components != nil {
		for name, ref := range doc.Components.Schemas {
			v.names[ref.Value] = name
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			v.operations[spec.OperationID] = operation{
				Operation: Operation{
					ID: spec.OperationID, Method: method, Path: path, Host: hostOf(doc.Servers, item.Servers, spec.Servers),
				},
				spec:       spec,
				parameters: slices.Concat(item.Parameters, spec.Parameters),
				bearer:     needsBearer(doc, spec),
			}
		}
	}
	return v, nil
}

// Operations returns the operations, sorted by ID.
func (v *Validator) Operations() []Operation {
	var operations []Operation
	for _, id := range sortedKeys(v.operations) {
		operations = append(operations, v.operations[id].Operation)
	}
	return operations
}

// Route returns the ID of the operation that a request is for. A path parameter matches any segment, including an empty
// one and "..", which ValidateRequest refuses.
func (v *Validator) Route(method string, host Host, path string) (operation string, ok bool) {
	for _, o := range v.Operations() {
		if o.Method == method && o.Host == host {
			if _, ok := matchPath(o.Path, path); ok {
				return o.ID, true
			}
		}
	}
	return "", false
}

// Parameters returns the escaped parameters of a path. It returns false if the path is not that of the operation.
func (v *Validator) Parameters(operation, path string) (map[string]string, bool) {
	o, ok := v.operations[operation]
	if !ok {
		return nil, false
	}
	return matchPath(o.Path, path)
}

// unknownOperation returns the report for an operation that is not described.
func unknownOperation(id string) Report {
	return newReport(id, []Finding{newFinding("operation", "operation", "the description has no operation of this name")})
}

// matchPath matches a path with a template, and returns the escaped path parameters. It does not normalize the path: a
// segment such as ".." or "" is the value of a parameter.
func matchPath(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	parameters := map[string]string{}
	for i, segment := range want {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			parameters[strings.TrimSuffix(name, "}")] = got[i]
		} else if segment != got[i] {
			return nil, false
		}
	}
	return parameters, true
}

// hostOf returns the host of the most specific server URL. url.Parse would refuse the template variables of the URL.
func hostOf(root, item openapi3.Servers, operation *openapi3.Servers) Host {
	servers := slices.Concat(item, root)
	if operation != nil {
		servers = slices.Concat(*operation, servers)
	}
	if len(servers) == 0 {
		return ""
	}
	_, rest, _ := strings.Cut(servers[0].URL, "://")
	label, _, _ := strings.Cut(rest, ".")
	return Host(label)
}

// needsBearer reports whether each of the operation's security requirements includes a bearer token.
func needsBearer(doc *openapi3.T, spec *openapi3.Operation) bool {
	requirements := doc.Security
	if spec.Security != nil {
		requirements = *spec.Security
	}
	bearer := func(name string) bool {
		if doc.Components == nil || doc.Components.SecuritySchemes[name] == nil {
			return false
		}
		scheme := doc.Components.SecuritySchemes[name].Value
		return scheme.Type == "http" && strings.EqualFold(scheme.Scheme, "bearer")
	}
	for _, requirement := range requirements {
		if !slices.ContainsFunc(sortedKeys(requirement), bearer) {
			return false
		}
	}
	return len(requirements) > 0
}
