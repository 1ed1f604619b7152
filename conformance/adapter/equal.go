package adapter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// compareBodies says where two JSON texts differ in what they mean: the order of members and white space do not count,
// everything else does, every digit of a number included. Members that say nothing do not count if there may be some.
func compareBodies(want, got []byte, emptyMembers bool) []string {
	wanted, err := readJSON(want)
	if err != nil {
		return []string{"body: what was asked for is not JSON"} // no vector whose request is valid is like that
	}
	value, err := readJSON(got)
	if err != nil {
		return []string{"body: it is not JSON"}
	}
	if emptyMembers {
		wanted, value = withoutEmpty(wanted), withoutEmpty(value)
	}
	return differences("", wanted, value)
}

// withoutEmpty leaves out the members that say what an absent one says: false, and an object in which nothing is left.
func withoutEmpty(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	maps.DeleteFunc(object, func(_ string, member any) bool {
		inner, ok := withoutEmpty(member).(map[string]any)
		return member == false || ok && len(inner) == 0
	})
	return object
}

func readJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

func differences(pointer jsontext.Pointer, want, got any) []string {
	at := func(rule string) []string {
		if pointer == "" {
			return []string{"body: " + rule}
		}
		return []string{string(pointer) + ": " + rule}
	}
	if kind(want) != kind(got) {
		return at(fmt.Sprintf("is %s, and asked for is %s", kind(got), kind(want)))
	}
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		var found []string
		for _, name := range sortedKeys(want) {
			member := pointer.AppendToken(name)
			if value, ok := got[name]; ok {
				found = append(found, differences(member, want[name], value)...)
			} else {
				found = append(found, string(member)+": is missing")
			}
		}
		for _, name := range sortedKeys(got) {
			if _, ok := want[name]; !ok {
				found = append(found, string(pointer.AppendToken(name))+": was not asked for")
			}
		}
		return found
	case []any:
		got, _ := got.([]any)
		if len(want) != len(got) {
			return at(fmt.Sprintf("has %d elements, and asked for are %d", len(got), len(want)))
		}
		var found []string
		for i := range want {
			found = append(found, differences(pointer.AppendToken(fmt.Sprint(i)), want[i], got[i])...)
		}
		return found
	case json.Number:
		if number, _ := got.(json.Number); !sameNumber(want, number) {
			return at("is another number")
		}
	default:
		if want != got {
			return at("has another value")
		}
	}
	return nil
}

// sameNumber compares the numbers, not their spelling: 1e2 is 100. big.Rat refuses exponents that would take long.
func sameNumber(a, b json.Number) bool {
	x, okX := new(big.Rat).SetString(a.String())
	y, okY := new(big.Rat).SetString(b.String())
	return a == b || okX && okY && x.Cmp(y) == 0
}

func kind(value any) string {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case json.Number:
		return "a number"
	case string:
		return "text"
	case bool:
		return "a boolean"
	}
	return "null"
}

// sortedKeys makes iteration over a map repeatable.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
