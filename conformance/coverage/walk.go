package coverage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// side is one part of an operation that has nothing in common with the others: what is described for a 2xx is never
// asked about another status, and the other way round.
type side string

const (
	requestSide side = "request"
	successSide side = "success"
	failureSide side = "failure"
)

var sides = []side{requestSide, successSide, failureSide}

// sideOf is the side of a status, of a class of them such as "4XX", and of "default".
func sideOf(status string) side {
	if strings.HasPrefix(status, "2") {
		return successSide
	}
	return failureSide
}

// scope is what a vector speaks about: one side of one operation.
type scope struct {
	operation string
	side      side
}

// kind is the meaning that an object of the description has by where it stands.
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

// constraints are the keywords of each kind that count. One that is missing here would not be covered.
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

// texts are the keywords that only explain.
var texts = []string{
	"bearerFormat", "default", "description", "example", "examples", "externalDocs", "summary", "tags", "title",
}

// node is an object of the description, and the scopes that it counts in. A node that is a reference stands for the
// use of what it refers to.
type node struct {
	at     jsontext.Pointer
	kind   kind
	value  map[string]any
	scopes []scope
}

// isRef tells whether a node refers to another one.
func (n *node) isRef() bool { return n.value["$ref"] != nil }

// answers tells whether a node counts in the answers to any operation.
func (n *node) answers() bool {
	return slices.ContainsFunc(n.scopes, func(in scope) bool { return in.side != requestSide })
}

// walker finds the nodes of a description by following it from its operations.
type walker struct {
	doc   tree
	nodes []*node
	index map[jsontext.Pointer]*node
	// paths are the pointers of the operations, by operationId.
	paths map[string]jsontext.Pointer
	err   error
}

// methods of a path item; what else stands in one is about all of them.
var methods = []string{"delete", "get", "head", "options", "patch", "post", "put", "trace"}

// parse reads a description and walks it. The validator is asked first whether it is one.
func parse(spec []byte) (*walker, error) {
	if _, err := conformance.NewValidatorFor(spec); err != nil {
		return nil, err
	}
	doc, err := parseTree(spec)
	if err != nil {
		return nil, err
	}
	return walk(doc)
}

func walk(doc tree) (*walker, error) {
	w := &walker{doc: doc, index: map[jsontext.Pointer]*node{}, paths: map[string]jsontext.Pointer{}}
	for _, path := range sortedKeys(doc.object("/paths")) {
		item := join("/paths", path)
		for _, key := range sortedKeys(doc.object(item)) {
			if !slices.Contains(methods, key) {
				w.fail(join(item, key), "only operations are expected here")
				continue
			}
			w.operation(join(item, key))
		}
	}
	return w, w.err
}

func (w *walker) fail(at jsontext.Pointer, why string) {
	if w.err == nil {
		w.err = fmt.Errorf("%s: %s", at, why)
	}
}

func (w *walker) operation(at jsontext.Pointer) {
	id, _ := w.doc.object(at)["operationId"].(string)
	if id == "" || w.paths[id] != "" {
		w.fail(at, "the operation has no id of its own")
	}
	w.paths[id] = at
	request := scope{id, requestSide}
	for _, s := range sides {
		w.visit(at, operationKind, scope{id, s})
	}
	parameters, _ := w.doc.get(join(at, "parameters")).([]any)
	for i := range parameters {
		w.visit(join(at, "parameters", strconv.Itoa(i)), parameterKind, request)
	}
	if w.doc.get(join(at, "requestBody")) != nil {
		w.visit(join(at, "requestBody"), requestBodyKind, request)
	}
	for _, status := range sortedKeys(w.doc.object(join(at, "responses"))) {
		w.visit(join(at, "responses", status), responseKind, scope{id, sideOf(status)})
	}
	for _, name := range sortedKeys(w.doc.object("/components/securitySchemes")) {
		w.visit(join("/components/securitySchemes", name), schemeKind, request)
	}
}

// each visits the members of an object; their names have no meaning of their own.
func (w *walker) each(at jsontext.Pointer, kind kind, in scope) {
	for _, name := range sortedKeys(w.doc.object(at)) {
		w.visit(join(at, name), kind, in)
	}
}

// visit notes that a node counts in a scope, and goes on to what it holds.
func (w *walker) visit(at jsontext.Pointer, kind kind, in scope) {
	n := w.index[at]
	if n == nil {
		value := w.doc.object(at)
		if value == nil {
			w.fail(at, "there is no "+string(kind))
			return
		}
		n = &node{at: at, kind: kind, value: value}
		w.index[at], w.nodes = n, append(w.nodes, n)
		w.checkKeywords(n)
	}
	if slices.Contains(n.scopes, in) {
		return
	}
	n.scopes = append(n.scopes, in)
	if target, ok := refTarget(n.value); ok {
		w.visit(target, kind, in)
		return
	}
	switch kind {
	case parameterKind, headerKind, mediaKind:
		w.visit(join(at, "schema"), schemaKind, in)
	case requestBodyKind:
		w.each(join(at, "content"), mediaKind, in)
	case responseKind:
		w.each(join(at, "headers"), headerKind, in)
		w.each(join(at, "content"), mediaKind, in)
	case schemaKind:
		w.schema(n, in)
	case operationKind, schemeKind:
	}
}

func (w *walker) schema(n *node, in scope) {
	w.each(join(n.at, "properties"), schemaKind, in)
	for _, key := range []string{"items", "additionalProperties"} {
		if _, ok := n.value[key].(map[string]any); ok {
			w.visit(join(n.at, key), schemaKind, in)
		}
	}
	branches, _ := n.value["oneOf"].([]any)
	for i := range branches {
		w.visit(join(n.at, "oneOf", strconv.Itoa(i)), schemaKind, in)
	}
}

// checkKeywords refuses what this package would not cover.
func (w *walker) checkKeywords(n *node) {
	if n.isRef() {
		return
	}
	for _, key := range sortedKeys(n.value) {
		if !strings.HasPrefix(key, "x-") && !slices.Contains(texts, key) && !slices.Contains(constraints[n.kind], key) {
			w.fail(join(n.at, key), "this keyword is not covered")
		}
	}
}

// unused returns the components that no operation leads to.
func (w *walker) unused() []jsontext.Pointer {
	var list []jsontext.Pointer
	for _, group := range sortedKeys(w.doc.object("/components")) {
		if group == "examples" {
			continue
		}
		for _, name := range sortedKeys(w.doc.object(join("/components", group))) {
			if at := join("/components", group, name); w.index[at] == nil {
				list = append(list, at)
			}
		}
	}
	return list
}
