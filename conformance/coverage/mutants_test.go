package coverage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Mutant is the description with one constraint changed.
type Mutant struct {
	// Pointer is an RFC 6901 JSON Pointer to the constraint.
	Pointer string
	// Mutation is the change. Pointer and Mutation identify the mutant, and are the same in each run.
	Mutation string

	edits  []edit
	scopes []scope
}

func (m Mutant) String() string { return m.Pointer + ": " + m.Mutation }

// removesDescription reports whether a mutant removes a member, a header, a status or a known value. Responses and
// lists of known values are open, so the verdicts do not depend on these.
func (m Mutant) removesDescription() bool {
	at := jsontext.Pointer(m.Pointer)
	group := at.Parent().LastToken()
	return at.LastToken() == "x-extensible-enum" || strings.HasPrefix(m.Mutation, notFor) ||
		m.Mutation == "removed" && slices.Contains([]string{"properties", "headers", "responses"}, group)
}

// notFor and a status are the mutation of a shared response: no operation has it for that status.
const notFor = "not for "

// generator collects the mutants of a description.
type generator struct {
	*description
	list []Mutant
	// shared are the mutants of the shared responses, by their names.
	shared map[string]Mutant
}

// mutants returns all mutants, in the order of the nodes.
func (d *description) mutants() ([]Mutant, error) {
	g := &generator{description: d, shared: map[string]Mutant{}}
	g.security()
	for _, n := range d.nodes {
		switch n.kind {
		case operationKind:
			g.operation(n)
		case requestBodyKind:
			g.requestBody(n)
		case parameterKind, headerKind:
			g.header(n)
		case responseKind:
			g.response(n)
		case schemaKind:
			g.schema(n)
		case schemeKind:
			g.add(n.scopes, join(n.at, "scheme"), "another one", edit{join(n.at, "scheme"), "basic"})
		case mediaKind:
			if n.value["schema"] == nil {
				g.set(n, "schema", "added", map[string]any{})
			}
		}
	}
	for _, name := range sortedKeys(g.shared) {
		g.list = append(g.list, g.shared[name])
	}
	// No vector can notice the removal of an unused component, so that each of them is reported as a survivor.
	for _, at := range d.unused() {
		g.add(nil, at, "removed")
	}
	seen := map[string]bool{}
	for _, m := range g.list {
		if seen[m.String()] {
			return nil, fmt.Errorf("%s: there are two such mutants", m)
		}
		seen[m.String()] = true
	}
	return g.list, nil
}

func (g *generator) add(scopes []scope, at jsontext.Pointer, mutation string, edits ...edit) {
	g.list = append(g.list, Mutant{Pointer: string(at), Mutation: mutation, edits: edits, scopes: scopes})
}

// set adds a mutant in which one keyword of a node has another value or is removed.
func (g *generator) set(n *node, key, mutation string, value any) {
	at := join(n.at, key)
	g.add(n.scopes, at, mutation, edit{at, value})
}

// removeMembers adds a mutant for each member of an object, without that member.
func (g *generator) removeMembers(scopes []scope, at jsontext.Pointer) {
	for _, name := range sortedKeys(g.doc.object(at)) {
		g.add(scopes, join(at, name), "removed", edit{join(at, name), removed})
	}
}

// removeElements adds a mutant for each element of a list, without that element.
func (g *generator) removeElements(n *node, key string) {
	list, _ := n.value[key].([]any)
	for i, element := range list {
		g.set(n, key, "without "+jsonText(element), slices.Delete(slices.Clone(list), i, i+1))
	}
}

// security removes the security requirement, and makes it optional.
func (g *generator) security() {
	requirements, ok := g.doc["security"].([]any)
	if !ok {
		return
	}
	var scopes []scope
	for _, id := range sortedKeys(g.paths) {
		scopes = append(scopes, scope{id, requestSide})
	}
	g.add(scopes, "/security", "removed", edit{"/security", removed})
	optional := append(slices.Clone(requirements), map[string]any{})
	g.add(scopes, "/security", "optional", edit{"/security", optional})
}

// operation removes the security requirement, each parameter, the body and each response, and changes the host.
func (g *generator) operation(n *node) {
	id, _ := n.value["operationId"].(string)
	request := []scope{{id, requestSide}}
	g.add(request, join(n.at, "security"), "public", edit{join(n.at, "security"), []any{}})
	otherHost := []any{map[string]any{"url": "https://elsewhere.example.com"}}
	g.add(request, join(n.at, "servers"), "elsewhere", edit{join(n.at, "servers"), otherHost})
	parameters, _ := n.value["parameters"].([]any)
	for i := range parameters {
		at := join(n.at, "parameters", strconv.Itoa(i))
		if _, parameter := g.doc.deref(at); parameter["in"] == "path" {
			g.add(request, at, "takes anything", edit{at, anyPathParameter(parameter)})
		} else {
			rest := slices.Delete(slices.Clone(parameters), i, i+1)
			g.add(request, at, "removed", edit{join(n.at, "parameters"), rest})
		}
	}
	body := join(n.at, "requestBody")
	if n.value["requestBody"] != nil {
		g.add(request, body, "removed", edit{body, removed})
	} else {
		anything := map[string]any{"*/*": map[string]any{}}
		g.add(request, body, "added", edit{body, map[string]any{"content": anything}})
	}
	for _, status := range sortedKeys(g.doc.object(join(n.at, "responses"))) {
		g.status(join(n.at, "responses", status), status, scope{id, sideOf(status)})
	}
}

// status removes a status, and extends one of success to its class. A shared response is removed from all operations
// that have it for the status, because they all mean the same.
func (g *generator) status(at jsontext.Pointer, status string, in scope) {
	target, isRef := refTarget(g.doc.object(at))
	if !isRef {
		g.add([]scope{in}, at, "removed", edit{at, removed})
		if in.side == successSide {
			g.add([]scope{in}, at, "the whole class", edit{join(at.Parent(), "2XX"), copyOf{at}})
		}
		return
	}
	m := g.shared[string(target)+notFor+status]
	m.Pointer, m.Mutation = string(target), notFor+status
	m.edits, m.scopes = append(m.edits, edit{at, removed}), append(m.scopes, in)
	g.shared[string(target)+notFor+status] = m
}

// requestBody makes the body optional, removes each media type, and adds another one.
func (g *generator) requestBody(n *node) {
	if n.isRef() {
		return
	}
	if n.value["required"] == true {
		g.set(n, "required", "removed", removed)
	}
	content := join(n.at, "content")
	g.removeMembers(n.scopes, content)
	form := join(content, "application/x-www-form-urlencoded")
	g.add(n.scopes, form, "added", edit{form, map[string]any{"schema": map[string]any{}}})
}

// response removes the headers and the media types.
func (g *generator) response(n *node) {
	if !n.isRef() {
		g.removeMembers(n.scopes, join(n.at, "headers"))
		g.removeMembers(n.scopes, join(n.at, "content"))
	}
}

// header makes a required header or parameter optional, and the reverse.
func (g *generator) header(n *node) {
	switch {
	case n.isRef() || n.value["in"] == "path":
	case n.value["required"] == true:
		g.set(n, "required", "removed", removed)
	default:
		g.set(n, "required", "added", true)
	}
}

// jsonText returns a value as JSON.
func jsonText(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}
