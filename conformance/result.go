package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// Result returns the body that a correct client reports of the response of a vector, or nil if it reports none. It may
// contain members that the contract does not describe, and that no client has to report.
func (v Vector) Result() []byte {
	switch {
	case v.Expect.Result != nil:
		return v.Expect.Result
	case v.Response == nil || v.Expect.Class == "accepted":
		return nil
	}
	return v.Response.Wire().Body
}

// ComparableResult prepares a body for comparison: two clients read the same from the response of a vector if their
// results are equal. A result is nil, bool, string, json.Number, []any or map[string]any, and nil if the body is not
// JSON. It lacks
//
//   - members that the contract does not describe, and members of another type;
//   - places that cannot be read, according to the findings of the response;
//   - the members of without, named by a schema and a path of properties, as in "Device._links" or
//     "AuthenticationDevice.pushStatus.reason";
//   - what is null, "", {} or [], because a client need not tell it from an absent member.
//
// An element of a list is nil instead. A time is converted to UTC. A number is text if the contract gives no type.
func (v *Validator) ComparableResult(vector Vector, body []byte, without []string) any {
	o, ok := v.operations[vector.Operation]
	document := readJSON(body)
	isTrailing := func(f Finding) bool { return f.Rule == ruleTrailing }
	if !ok || !document.readable || slices.ContainsFunc(document.findings, isTrailing) {
		return nil
	}
	c := comparison{names: v.names, unreadable: map[string]bool{}, without: without}
	for _, place := range vector.Response.Findings {
		c.unreadable[place.Pointer] = place.Rule == "type" || place.Rule == "format" || place.Rule == ruleUTF8
	}
	return c.reduce(resultSchema(o, vector.Response.Status), document.value, "", nil)
}

// HasMember reports whether the contract describes a member, named as in [Validator.ComparableResult].
func (v *Validator) HasMember(name string) bool {
	schemaName, path, ok := strings.Cut(name, ".")
	if !ok {
		return false
	}
	for schema, known := range v.names {
		if known != schemaName {
			continue
		}
		for property := range strings.SplitSeq(path, ".") {
			if schema.Properties[property] == nil {
				return false
			}
			schema = schema.Properties[property].Value
		}
		return true
	}
	return false
}

// resultSchema returns the schema of the JSON that an operation has for the class of a status, or nil.
func resultSchema(o operation, status int) *openapi3.SchemaRef {
	responses := o.spec.Responses.Map()
	for _, key := range sortedKeys(responses) {
		if strings.HasPrefix(key, "2") == (status < 300) {
			if media := anyJSON(responses[key].Value.Content); media != nil && media.Schema != nil {
				return media.Schema
			}
		}
	}
	return nil
}

// comparison is a call of ComparableResult.
type comparison struct {
	names      map[*openapi3.Schema]string
	unreadable map[string]bool
	without    []string
}

// reduce returns the part of a value that is compared, or nil. The paths of lost lead to members that are left out.
func (c comparison) reduce(ref *openapi3.SchemaRef, value any, at jsontext.Pointer, lost []string) any {
	if ref == nil || c.unreadable[string(at)] {
		return nil
	}
	if typeOnly := (&openapi3.Schema{Type: ref.Value.Type}); typeOnly.VisitJSON(value) != nil {
		return nil
	}
	switch value := value.(type) {
	case map[string]any:
		return c.reduceObject(ref.Value, value, at, lost)
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = c.reduce(ref.Value.Items, element, at.AppendToken(strconv.Itoa(i)), nil)
		}
		if len(list) > 0 {
			return list
		}
	case json.Number:
		if ref.Value.Type.IsEmpty() {
			return string(value)
		}
		return value
	case string:
		if value != "" && ref.Value.Format == "date-time" {
			return comparableTime(value)
		}
		if value != "" {
			return value
		}
	case bool:
		return value
	}
	return nil
}

func (c comparison) reduceObject(
	schema *openapi3.Schema, object map[string]any, at jsontext.Pointer, lost []string,
) any {
	if len(schema.Properties) == 0 && schema.AdditionalProperties.Schema == nil && len(object) > 0 {
		return object // The contract does not describe its members.
	}
	for _, name := range c.without {
		if path, ok := strings.CutPrefix(name, c.names[schema]+"."); ok {
			lost = append(slices.Clip(lost), path)
		}
	}
	reduced := map[string]any{}
	for name, member := range object {
		property := schema.Properties[name]
		if property == nil {
			property = schema.AdditionalProperties.Schema
		}
		var lostBelow []string
		for _, path := range lost {
			if below, ok := strings.CutPrefix(path, name+"."); ok {
				lostBelow = append(lostBelow, below)
			}
		}
		if !slices.Contains(lost, name) {
			if member = c.reduce(property, member, at.AppendToken(name), lostBelow); member != nil {
				reduced[name] = member
			}
		}
	}
	if len(reduced) == 0 {
		return nil
	}
	return reduced
}

// comparableTime returns a time in UTC, or nil if the text is not RFC 3339.
func comparableTime(text string) any {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}
