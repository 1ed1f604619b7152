package coverage

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// part returns as much of the description as one scope needs, without texts: what is small loads fast. Pointers into
// it are those of the whole, as it lacks only members of objects.
func (w *walker) part(in scope) tree {
	edits := []edit{
		{"/info", map[string]any{"title": "part", "version": "0"}},
		{"/tags", gone}, {"/externalDocs", gone}, {"/components/examples", gone},
	}
	for _, n := range w.nodes {
		if slices.Contains(n.scopes, in) && !n.isRef() {
			edits = append(edits, withoutTexts(n)...)
		}
	}
	for _, group := range sortedKeys(w.doc.object("/components")) {
		for _, name := range sortedKeys(w.doc.object(join("/components", group))) {
			at := join("/components", group, name)
			if n := w.index[at]; n == nil || !slices.Contains(n.scopes, in) {
				edits = append(edits, edit{at, gone})
			}
		}
	}
	own := w.paths[in.operation]
	for _, at := range w.paths {
		if at != own {
			edits = append(edits, edit{at, gone})
		}
	}
	edits = append(edits, w.otherResponses(own, in.side)...)
	if in.side != requestSide {
		edits = append(edits, edit{"/security", gone}, edit{join(own, "security"), gone},
			edit{join(own, "requestBody"), gone}, edit{join(own, "parameters"), w.bareParameters(own)})
	}
	return w.doc.with(edits...)
}

// otherResponses removes those of other sides, and puts one there that this side never asks for: after any mutation
// there has to be one.
func (w *walker) otherResponses(operation jsontext.Pointer, s side) []edit {
	var edits []edit
	for status := range w.doc.object(join(operation, "responses")) {
		if sideOf(status) != s {
			edits = append(edits, edit{join(operation, "responses", status), gone})
		}
	}
	never := "default"
	if s == failureSide {
		never = "200"
	}
	return append(edits, edit{join(operation, "responses", never), map[string]any{"description": ""}})
}

// withoutTexts removes what only explains a node.
func withoutTexts(n *node) []edit {
	var edits []edit
	for _, key := range texts {
		if n.value[key] == nil {
			continue
		}
		e := edit{join(n.at, key), gone}
		if n.kind == responseKind && key == "description" {
			e.value = "" // A response has to have one.
		}
		edits = append(edits, e)
	}
	return edits
}

// bareParameters are the path parameters of an operation, which a description cannot lack, without their schemas.
func (w *walker) bareParameters(operation jsontext.Pointer) []any {
	bare := []any{}
	parameters, _ := w.doc.get(join(operation, "parameters")).([]any)
	for i := range parameters {
		if _, parameter := w.doc.deref(join(operation, "parameters", strconv.Itoa(i))); parameter["in"] == "path" {
			bare = append(bare, bareParameter(parameter))
		}
	}
	return bare
}

// bareParameter is a path parameter that takes anything.
func bareParameter(parameter map[string]any) map[string]any {
	return map[string]any{"name": parameter["name"], "in": "path", "required": true, "schema": map[string]any{}}
}
