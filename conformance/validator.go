package conformance

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	openapi "github.com/pingmfa/pingmfa-go"
)

// Operation is one operation of the description.
type Operation struct {
	// ID is the operationId.
	ID string `json:"id"`
	// Method is the HTTP method, in upper case.
	Method string `json:"method"`
	// Path is the path template below the host's base URL, such as "/{environmentID}/deviceAuthentications".
	Path string `json:"path"`
	// Host is the role of the host that serves it: the first label of the name in the operation's server URL.
	Host Host `json:"host"`
}

// operation is what a Validator knows of an Operation.
type operation struct {
	Operation
	spec       *openapi3.Operation
	parameters openapi3.Parameters
	bearer     bool
}

// Validator judges requests and answers by an OpenAPI description. It is safe for concurrent use, and keeps nothing of
// what it is shown.
type Validator struct {
	operations []operation
	names      map[*openapi3.Schema]string
}

// NewValidator returns a Validator for the contract itself, openapi.yaml. An error means that this module is broken.
func NewValidator() (*Validator, error) { return NewValidatorFor(openapi.YAML) }

// NewValidatorFor returns a Validator for another description: OpenAPI 3.0, YAML or JSON, without references to other
// files. Its examples are not checked: a description that was changed on purpose no longer fits them. It takes some
// 20 ms for one of the contract's size.
func NewValidatorFor(spec []byte) (*Validator, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("check the description: %w", err)
	}
	v := &Validator{names: map[*openapi3.Schema]string{}}
	if doc.Components != nil {
		for name, ref := range doc.Components.Schemas {
			v.names[ref.Value] = name
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			v.operations = append(v.operations, operation{
				Operation: Operation{
					ID: spec.OperationID, Method: method, Path: path, Host: hostOf(doc.Servers, item.Servers, spec.Servers),
				},
				spec:       spec,
				parameters: slices.Concat(item.Parameters, spec.Parameters),
				bearer:     needsBearer(doc, spec),
			})
		}
	}
	slices.SortFunc(v.operations, func(a, b operation) int { return cmp.Compare(a.ID, b.ID) })
	return v, nil
}

// Operations lists the operations, sorted by id.
func (v *Validator) Operations() []Operation {
	operations := make([]Operation, len(v.operations))
	for i, o := range v.operations {
		operations[i] = o.Operation
	}
	return operations
}

// Route finds the operation that a request is for. A path parameter takes any segment here, also one that is empty or
// ".."; ValidateRequest says what is wrong with it.
func (v *Validator) Route(method string, host Host, path string) (operation string, ok bool) {
	for _, o := range v.operations {
		if o.Method == method && o.Host == host {
			if _, ok := matchPath(o.Path, path); ok {
				return o.ID, true
			}
		}
	}
	return "", false
}

func (v *Validator) operation(id string) (operation, bool) {
	i := slices.IndexFunc(v.operations, func(o operation) bool { return o.ID == id })
	if i < 0 {
		return operation{}, false
	}
	return v.operations[i], true
}

// unknownOperation is the report on something that cannot be judged.
func unknownOperation(id string) Report {
	return newReport(id, []Finding{{
		Pointer: "operation", Rule: "operation", Message: "the description has no operation of this name",
	}})
}

// matchPath lays a path over a template, and returns its parameters, still escaped. Segments are compared as they are
// on the wire: what a server or a proxy makes of ".." or "//" is exactly what must not be left to it.
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

// hostOf reads the role of a host out of the most specific server URL, whose template variables url.Parse would refuse.
func hostOf(root, item openapi3.Servers, operation *openapi3.Servers) Host {
	servers := root
	if len(item) > 0 {
		servers = item
	}
	if operation != nil && len(*operation) > 0 {
		servers = *operation
	}
	if len(servers) == 0 {
		return ""
	}
	_, rest, _ := strings.Cut(servers[0].URL, "://")
	label, _, _ := strings.Cut(rest, ".")
	return Host(label)
}

// needsBearer tells whether every way to authorize an operation is a bearer token.
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
		found := false
		for name := range requirement {
			found = found || bearer(name)
		}
		if !found {
			return false
		}
	}
	return len(requirements) > 0
}

// unescape decodes one path segment.
func unescape(segment string) (string, bool) {
	value, err := url.PathUnescape(segment)
	return value, err == nil
}
