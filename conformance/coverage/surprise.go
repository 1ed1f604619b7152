package coverage

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// surprises are the places of an answer that the description does not tell of: its status, a header, a member, or a
// value that is in no list of known ones.
func surprises(t tree, operation jsontext.Pointer, answer conformance.Response) []jsontext.Pointer {
	list := []jsontext.Pointer{}
	status := strconv.Itoa(answer.Status)
	at := join(operation, "responses", status)
	if t.get(at) == nil {
		list = append(list, "status")
		at = join(operation, "responses", fallback(t.object(join(operation, "responses")), status))
	}
	at, response := t.deref(at)
	described, _ := response["headers"].(map[string]any)
	known := sortedKeys(described)
	for _, name := range sortedKeys(answer.Header) {
		place := jsontext.Pointer("header:" + name)
		i := slices.IndexFunc(known, func(known string) bool { return strings.EqualFold(known, name) })
		if i < 0 {
			list = append(list, place)
			continue
		}
		header, _ := t.deref(join(at, "headers", known[i]))
		list = append(list, members(t, join(header, "schema"), place, answer.Header.Get(name))...)
	}
	var body any
	if err := json.Unmarshal(answer.Body, &body); err != nil {
		return list
	}
	return append(list, members(t, join(at, "content", "application/json", "schema"), "", body)...)
}

// fallback is what describes a status that is not described by itself.
func fallback(responses map[string]any, status string) string {
	for _, key := range sortedKeys(responses) {
		if status[0] == '2' && key[0] == '2' {
			return key
		}
	}
	return "default"
}

// members are the surprises in a value, which stands at a place of the answer and has a schema of the description.
func members(t tree, schemaAt, at jsontext.Pointer, value any) []jsontext.Pointer {
	schemaAt, schema := t.deref(schemaAt)
	var list []jsontext.Pointer
	switch value := value.(type) {
	case map[string]any:
		for _, name := range sortedKeys(value) {
			next := join(schemaAt, "properties", name)
			if t.get(next) == nil {
				next = join(schemaAt, "additionalProperties")
			}
			if t.object(next) == nil {
				list = append(list, at.AppendToken(name))
			} else {
				list = append(list, members(t, next, at.AppendToken(name), value[name])...)
			}
		}
	case []any:
		for i, element := range value {
			list = append(list, members(t, join(schemaAt, "items"), at.AppendToken(strconv.Itoa(i)), element)...)
		}
	case string:
		if names, ok := schema["x-extensible-enum"].([]any); ok && !slices.Contains(names, any(value)) {
			list = append(list, at)
		}
	}
	return list
}
