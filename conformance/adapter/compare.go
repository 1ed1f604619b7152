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

// compareBodies returns the differences between two JSON texts. It ignores white space, the order of members and the
// notation of numbers. If emptyMembers is true, it also ignores members that mean the same as no member.
func compareBodies(want, got []byte, emptyMembers bool) []string {
	if len(want) == 0 {
		if len(got) > 0 {
			return []string{"body: must be absent"}
		}
		return nil
	}
	wantValue, err := readJSON(want)
	if err != nil {
		return []string{"body: the vector's body is not JSON"} // Tests of the vectors exclude this.
	}
	gotValue, err := readJSON(got)
	if err != nil {
		return []string{"body: is not JSON"}
	}
	if emptyMembers {
		wantValue, gotValue = withoutEmpty(wantValue), withoutEmpty(gotValue)
	}
	return differences("", wantValue, gotValue)
}

// withoutEmpty removes the members that are false or an object without members, innermost first.
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

// differences compares two values at a pointer into the body.
func differences(pointer jsontext.Pointer, want, got any) []string {
	at := func(rule string) []string {
		if pointer == "" {
			return []string{"body: " + rule}
		}
		return []string{string(pointer) + ": " + rule}
	}
	if kind(want) != kind(got) {
		return at(fmt.Sprintf("is %s, want %s", kind(got), kind(want)))
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
				found = append(found, string(pointer.AppendToken(name))+": is unexpected")
			}
		}
		return found
	case []any:
		got, _ := got.([]any)
		if len(want) != len(got) {
			return at(fmt.Sprintf("has %d elements, want %d", len(got), len(want)))
		}
		var found []string
		for i := range want {
			found = append(found, differences(pointer.AppendToken(fmt.Sprint(i)), want[i], got[i])...)
		}
		return found
	case json.Number:
		if number, _ := got.(json.Number); !equalNumbers(want, number) {
			return at("is a different number")
		}
	default:
		if want != got {
			return at("has a different value")
		}
	}
	return nil
}

// equalNumbers compares the values: 1e2 equals 100. big.Rat rejects exponents that would take long to compute.
func equalNumbers(a, b json.Number) bool {
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
		return "a string"
	case bool:
		return "a boolean"
	}
	return "null"
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
