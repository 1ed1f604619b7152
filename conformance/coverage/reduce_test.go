package coverage

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// reduce returns the part of the description that applies to a scope, without annotations: a smaller description loads
// faster. Only members of objects are removed, so that the pointers of the description are valid for the part.
func (d *description) reduce(in scope) tree {
	edits := []edit{
		{"/info", map[string]any{"title": "reduced", "version": "0"}},
		{"/tags", removed}, {"/externalDocs", removed}, {"/components/examples", removed},
	}
	for _, n := range d.nodes {
		if slices.Contains(n.scopes, in) && !n.isRef() {
			edits = append(edits, removeAnnotations(n)...)
		}
	}
	for _, group := range sortedKeys(d.doc.object("/components")) {
		for _, name := range sortedKeys(d.doc.object(join("/components", group))) {
			at := join("/components", group, name)
			if n := d.index[at]; n == nil || !slices.Contains(n.scopes, in) {
				edits = append(edits, edit{at, removed})
			}
		}
	}
	own := d.paths[in.operation]
	for _, at := range d.paths {
		if at != own {
			edits = append(edits, edit{at, removed})
		}
	}
	edits = append(edits, d.removeResponses(own, in.side)...)
	if in.side != requestSide {
		edits = append(edits, edit{"/security", removed}, edit{join(own, "security"), removed},
			edit{join(own, "requestBody"), removed}, edit{join(own, "parameters"), d.anyPathParameters(own)})
	}
	return d.doc.apply(edits...)
}

// removeResponses returns the edits that remove the responses of other sides. They also add a response that this side
// does not use, because a description is invalid without a response, and a mutant may remove the last one of this side.
func (d *description) removeResponses(operation jsontext.Pointer, s side) []edit {
	var edits []edit
	for status := range d.doc.object(join(operation, "responses")) {
		if sideOf(status) != s {
			edits = append(edits, edit{join(operation, "responses", status), removed})
		}
	}
	unused := "default"
	if s == failureSide {
		unused = "200"
	}
	return append(edits, edit{join(operation, "responses", unused), map[string]any{"description": ""}})
}

// removeAnnotations returns the edits that remove the annotations of a node.
func removeAnnotations(n *node) []edit {
	var edits []edit
	for _, key := range annotations {
		if n.value[key] == nil {
			continue
		}
		e := edit{join(n.at, key), removed}
		if n.kind == responseKind && key == "description" {
			e.value = "" // it is required
		}
		edits = append(edits, e)
	}
	return edits
}

// anyPathParameters returns the path parameters of an operation, without their constraints. They are required.
func (d *description) anyPathParameters(operation jsontext.Pointer) []any {
	list := []any{}
	parameters, _ := d.doc.get(join(operation, "parameters")).([]any)
	for i := range parameters {
		if _, parameter := d.doc.deref(join(operation, "parameters", strconv.Itoa(i))); parameter["in"] == "path" {
			list = append(list, anyPathParameter(parameter))
		}
	}
	return list
}

// anyPathParameter returns a path parameter that allows any value.
func anyPathParameter(parameter map[string]any) map[string]any {
	return map[string]any{"name": parameter["name"], "in": "path", "required": true, "schema": map[string]any{}}
}
