package coverage

import (
	"fmt"
	"slices"
	"strings"
)

// schema breeds the mutants of one schema.
func (b *breeder) schema(n *node) {
	if n.isRef() {
		// The use of a schema. Branches of a oneOf are taken away as a whole, by the oneOf.
		_, target := b.doc.deref(n.at)
		if !strings.Contains(string(n.at), "/oneOf/") && isConstraint(target) {
			b.add(n.scopes, n.at, "takes anything", edit{n.at, map[string]any{}})
		}
		return
	}
	if n.value["type"] == nil {
		b.untyped(n)
	} else {
		b.typed(n)
	}
	b.values(n)
	b.bounds(n)
	b.required(n)
	b.members(n)
	b.oneOf(n)
}

// isConstraint tells whether a schema refuses anything.
func isConstraint(schema map[string]any) bool {
	return slices.ContainsFunc(constraints[schemaKind], func(key string) bool { return schema[key] != nil })
}

func (b *breeder) typed(n *node) {
	b.set(n, "type", "removed", gone)
	switch {
	case n.value["nullable"] == true:
		b.set(n, "nullable", "removed", gone)
	case n.value["enum"] == nil: // An enum without null takes none, nullable or not (OpenAPI 3.0.3).
		b.set(n, "nullable", "added", true)
	}
	switch n.value["type"] {
	case "number":
		b.set(n, "type", "integer", "integer")
	case "integer":
		b.set(n, "type", "number", "number")
	case "boolean":
		if n.value["enum"] == nil {
			b.set(n, "enum", "true alone", []any{true})
			b.set(n, "enum", "false alone", []any{false})
		}
	}
}

// untyped gives a type to a schema that refuses nothing. Two types that are seen in answers suffice to notice.
func (b *breeder) untyped(n *node) {
	if isConstraint(n.value) {
		return
	}
	for _, name := range []string{"string", "number", "boolean", "object"} {
		b.set(n, "type", name, name)
	}
	list, items := edit{join(n.at, "type"), "array"}, edit{join(n.at, "items"), map[string]any{}}
	b.add(n.scopes, list.at, "array", list, items)
}

// values breeds mutants of what a text may be.
func (b *breeder) values(n *node) {
	enum, closed := n.value["enum"].([]any)
	names, open := n.value["x-extensible-enum"].([]any)
	example := n.value["example"]
	switch {
	case closed:
		b.set(n, "enum", "removed", gone)
		if len(enum) == 1 { // An empty enum is none.
			b.set(n, "enum", "without "+text(enum[0]), []any{"\u0000"})
		} else {
			b.shortened(n, "enum")
		}
	case open:
		b.shortened(n, "x-extensible-enum")
		b.set(n, "enum", "the known values alone", names)
	case slices.Contains([]any{"string", "number", "integer"}, n.value["type"]) && example != nil:
		b.set(n, "enum", "the example alone", []any{example})
	}
	if pattern, ok := n.value["pattern"].(string); ok {
		b.set(n, "pattern", "removed", gone)
		for _, mutated := range mutatePattern(pattern) {
			b.set(n, "pattern", mutated.mutation, mutated.pattern)
		}
	}
	if n.value["format"] != nil {
		b.set(n, "format", "removed", gone)
	}
	if looks, ok := example.(string); ok && n.answers() && !closed && !open {
		b.formOf(n, looks)
	}
}

// formOf asks of every value what the example of an open answer happens to have.
func (b *breeder) formOf(n *node, example string) {
	if n.value["pattern"] != nil || n.value["format"] != nil {
		return
	}
	for _, form := range forms {
		if form.expression.MatchString(example) {
			b.set(n, "pattern", "every one is "+form.name, form.expression.String())
		}
	}
}

// bounds removes each limit, and moves it by one both ways.
func (b *breeder) bounds(n *node) {
	for _, key := range []string{
		"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum",
	} {
		limit, ok := n.value[key].(float64)
		if !ok {
			continue
		}
		b.set(n, key, "removed", gone)
		for _, moved := range []float64{limit - 1, limit + 1} {
			// A length of 0 at least is no limit, which is a mutant already.
			if moved > 0 || strings.HasSuffix(key, "imum") {
				b.set(n, key, fmt.Sprintf("%v for %v", moved, limit), moved)
			}
		}
	}
	if n.value["type"] == "array" && n.value["minItems"] == nil && n.value["maxItems"] == nil {
		b.set(n, "minItems", "1", 1)
		b.set(n, "maxItems", "1", 1)
	}
}

// required drops each required name, and requires each optional property.
func (b *breeder) required(n *node) {
	names, _ := n.value["required"].([]any)
	b.shortened(n, "required")
	for _, name := range sortedKeys(b.doc.object(join(n.at, "properties"))) {
		if !slices.Contains(names, any(name)) {
			b.set(n, "required", "with "+text(name), append(slices.Clone(names), name))
		}
	}
}

// members drops each property, opens what is closed and closes what is open.
func (b *breeder) members(n *node) {
	b.removals(n.scopes, join(n.at, "properties"))
	additional, said := n.value["additionalProperties"]
	if said && additional != true {
		b.set(n, "additionalProperties", "open", gone)
	}
	if additional != false && (n.value["type"] == "object" || n.value["properties"] != nil) {
		b.set(n, "additionalProperties", "closed", false)
	}
}

// oneOf drops each branch, with what leads to it, and each entry of the discriminator.
func (b *breeder) oneOf(n *node) {
	branches, _ := n.value["oneOf"].([]any)
	discriminator, mapping := join(n.at, "discriminator"), join(n.at, "discriminator", "mapping")
	entries := b.doc.object(mapping)
	if len(branches) == 0 {
		return
	}
	b.add(n.scopes, join(n.at, "oneOf"), "removed", edit{join(n.at, "oneOf"), gone}, edit{discriminator, gone})
	for i, branch := range branches {
		branch, _ := branch.(map[string]any)
		edits := []edit{{join(n.at, "oneOf"), slices.Delete(slices.Clone(branches), i, i+1)}}
		for name, ref := range entries {
			if ref == branch["$ref"] {
				edits = append(edits, edit{join(mapping, name), gone})
			}
		}
		b.add(n.scopes, join(n.at, "oneOf"), "without "+text(branch["$ref"]), edits...)
	}
	if n.value["discriminator"] != nil {
		b.set(n, "discriminator", "removed", gone)
		b.removals(n.scopes, mapping)
	}
}
