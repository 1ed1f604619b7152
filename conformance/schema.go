package conformance

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// checkValue judges a JSON value by a schema. kin-openapi finds what is wrong; this turns its errors into findings,
// and goes into the branches of a oneOf, about which it says only that none fits. Its error texts print values, and
// are never used.
func (v *Validator) checkValue(ref *openapi3.SchemaRef, value any) []Finding {
	if ref == nil || ref.Value == nil {
		return nil
	}
	return v.translate(visit(ref.Value, value), "", value)
}

// visit lets kin-openapi find everything. Without details, because it writes the texts of what is wrong inside a oneOf
// whether anybody reads them or not, and each of them would hold the whole value.
func visit(schema *openapi3.Schema, value any) error {
	return schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails(), stringFormats)
}

// at moves findings on a value that is no part of the body to where the value stands.
func at(pointer string, findings []Finding) []Finding {
	for i := range findings {
		findings[i].Pointer = pointer
	}
	return findings
}

// translate makes findings of what err says about root, which stands at base.
func (v *Validator) translate(err error, base jsontext.Pointer, root any) []Finding {
	switch err := err.(type) { //nolint:errorlint // kin-openapi returns these two as they are; what they wrap is detail.
	case nil:
		return nil
	case openapi3.MultiError:
		var findings []Finding
		closed := map[string]bool{}
		for _, err := range err {
			// There is one such error for each unknown member, and none says which: the first one stands for all.
			if one, ok := err.(*openapi3.SchemaError); ok && one.SchemaField == "properties" { //nolint:errorlint // As above.
				object := strings.Join(one.JSONPointer(), "\x00")
				if closed[object] {
					continue
				}
				closed[object] = true
			}
			findings = append(findings, v.translate(err, base, root)...)
		}
		return findings
	case *openapi3.SchemaError:
		return v.translateOne(err, base, root)
	}
	return []Finding{{Pointer: string(base), Rule: "schema", Message: "the schema cannot be applied"}}
}

func (v *Validator) translateOne(e *openapi3.SchemaError, base jsontext.Pointer, root any) []Finding {
	path, schema, rule := e.JSONPointer(), e.Schema, e.SchemaField
	one := func(pointer jsontext.Pointer, rule, message string) []Finding {
		return []Finding{{Pointer: string(pointer), Rule: rule, Message: message}}
	}
	var missing string
	if rule == "required" { // The last element is the member that is missing.
		path, missing = path[:len(path)-1], path[len(path)-1]
	}
	pointer, value := base, root
	for _, token := range path {
		pointer, value = pointer.AppendToken(token), child(value, token)
	}
	switch rule {
	case "required":
		return one(pointer, rule, missingMessage(missing))
	case "nullable":
		if schema.Type.IsEmpty() {
			return nil // A schema without a type takes null as well; kin-openapi thinks otherwise.
		}
		return one(pointer, "type", typeMessage(schema))
	case "properties":
		var findings []Finding
		object, _ := value.(map[string]any)
		for _, name := range sortedKeys(object) {
			if schema.Properties[name] == nil {
				findings = append(findings, one(pointer.AppendToken(name), "additionalProperties", unknownMessage(schema, name))...)
			}
		}
		return findings
	case "discriminator":
		property := schema.Discriminator.PropertyName
		object, _ := value.(map[string]any)
		switch kind, ok := object[property]; {
		case !ok:
			return one(pointer, "required", missingMessage(property))
		case !isString(kind):
			return one(pointer.AppendToken(property), "type", "must be a string")
		}
		return one(pointer.AppendToken(property), rule, oneOfMessage(sortedKeys(schema.Discriminator.Mapping)))
	case "oneOf":
		if !errors.Is(e, openapi3.ErrOneOfConflict) {
			return v.descend(schema, pointer, value)
		}
	}
	return one(pointer, rule, v.message(schema, rule))
}

// descend judges a value by the branch of a oneOf that it was meant for.
func (v *Validator) descend(schema *openapi3.Schema, pointer jsontext.Pointer, value any) []Finding {
	branches := schema.OneOf
	if d := schema.Discriminator; d != nil {
		if object, ok := value.(map[string]any); ok {
			kind, _ := object[d.PropertyName].(string)
			branches = slices.DeleteFunc(slices.Clone(branches), func(ref *openapi3.SchemaRef) bool {
				return d.Mapping[kind].Ref != ref.Ref
			})
		}
	}
	best, misfit := [][]Finding(nil), -1
	for _, branch := range branches {
		findings := tidy(v.translate(visit(branch.Value, value), pointer, value))
		switch n := shallow(findings, pointer); {
		case misfit < 0 || n < misfit:
			best, misfit = [][]Finding{findings}, n
		case n == misfit:
			best = append(best, findings)
		}
	}
	if len(best) == 1 {
		return best[0]
	}
	// Several branches fit equally badly. What all of them mind is certain; the rest nobody can say.
	minds := map[Finding]int{}
	for _, findings := range best {
		for _, f := range findings {
			minds[f]++
		}
	}
	var common []Finding
	for f, n := range minds {
		if n == len(best) {
			common = append(common, f)
		}
	}
	if len(common) == len(minds) && len(common) > 0 {
		return common
	}
	return append(common, Finding{Pointer: string(pointer), Rule: "oneOf", Message: v.branchMessage(schema)})
}

// shallow counts the findings that speak against a branch as such: those on the value itself and on the names of its
// members. What is wrong deeper inside, or with the value of a member, does not make another branch the right one.
func shallow(findings []Finding, pointer jsontext.Pointer) int {
	n := 0
	for _, f := range findings {
		direct := jsontext.Pointer(f.Pointer)
		if direct == pointer || f.Rule == "additionalProperties" && direct.Parent() == pointer {
			n++
		}
	}
	return n
}

// child goes one step down a JSON value.
func child(value any, token string) any {
	switch value := value.(type) {
	case map[string]any:
		return value[token]
	case []any:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(value) {
			return value[i]
		}
	}
	return nil
}

func isString(value any) bool {
	_, ok := value.(string)
	return ok
}

// isOptional reports whether a pointer into a body leads through a member that the schema of the body does not require.
// A member that the schema does not describe is optional.
func isOptional(ref *openapi3.SchemaRef, pointer string) bool {
	for token := range jsontext.Pointer(pointer).Tokens() {
		switch {
		case ref == nil || ref.Value == nil:
			return false
		case ref.Value.Type.Is(openapi3.TypeArray):
			ref = ref.Value.Items
		case !slices.Contains(ref.Value.Required, token):
			return true
		default:
			ref = ref.Value.Properties[token]
		}
	}
	return false
}

// differsInCase returns the described property that a name would be in another case, or "".
func differsInCase(schema *openapi3.Schema, name string) string {
	for _, known := range sortedKeys(schema.Properties) {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return ""
}
