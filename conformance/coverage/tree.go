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

// tree is a description as plain values: map[string]any, []any, string, float64, bool and nil. Trees are never changed,
// only copied where they change, so that thousands of mutants share what they have in common.
type tree map[string]any

func parseTree(spec []byte) (tree, error) {
	var parsed any
	if err := yaml.Unmarshal(spec, &parsed); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	data, err := json.Marshal(parsed) // One type for all numbers, and an error for keys that are no text.
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	var t tree
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	return t, nil
}

// get returns what stands at a pointer, or nil.
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
	// value is what stands there afterwards, or one of the two below.
	value any
}

// gone as the value of an edit removes what is there.
var gone = struct{}{}

// copied as the value of an edit puts there what stands at another place.
type copied struct{ from jsontext.Pointer }

// with returns the tree after some edits. An edit below something that is not there does nothing.
func (t tree) with(edits ...edit) tree {
	var root any = map[string]any(t)
	for _, e := range edits {
		if original, ok := e.value.(copied); ok {
			e.value = t.get(original.from)
		}
		root = replaced(root, slices.Collect(e.at.Tokens()), e.value)
	}
	changed, _ := root.(map[string]any)
	return changed
}

func replaced(parent any, tokens []string, value any) any {
	if len(tokens) == 0 {
		return value
	}
	switch parent := parent.(type) {
	case map[string]any:
		child, ok := parent[tokens[0]]
		if !ok && (len(tokens) > 1 || value == gone) {
			return parent
		}
		parent = maps.Clone(parent)
		if child = replaced(child, tokens[1:], value); child == gone {
			delete(parent, tokens[0])
		} else {
			parent[tokens[0]] = child
		}
		return parent
	case []any:
		if i, err := strconv.Atoi(tokens[0]); err == nil && i >= 0 && i < len(parent) {
			parent = slices.Clone(parent)
			parent[i] = replaced(parent[i], tokens[1:], value)
		}
		return parent
	}
	return parent
}

// refTarget returns where a reference leads. References to other files lead nowhere here.
func refTarget(value map[string]any) (jsontext.Pointer, bool) {
	ref, ok := value["$ref"].(string)
	if !ok {
		return "", false
	}
	target, ok := strings.CutPrefix(ref, "#")
	return jsontext.Pointer(target), ok
}

// deref follows references until there is none.
func (t tree) deref(at jsontext.Pointer) (jsontext.Pointer, map[string]any) {
	value := t.object(at)
	for target, ok := refTarget(value); ok; target, ok = refTarget(value) {
		at, value = target, t.object(target)
	}
	return at, value
}

func join(at jsontext.Pointer, tokens ...string) jsontext.Pointer {
	for _, token := range tokens {
		at = at.AppendToken(token)
	}
	return at
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
