package coverage

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// testCase is one side of a vector, and the expected result of each check.
type testCase struct {
	vector      conformance.Vector
	request     conformance.Request
	response    conformance.Response
	verdict     conformance.Verdict
	findings    []conformance.Place
	undescribed []jsontext.Pointer
}

// validate returns the verdict and the findings of a test case.
func (c *testCase) validate(v *conformance.Validator, s side) (conformance.Verdict, []conformance.Place) {
	var report conformance.Report
	if s == requestSide {
		report = v.ValidateRequest(c.vector.Operation, c.request)
	} else {
		report = v.ValidateResponse(c.vector.Operation, c.response)
	}
	findings := make([]conformance.Place, len(report.Findings))
	for i, f := range report.Findings {
		findings[i] = conformance.Place{Pointer: f.Pointer, Rule: f.Rule}
	}
	return report.Verdict(), slices.Compact(findings)
}

// fixture has the description and the test cases of one scope.
type fixture struct {
	scope
	operation jsontext.Pointer
	reduced   tree
	// noDiscriminators is reduced without its discriminators. It is nil if there are none.
	noDiscriminators tree
	cases            []*testCase
}

// newFixtures returns the fixtures of all scopes.
func newFixtures(d *description, vectors []conformance.Vector) (map[scope]*fixture, error) {
	fixtures := map[scope]*fixture{}
	for operation := range d.paths {
		for _, s := range sides {
			f, err := newFixture(d, scope{operation, s}, vectors)
			if err != nil {
				return nil, err
			}
			fixtures[f.scope] = f
		}
	}
	return fixtures, nil
}

// newFixture returns the fixture of a scope. It returns an error if a check fails without a mutation.
func newFixture(d *description, in scope, vectors []conformance.Vector) (*fixture, error) {
	f := &fixture{scope: in, operation: d.paths[in.operation], reduced: d.reduce(in)}
	for _, vector := range vectors {
		c := &testCase{vector: vector}
		switch {
		case vector.Operation != in.operation:
			continue
		case in.side == requestSide && vector.Request != nil:
			r := vector.Request
			c.request, c.verdict, c.findings = r.Wire(), r.Verdict, r.Findings
			c.undescribed = f.undescribed(f.reduced, c)
		case vector.Response != nil && sideOf(strconv.Itoa(vector.Response.Status)) == in.side:
			r := vector.Response
			c.response, c.verdict, c.findings = r.Wire(), r.Verdict, r.Findings
			c.undescribed = f.undescribed(f.reduced, c)
		default:
			continue
		}
		f.cases = append(f.cases, c)
	}
	var edits []edit
	for _, n := range d.nodes {
		if n.value["discriminator"] != nil && slices.Contains(n.scopes, in) {
			edits = append(edits, edit{join(n.at, "discriminator"), removed})
		}
	}
	if len(edits) > 0 {
		f.noDiscriminators = f.reduced.apply(edits...)
	}
	by, err := f.notice(Mutant{})
	if err == nil && by != "" {
		err = fmt.Errorf("%s does not hold for the description as it is", by)
	}
	return f, err
}

// notice returns the ID of the first vector that notices a mutant, or "".
func (f *fixture) notice(m Mutant) (string, error) {
	mutated := f.reduced.apply(m.edits...)
	v, err := newValidator(mutated)
	if err != nil {
		return "", err
	}
	for _, c := range f.cases {
		if verdict, findings := c.validate(v, f.side); verdict != c.verdict || !slices.Equal(findings, c.findings) {
			return c.vector.ID, nil
		}
	}
	if m.removesDescription() {
		for _, c := range f.cases {
			if !slices.Equal(f.undescribed(mutated, c), c.undescribed) {
				return c.vector.ID, nil
			}
		}
	}
	if f.noDiscriminators == nil {
		return "", nil
	}
	if v, err = newValidator(f.noDiscriminators.apply(m.edits...)); err != nil {
		return "", err
	}
	for _, c := range f.cases {
		if verdict, _ := c.validate(v, f.side); verdict != c.verdict {
			return c.vector.ID, nil
		}
	}
	return "", nil
}

func newValidator(t tree) (*conformance.Validator, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return conformance.NewValidatorFor(data)
}

// undescribed returns the parts of a request or response that are not described: a status, headers, members, and values
// that no list of known values has. The headers of a request are not among them.
func (f *fixture) undescribed(t tree, c *testCase) []jsontext.Pointer {
	if f.side == requestSide {
		return undescribedBody(t, join(f.operation, "requestBody", "content"), c.request.Header, c.request.Body)
	}
	list, resp := []jsontext.Pointer{}, c.response
	at := join(f.operation, "responses", strconv.Itoa(resp.Status))
	if t.get(at) == nil {
		list = append(list, "status")
		at = fallback(t, join(f.operation, "responses"), resp.Status)
	}
	at, response := t.deref(at)
	described, _ := response["headers"].(map[string]any)
	known := sortedKeys(described)
	for _, name := range sortedKeys(resp.Header) {
		pointer := jsontext.Pointer("header:" + name)
		i := slices.IndexFunc(known, func(known string) bool { return strings.EqualFold(known, name) })
		if i < 0 {
			list = append(list, pointer)
			continue
		}
		header, _ := t.deref(join(at, "headers", known[i]))
		list = append(list, undescribedValues(t, join(header, "schema"), pointer, resp.Header.Get(name))...)
	}
	return append(list, undescribedBody(t, join(at, "content"), resp.Header, resp.Body)...)
}

// fallback returns the response that applies to a status without a response of its own: another 2xx, or the default.
func fallback(t tree, responses jsontext.Pointer, status int) jsontext.Pointer {
	for _, key := range sortedKeys(t.object(responses)) {
		if status < 300 && key[0] == '2' {
			return join(responses, key)
		}
	}
	return join(responses, "default")
}

// undescribedBody returns the undescribed parts of a JSON body. Its Content-Type selects one of the media types, or the
// first one for JSON if it is not described.
func undescribedBody(t tree, content jsontext.Pointer, header http.Header, data []byte) []jsontext.Pointer {
	var body any
	if json.Unmarshal(data, &body) != nil {
		return nil
	}
	contentType, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	names := sortedKeys(t.object(content))
	i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, contentType) })
	if i < 0 {
		i = slices.IndexFunc(names, func(name string) bool { return strings.HasSuffix(name, "json") })
	}
	if i < 0 {
		return nil
	}
	return undescribedValues(t, join(content, names[i], "schema"), "", body)
}

// undescribedValues returns the undescribed parts of the value at a pointer into the response. schemaAt points to its
// schema.
func undescribedValues(t tree, schemaAt, at jsontext.Pointer, value any) []jsontext.Pointer {
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
				list = append(list, undescribedValues(t, next, at.AppendToken(name), value[name])...)
			}
		}
	case []any:
		for i, element := range value {
			list = append(list, undescribedValues(t, join(schemaAt, "items"), at.AppendToken(strconv.Itoa(i)), element)...)
		}
	case string:
		if names, ok := schema["x-extensible-enum"].([]any); ok && !slices.Contains(names, any(value)) {
			list = append(list, at)
		}
	}
	return list
}
