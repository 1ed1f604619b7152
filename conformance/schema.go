package conformance

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// stringFormats is passed to kin-openapi with each call: its functions that define formats change the whole process.
var stringFormats = openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
	"date-time": openapi3.NewCallbackValidator(func(value string) error {
		var t time.Time
		return t.UnmarshalText([]byte(value)) // Exactly RFC 3339; time.Parse accepts more.
	}),
})

// checkValue validates a JSON value against a schema. kin-openapi finds the errors, and translate makes findings of
// them. The texts of the errors are not used: they contain values.
func (v *Validator) checkValue(ref *openapi3.SchemaRef, value any) []Finding {
	if ref == nil || ref.Value == nil {
		return nil
	}
	return v.translate(validateJSON(ref.Value, value), "", value)
}

// checkJSON validates a JSON text against a schema.
func (v *Validator) checkJSON(ref *openapi3.SchemaRef, text []byte) []Finding {
	document := readJSON(text)
	if !document.readable {
		return document.findings
	}
	return append(document.findings, v.checkValue(ref, document.value)...)
}

// validateJSON returns all errors of a value. It disables their details, because kin-openapi would otherwise format an
// error with the whole value for each error inside a oneOf.
func validateJSON(schema *openapi3.Schema, value any) error {
	return schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails(), stringFormats)
}

// at sets the pointer of findings on a value that is not in the body.
func at(pointer string, findings []Finding) []Finding {
	for i := range findings {
		findings[i].Pointer = pointer
	}
	return findings
}

// translate returns the findings of an error of kin-openapi about the value root, whose pointer is base.
func (v *Validator) translate(err error, base jsontext.Pointer, root any) []Finding {
	switch err := err.(type) { //nolint:errorlint // kin-openapi returns these two unwrapped
	case nil:
		return nil
	case openapi3.MultiError:
		var findings []Finding
		seen := map[string]bool{}
		for _, err := range err {
			// kin-openapi returns one such error for each unknown member, without its name. translateOne makes the findings
			// of all members of the first one.
			if e, ok := err.(*openapi3.SchemaError); ok && e.SchemaField == "properties" { //nolint:errorlint // as above
				object := strings.Join(e.JSONPointer(), "\x00")
				if seen[object] {
					continue
				}
				seen[object] = true
			}
			findings = append(findings, v.translate(err, base, root)...)
		}
		return findings
	case *openapi3.SchemaError:
		return v.translateOne(err, base, root)
	}
	return []Finding{newFinding(string(base), "schema", "the schema cannot be applied")}
}

// translateOne returns the findings of one error of kin-openapi.
func (v *Validator) translateOne(e *openapi3.SchemaError, base jsontext.Pointer, root any) []Finding {
	path, schema, rule := e.JSONPointer(), e.Schema, e.SchemaField
	finding := func(pointer jsontext.Pointer, rule, message string) []Finding {
		return []Finding{newFinding(string(pointer), rule, message)}
	}
	var missing string
	if rule == "required" { // the last token is the missing member
		path, missing = path[:len(path)-1], path[len(path)-1]
	}
	pointer, value := base, root
	for _, token := range path {
		pointer, value = pointer.AppendToken(token), child(value, token)
	}
	switch rule {
	case "required":
		return finding(pointer, rule, missingMessage(missing))
	case "nullable":
		if schema.Type.IsEmpty() {
			return nil // A schema without a type allows null, but kin-openapi refuses it.
		}
		return finding(pointer, "type", typeMessage(schema))
	case "properties":
		var findings []Finding
		object, _ := value.(map[string]any)
		for _, name := range sortedKeys(object) {
			if schema.Properties[name] == nil {
				message := unknownMessage(schema, name)
				findings = append(findings, finding(pointer.AppendToken(name), "additionalProperties", message)...)
			}
		}
		return findings
	case "discriminator":
		property := schema.Discriminator.PropertyName
		object, _ := value.(map[string]any)
		kind, ok := object[property]
		if !ok {
			return finding(pointer, "required", missingMessage(property))
		}
		if _, ok := kind.(string); !ok {
			return finding(pointer.AppendToken(property), "type", "must have the type string")
		}
		return finding(pointer.AppendToken(property), rule, oneOfMessage(sortedKeys(schema.Discriminator.Mapping)))
	case "oneOf":
		if !errors.Is(e, openapi3.ErrOneOfConflict) {
			return v.checkBranches(schema, pointer, value)
		}
	}
	return finding(pointer, rule, v.message(schema, rule))
}

// checkBranches returns the findings of a value that matches no branch of a oneOf: those of the branch that the
// discriminator selects, or else those of the branch with the fewest mismatches.
func (v *Validator) checkBranches(schema *openapi3.Schema, pointer jsontext.Pointer, value any) []Finding {
	branches := schema.OneOf
	if d := schema.Discriminator; d != nil {
		if object, ok := value.(map[string]any); ok {
			kind, _ := object[d.PropertyName].(string)
			branches = slices.DeleteFunc(slices.Clone(branches), func(ref *openapi3.SchemaRef) bool {
				return d.Mapping[kind].Ref != ref.Ref
			})
		}
	}
	best, fewest := [][]Finding(nil), -1
	for _, branch := range branches {
		findings := sortFindings(v.translate(validateJSON(branch.Value, value), pointer, value))
		switch n := mismatches(findings, pointer); {
		case fewest < 0 || n < fewest:
			best, fewest = [][]Finding{findings}, n
		case n == fewest:
			best = append(best, findings)
		}
	}
	if len(best) == 1 {
		return best[0]
	}
	// Several branches have as few mismatches: only the findings that they have in common are certain.
	branchCount := map[Finding]int{}
	for _, findings := range best {
		for _, f := range findings {
			branchCount[f]++
		}
	}
	var common []Finding
	for f, n := range branchCount {
		if n == len(best) {
			common = append(common, f)
		}
	}
	if len(common) == len(branchCount) && len(common) > 0 {
		return common
	}
	return append(common, newFinding(string(pointer), "oneOf", v.branchMessage(schema)))
}

// mismatches counts the findings that show that a value is not meant for a branch: those on the value itself and on the
// names of its members. A finding in the value of a member does not show that.
func mismatches(findings []Finding, pointer jsontext.Pointer) int {
	n := 0
	for _, f := range findings {
		direct := jsontext.Pointer(f.Pointer)
		if direct == pointer || f.Rule == "additionalProperties" && direct.Parent() == pointer {
			n++
		}
	}
	return n
}

// child returns a member or an element of a JSON value, or nil.
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
