package coverage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// side is a part of an operation that is validated by itself: its requests, its 2xx responses or its other responses.
type side string

const (
	requestSide side = "request"
	successSide side = "success"
	failureSide side = "failure"
)

var sides = []side{requestSide, successSide, failureSide}

// sideOf returns the side of a status, of a class such as "4XX", or of "default".
func sideOf(status string) side {
	if strings.HasPrefix(status, "2") {
		return successSide
	}
	return failureSide
}

// scope is one side of one operation. Each request or response of a vector belongs to one scope.
type scope struct {
	operation string
	side      side
}

// kind is the type of an OpenAPI object. Its place in the description determines it.
type kind string

const (
	operationKind   kind = "operation"
	parameterKind   kind = "parameter"
	requestBodyKind kind = "request body"
	responseKind    kind = "response"
	headerKind      kind = "header"
	mediaKind       kind = "media type"
	schemaKind      kind = "schema"
	schemeKind      kind = "security scheme"
)

// constraints are the keywords of each kind that constrain requests or responses. Mutants are made of them.
var constraints = map[kind][]string{
	operationKind:   {"operationId", "parameters", "requestBody", "responses", "security", "servers"},
	parameterKind:   {"name", "in", "required", "schema"},
	requestBodyKind: {"required", "content"},
	responseKind:    {"headers", "content"},
	headerKind:      {"required", "schema"},
	mediaKind:       {"schema"},
	schemaKind: {
		"type", "nullable", "enum", "pattern", "format", "minLength", "maxLength", "minItems", "maxItems",
		"minProperties", "maxProperties", "minimum", "maximum", "required", "properties", "additionalProperties",
		"items", "oneOf", "discriminator",
	},
	schemeKind: {"type", "scheme"},
}

// annotations are the keywords that constrain nothing.
var annotations = []string{
	"bearerFormat", "default", "description", "example", "examples", "externalDocs", "summary", "tags", "title",
}

// node is an object of the description, and the scopes to which it applies. A reference is a node of its own.
type node struct {
	at     jsontext.Pointer
	kind   kind
	value  map[string]any
	scopes []scope
}

// isRef reports whether a node is a reference.
func (n *node) isRef() bool { return n.value["$ref"] != nil }

// inResponse reports whether a node applies to responses.
func (n *node) inResponse() bool {
	return slices.ContainsFunc(n.scopes, func(in scope) bool { return in.side != requestSide })
}

// description is a parsed description, and the nodes that its operations use.
type description struct {
	doc   tree
	nodes []*node
	index map[jsontext.Pointer]*node
	// paths are the pointers of the operations, by operationId.
	paths map[string]jsontext.Pointer
	err   error
}

// methods are the keys of operations in a path item.
var methods = []string{"delete", "get", "head", "options", "patch", "post", "put", "trace"}

// parse reads a description. It returns an error if conformance.NewValidatorFor does, or if a keyword is not supported.
func parse(spec []byte) (*description, error) {
	if _, err := conformance.NewValidatorFor(spec); err != nil {
		return nil, err
	}
	doc, err := parseTree(spec)
	if err != nil {
		return nil, err
	}
	d := &description{doc: doc, index: map[jsontext.Pointer]*node{}, paths: map[string]jsontext.Pointer{}}
	for _, path := range sortedKeys(doc.object("/paths")) {
		item := join("/paths", path)
		for _, key := range sortedKeys(doc.object(item)) {
			if !slices.Contains(methods, key) {
				d.fail(join(item, key), "only operations are supported in a path item")
				continue
			}
			d.operation(join(item, key))
		}
	}
	return d, d.err
}

func (d *description) fail(at jsontext.Pointer, why string) {
	if d.err == nil {
		d.err = fmt.Errorf("%s: %s", at, why)
	}
}

func (d *description) operation(at jsontext.Pointer) {
	id, _ := d.doc.object(at)["operationId"].(string)
	if id == "" || d.paths[id] != "" {
		d.fail(at, "the operation has no unique operationId")
	}
	d.paths[id] = at
	request := scope{id, requestSide}
	for _, s := range sides {
		d.visit(at, operationKind, scope{id, s})
	}
	parameters, _ := d.doc.get(join(at, "parameters")).([]any)
	for i := range parameters {
		d.visit(join(at, "parameters", strconv.Itoa(i)), parameterKind, request)
	}
	if d.doc.get(join(at, "requestBody")) != nil {
		d.visit(join(at, "requestBody"), requestBodyKind, request)
	}
	for _, status := range sortedKeys(d.doc.object(join(at, "responses"))) {
		d.visit(join(at, "responses", status), responseKind, scope{id, sideOf(status)})
	}
	for _, name := range sortedKeys(d.doc.object("/components/securitySchemes")) {
		d.visit(join("/components/securitySchemes", name), schemeKind, request)
	}
}

// each visits the members of an object. Their names are arbitrary.
func (d *description) each(at jsontext.Pointer, kind kind, in scope) {
	for _, name := range sortedKeys(d.doc.object(at)) {
		d.visit(join(at, name), kind, in)
	}
}

// visit adds a scope to a node and to all nodes below it. It creates the nodes that do not exist.
func (d *description) visit(at jsontext.Pointer, kind kind, in scope) {
	n := d.index[at]
	if n == nil {
		value := d.doc.object(at)
		if value == nil {
			d.fail(at, "there is no "+string(kind))
			return
		}
		n = &node{at: at, kind: kind, value: value}
		d.index[at], d.nodes = n, append(d.nodes, n)
		d.checkKeywords(n)
	}
	if slices.Contains(n.scopes, in) {
		return
	}
	n.scopes = append(n.scopes, in)
	if target, ok := refTarget(n.value); ok {
		d.visit(target, kind, in)
		return
	}
	switch kind {
	case mediaKind: // A media type without a schema is described without a body.
		if n.value["schema"] != nil {
			d.visit(join(at, "schema"), schemaKind, in)
		}
	case parameterKind, headerKind:
		d.visit(join(at, "schema"), schemaKind, in)
	case requestBodyKind:
		d.each(join(at, "content"), mediaKind, in)
	case responseKind:
		d.each(join(at, "headers"), headerKind, in)
		d.each(join(at, "content"), mediaKind, in)
	case schemaKind:
		d.schema(n, in)
	case operationKind, schemeKind:
	}
}

func (d *description) schema(n *node, in scope) {
	d.each(join(n.at, "properties"), schemaKind, in)
	for _, key := range []string{"items", "additionalProperties"} {
		if _, ok := n.value[key].(map[string]any); ok {
			d.visit(join(n.at, key), schemaKind, in)
		}
	}
	branches, _ := n.value["oneOf"].([]any)
	for i := range branches {
		d.visit(join(n.at, "oneOf", strconv.Itoa(i)), schemaKind, in)
	}
}

// checkKeywords fails if a node has a keyword that is neither a constraint nor an annotation.
func (d *description) checkKeywords(n *node) {
	if n.isRef() {
		return
	}
	for _, key := range sortedKeys(n.value) {
		if !strings.HasPrefix(key, "x-") && !slices.Contains(annotations, key) && !slices.Contains(constraints[n.kind], key) {
			d.fail(join(n.at, key), "this keyword is not covered")
		}
	}
}

// unused returns the components that no operation uses.
func (d *description) unused() []jsontext.Pointer {
	var list []jsontext.Pointer
	for _, group := range sortedKeys(d.doc.object("/components")) {
		if group == "examples" {
			continue
		}
		for _, name := range sortedKeys(d.doc.object(join("/components", group))) {
			if at := join("/components", group, name); d.index[at] == nil {
				list = append(list, at)
			}
		}
	}
	return list
}
