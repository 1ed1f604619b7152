package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The messages below are made of rules and schemas alone. A value out of a payload has no way into them.

// message says in plain words what a rule of a schema asks for.
func (v *Validator) message(schema *openapi3.Schema, rule string) string {
	switch rule {
	case "type":
		return typeMessage(schema)
	case "enum":
		return oneOfMessage(enumNames(schema))
	case "pattern":
		if name := v.names[schema]; name != "" {
			return fmt.Sprintf("does not look like %s, whose pattern is %s", name, schema.Pattern)
		}
		return "must match the pattern " + schema.Pattern
	case "format":
		return "must have the format " + schema.Format
	case "minLength":
		return fmt.Sprintf("must have at least %s", count(schema.MinLength, "character"))
	case "maxLength":
		return fmt.Sprintf("must have at most %s", count(deref(schema.MaxLength), "character"))
	case "minItems":
		return fmt.Sprintf("must have at least %s", count(schema.MinItems, "element"))
	case "maxItems":
		return fmt.Sprintf("must have at most %s", count(deref(schema.MaxItems), "element"))
	case "oneOf":
		return "fits more than one of " + strings.Join(v.branches(schema), ", ")
	}
	return fmt.Sprintf("breaks the rule %q of the description", rule)
}

func typeMessage(schema *openapi3.Schema) string {
	switch types := schema.Type.Slice(); {
	case len(types) == 1 && strings.ContainsAny(types[0][:1], "aio"):
		return "must be an " + types[0]
	default:
		return "must be a " + strings.Join(types, " or ")
	}
}

func missingMessage(name string) string { return fmt.Sprintf("the property %q is missing", name) }

// unknownMessage takes the name that the payload has only to find the one that was meant: the message shows the latter.
func unknownMessage(schema *openapi3.Schema, name string) string {
	if meant := differsInCase(schema, name); meant != "" {
		return fmt.Sprintf("this property is not known here; names are case-sensitive, and %q is known", meant)
	}
	return "this property is not known here"
}

func oneOfMessage(allowed []string) string {
	return "must be one of " + strings.Join(allowed, ", ")
}

func (v *Validator) branchMessage(schema *openapi3.Schema) string {
	return "must be exactly one of " + strings.Join(v.branches(schema), ", ")
}

func (v *Validator) branches(schema *openapi3.Schema) []string {
	var names []string
	for i, ref := range schema.OneOf {
		name := v.names[ref.Value]
		if name == "" {
			name = fmt.Sprintf("form %d", i+1)
		}
		names = append(names, name)
	}
	return names
}

func enumNames(schema *openapi3.Schema) []string {
	var names []string
	for _, value := range schema.Enum {
		if text, ok := value.(string); ok {
			names = append(names, text)
		} else if text, err := json.Marshal(value); err == nil {
			names = append(names, string(text))
		}
	}
	return names
}

func count(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func deref(n *uint64) uint64 {
	if n == nil {
		return 0
	}
	return *n
}
