package conformance

import (
	"cmp"
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

func newFinding(pointer, rule, message string) Finding {
	return Finding{Pointer: pointer, Rule: rule, Message: message}
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
		var names []string
		for _, value := range schema.Enum {
			names = append(names, fmt.Sprint(value))
		}
		return oneOfMessage(names)
	case "pattern":
		if name := v.names[schema]; name != "" {
			return fmt.Sprintf("does not look like %s, whose pattern is %s", name, schema.Pattern)
		}
		return "must match the pattern " + schema.Pattern
	case "format":
		return "must have the format " + schema.Format
	case "minLength":
		return fmt.Sprintf("must have a length of at least %d", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must have a length of at most %d", *schema.MaxLength)
	case "oneOf":
		return v.branchMessage(schema)
	}
	return fmt.Sprintf("breaks the rule %q of the description", rule)
}

func typeMessage(schema *openapi3.Schema) string {
	return "must have the type " + strings.Join(schema.Type.Slice(), " or ")
}

func missingMessage(name string) string { return fmt.Sprintf("the property %q is missing", name) }

// unknownMessage returns the message of an unknown property. The name is payload: it is compared, and not shown.
func unknownMessage(schema *openapi3.Schema, name string) string {
	for _, known := range sortedKeys(schema.Properties) {
		if strings.EqualFold(known, name) {
			return fmt.Sprintf("this property is not known here; names are case-sensitive, and %q is known", known)
		}
	}
	return "this property is not known here"
}

func oneOfMessage(allowed []string) string {
	return "must be one of " + strings.Join(allowed, ", ")
}

func (v *Validator) branchMessage(schema *openapi3.Schema) string {
	var names []string
	for _, ref := range schema.OneOf {
		names = append(names, v.names[ref.Value])
	}
	return "must be exactly one of " + strings.Join(names, ", ")
}
