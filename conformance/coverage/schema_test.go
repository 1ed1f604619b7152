package coverage

import (
	"fmt"
	"slices"
	"strings"
)

// schema adds the mutants of one schema.
func (g *generator) schema(n *node) {
	if n.isRef() {
		// The method oneOf adds the mutants of a reference in a oneOf.
		_, target := g.doc.deref(n.at)
		if !strings.Contains(string(n.at), "/oneOf/") && hasConstraint(target) {
			g.add(n.scopes, n.at, "takes anything", edit{n.at, map[string]any{}})
		}
		return
	}
	if n.value["type"] == nil {
		g.untyped(n)
	} else {
		g.typed(n)
	}
	g.values(n)
	g.bounds(n)
	g.required(n)
	g.members(n)
	g.oneOf(n)
}

// hasConstraint reports whether a schema has any constraint.
func hasConstraint(schema map[string]any) bool {
	return slices.ContainsFunc(constraints[schemaKind], func(key string) bool { return schema[key] != nil })
}

func (g *generator) typed(n *node) {
	g.set(n, "type", "removed", removed)
	switch {
	case n.value["nullable"] == true:
		g.set(n, "nullable", "removed", removed)
	case n.value["enum"] == nil: // an enum without null refuses it, nullable or not (OpenAPI 3.0.3)
		g.set(n, "nullable", "added", true)
	}
	switch n.value["type"] {
	case "number":
		g.set(n, "type", "integer", "integer")
	case "integer":
		g.set(n, "type", "number", "number")
	}
}

// untyped adds a type to a schema without constraints. A vector notices it if its value has another type.
func (g *generator) untyped(n *node) {
	if hasConstraint(n.value) {
		return
	}
	for _, name := range []string{"string", "number", "boolean", "object"} {
		g.set(n, "type", name, name)
	}
	list, items := edit{join(n.at, "type"), "array"}, edit{join(n.at, "items"), map[string]any{}}
	g.add(n.scopes, list.at, "array", list, items)
}

// values changes the enum, the known values, the pattern and the format.
func (g *generator) values(n *node) {
	enum, closed := n.value["enum"].([]any)
	names, open := n.value["x-extensible-enum"].([]any)
	example := n.value["example"]
	switch {
	case closed:
		g.set(n, "enum", "removed", removed)
		if len(enum) == 1 { // an empty enum would be no constraint
			g.set(n, "enum", "without "+jsonText(enum[0]), []any{"\u0000"})
		} else {
			g.removeElements(n, "enum")
		}
	case open:
		g.removeElements(n, "x-extensible-enum")
		g.set(n, "enum", "the known values alone", names)
	}
	if pattern, ok := n.value["pattern"].(string); ok {
		g.set(n, "pattern", "removed", removed)
		for _, mutated := range mutatePattern(pattern) {
			g.set(n, "pattern", mutated.mutation, mutated.pattern)
		}
	}
	if n.value["format"] != nil {
		g.set(n, "format", "removed", removed)
	}
	if value, ok := example.(string); ok && n.inResponse() && !closed && !open {
		g.formOf(n, value)
	}
}

// formOf requires that all values have the form of the example.
func (g *generator) formOf(n *node, example string) {
	if n.value["pattern"] != nil || n.value["format"] != nil {
		return
	}
	for _, form := range stringForms {
		if form.expression.MatchString(example) {
			g.set(n, "pattern", "every one is "+form.name, form.expression.String())
		}
	}
}

// bounds removes each limit, and changes it by one in both directions.
func (g *generator) bounds(n *node) {
	for _, key := range []string{
		"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum",
	} {
		limit, ok := n.value[key].(float64)
		if !ok {
			continue
		}
		g.set(n, key, "removed", removed)
		for _, moved := range []float64{limit - 1, limit + 1} {
			// A minimum length of 0 is the mutant without a limit.
			if moved > 0 || strings.HasSuffix(key, "imum") {
				g.set(n, key, fmt.Sprintf("%v for %v", moved, limit), moved)
			}
		}
	}
	if n.value["type"] == "array" && n.value["minItems"] == nil && n.value["maxItems"] == nil {
		g.set(n, "minItems", "1", 1)
		g.set(n, "maxItems", "1", 1)
	}
}

// required makes each required property optional, and the reverse.
func (g *generator) required(n *node) {
	names, _ := n.value["required"].([]any)
	g.removeElements(n, "required")
	for _, name := range sortedKeys(g.doc.object(join(n.at, "properties"))) {
		if !slices.Contains(names, any(name)) {
			g.set(n, "required", "with "+jsonText(name), append(slices.Clone(names), name))
		}
	}
}

// members removes each property, opens a closed object, and closes an open one.
func (g *generator) members(n *node) {
	g.removeMembers(n.scopes, join(n.at, "properties"))
	additional, present := n.value["additionalProperties"]
	if present && additional != true {
		g.set(n, "additionalProperties", "open", removed)
	}
	if additional != false && (n.value["type"] == "object" || n.value["properties"] != nil) {
		g.set(n, "additionalProperties", "closed", false)
	}
}

// oneOf removes each branch with its discriminator entries, and each discriminator entry by itself.
func (g *generator) oneOf(n *node) {
	branches, _ := n.value["oneOf"].([]any)
	discriminator, mapping := join(n.at, "discriminator"), join(n.at, "discriminator", "mapping")
	entries := g.doc.object(mapping)
	if len(branches) == 0 {
		return
	}
	g.add(n.scopes, join(n.at, "oneOf"), "removed", edit{join(n.at, "oneOf"), removed}, edit{discriminator, removed})
	for i, branch := range branches {
		branch, _ := branch.(map[string]any)
		edits := []edit{{join(n.at, "oneOf"), slices.Delete(slices.Clone(branches), i, i+1)}}
		for name, ref := range entries {
			if ref == branch["$ref"] {
				edits = append(edits, edit{join(mapping, name), removed})
			}
		}
		g.add(n.scopes, join(n.at, "oneOf"), "without "+jsonText(branch["$ref"]), edits...)
	}
	if n.value["discriminator"] != nil {
		g.set(n, "discriminator", "removed", removed)
		g.removeMembers(n.scopes, mapping)
	}
}
