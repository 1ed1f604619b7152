package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Verdict is the result of a [Report].
type Verdict string

// A report without findings is Valid. A report is Tolerated if a correct client can use the response in spite of each
// finding, and Invalid otherwise.
const (
	Valid     Verdict = "valid"
	Tolerated Verdict = "tolerated"
	Invalid   Verdict = "invalid"
)

// Finding is one deviation from the description.
type Finding struct {
	// Pointer is the place: an RFC 6901 JSON Pointer into the body ("" is the body itself), or one of "method", "host",
	// "path", "path:NAME" (a path parameter), "query", "status", "header:NAME" and "operation".
	Pointer string `json:"pointer"`
	// Rule is the broken rule: a keyword of JSON Schema (type, required, pattern, ...), or one of the rules that
	// README.md lists.
	Rule string `json:"rule"`
	// Message describes the rule. It never contains a value of the payload.
	Message string `json:"message"`
	// Tolerated reports whether a correct client can use the response in spite of the finding. It is false in the report
	// on a request.
	Tolerated bool `json:"tolerated"`
}

// Report has the findings of one request or response, sorted by pointer and rule.
type Report struct {
	Operation string    `json:"operation"`
	Findings  []Finding `json:"findings"`
}

// Verdict returns [Valid] if there are no findings, [Tolerated] if each finding is tolerated, and [Invalid] otherwise.
func (r Report) Verdict() Verdict {
	switch {
	case len(r.Findings) == 0:
		return Valid
	case !slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Tolerated }):
		return Tolerated
	}
	return Invalid
}

func newReport(operation string, findings []Finding) Report {
	return Report{Operation: operation, Findings: sortFindings(findings)}
}

// sortFindings sorts findings and removes duplicates.
func sortFindings(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(findings)
}

// message returns the message of a broken rule. All messages consist of rules and parts of schemas, never of payload.
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
		return "matches more than one of " + strings.Join(v.branches(schema), ", ")
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

// unknownMessage returns the message of an unknown property. The name is payload: it is compared, and not shown.
func unknownMessage(schema *openapi3.Schema, name string) string {
	if known := differsInCase(schema, name); known != "" {
		return fmt.Sprintf("this property is not known here; names are case-sensitive, and %q is known", known)
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
