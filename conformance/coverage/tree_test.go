package coverage

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// tree is a description as JSON values: map[string]any, []any, string, float64, bool and nil. A tree is immutable:
// apply copies the parts that change, and thousands of mutants share the others.
type tree map[string]any

func parseTree(spec []byte) (tree, error) {
	var parsed any
	if err := yaml.Unmarshal(spec, &parsed); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	data, err := json.Marshal(parsed) // JSON has one type for all numbers, and only string keys.
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	var t tree
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	return t, nil
}

// get returns the value at a pointer, or nil.
func (t tree) get(at jsontext.Pointer) any {
	var value any = map[string]any(t)
	for token := range at.Tokens() {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(parent) {
				return nil
			}
			value = parent[i]
		default:
			return nil
		}
	}
	return value
}

// object returns the object at a pointer, or nil.
func (t tree) object(at jsontext.Pointer) map[string]any {
	object, _ := t.get(at).(map[string]any)
	return object
}

// edit is one change of a tree.
type edit struct {
	at jsontext.Pointer
	// value is the new value, or removed, or a copyOf.
	value any
}

// removed is the value of an edit that removes a member.
var removed = struct{}{}

// copyOf is the value of an edit that copies another part of the tree.
type copyOf struct{ from jsontext.Pointer }

// apply returns the edited tree. An edit below a value that does not exist does nothing.
func (t tree) apply(edits ...edit) tree {
	var root any = map[string]any(t)
	for _, e := range edits {
		if original, ok := e.value.(copyOf); ok {
			e.value = t.get(original.from)
		}
		root = replace(root, slices.Collect(e.at.Tokens()), e.value)
	}
	changed, _ := root.(map[string]any)
	return changed
}

// replace returns a copy of parent with another value at the path of tokens.
func replace(parent any, tokens []string, value any) any {
	if len(tokens) == 0 {
		return value
	}
	switch parent := parent.(type) {
	case map[string]any:
		child, ok := parent[tokens[0]]
		if !ok && (len(tokens) > 1 || value == removed) {
			return parent
		}
		parent = maps.Clone(parent)
		if child = replace(child, tokens[1:], value); child == removed {
			delete(parent, tokens[0])
		} else {
			parent[tokens[0]] = child
		}
		return parent
	case []any:
		if i, err := strconv.Atoi(tokens[0]); err == nil && i >= 0 && i < len(parent) {
			parent = slices.Clone(parent)
			parent[i] = replace(parent[i], tokens[1:], value)
		}
		return parent
	}
	return parent
}

// refTarget returns the target of a reference. It does not support references to other files.
func refTarget(value map[string]any) (jsontext.Pointer, bool) {
	ref, ok := value["$ref"].(string)
	if !ok {
		return "", false
	}
	target, ok := strings.CutPrefix(ref, "#")
	return jsontext.Pointer(target), ok
}

// deref follows references, and returns the last target.
func (t tree) deref(at jsontext.Pointer) (jsontext.Pointer, map[string]any) {
	value := t.object(at)
	for target, ok := refTarget(value); ok; target, ok = refTarget(value) {
		at, value = target, t.object(target)
	}
	return at, value
}

// join appends tokens to a pointer.
func join(at jsontext.Pointer, tokens ...string) jsontext.Pointer {
	for _, token := range tokens {
		at = at.AppendToken(token)
	}
	return at
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
