package coverage

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Mutant is a description in which one constraint is not as it was.
type Mutant struct {
	// Pointer is an RFC 6901 JSON Pointer to the constraint.
	Pointer string `json:"pointer"`
	// Mutation says what became of it. Pointer and Mutation name a mutant; both stay the same from run to run.
	Mutation string `json:"mutation"`

	edits  []edit
	scopes []scope
}

func (m Mutant) String() string { return m.Pointer + ": " + m.Mutation }

// untells tells whether a mutant takes away what the description merely tells of: a member, a header, a status, a known
// value. Where answers are open, no verdict depends on it.
func (m Mutant) untells() bool {
	at := jsontext.Pointer(m.Pointer)
	group := at.Parent().LastToken()
	return at.LastToken() == "x-extensible-enum" ||
		m.Mutation == "removed" && slices.Contains([]string{"properties", "headers", "responses"}, group)
}

// breeder collects the mutants of a description.
type breeder struct {
	*walker
	list []Mutant
}

// mutants lists all mutants, in the order in which the walk found what they change.
func (w *walker) mutants() ([]Mutant, error) {
	b := &breeder{walker: w}
	b.security()
	for _, n := range w.nodes {
		switch n.kind {
		case operationKind:
			b.operation(n)
		case requestBodyKind:
			b.requestBody(n)
		case parameterKind, headerKind:
			b.header(n)
		case responseKind:
			b.response(n)
		case schemaKind:
			b.schema(n)
		case schemeKind:
			b.add(n.scopes, join(n.at, "scheme"), "another one", edit{join(n.at, "scheme"), "basic"})
		case mediaKind:
		}
	}
	// Nothing can notice a change of what nothing leads to.
	for _, at := range w.unused() {
		b.add(nil, at, "removed")
	}
	names := map[string]bool{}
	for _, m := range b.list {
		if names[m.String()] {
			return nil, fmt.Errorf("%s: two mutants have this name", m)
		}
		names[m.String()] = true
	}
	return b.list, nil
}

func (b *breeder) add(scopes []scope, at jsontext.Pointer, mutation string, edits ...edit) {
	b.list = append(b.list, Mutant{Pointer: string(at), Mutation: mutation, edits: edits, scopes: scopes})
}

// set adds a mutant in which one keyword of a node has another value, or is gone.
func (b *breeder) set(n *node, key, mutation string, value any) {
	at := join(n.at, key)
	b.add(n.scopes, at, mutation, edit{at, value})
}

// removals adds a mutant for each member of an object that is taken away.
func (b *breeder) removals(scopes []scope, at jsontext.Pointer) {
	for _, name := range sortedKeys(b.doc.object(at)) {
		b.add(scopes, join(at, name), "removed", edit{join(at, name), gone})
	}
}

// shortened adds a mutant for each element of a list that is taken away.
func (b *breeder) shortened(n *node, key string) {
	list, _ := n.value[key].([]any)
	for i, element := range list {
		b.set(n, key, "without "+text(element), slices.Delete(slices.Clone(list), i, i+1))
	}
}

// text prints a JSON value.
func text(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}
