package coverage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// probe is one side of a vector, and what all readers say about it as long as the description is as it is.
type probe struct {
	vector    conformance.Vector
	request   conformance.Request
	response  conformance.Response
	verdict   conformance.Verdict
	findings  []conformance.Place
	surprises []jsontext.Pointer
}

// report judges a probe.
func (p *probe) report(v *conformance.Validator, s side) (conformance.Verdict, []conformance.Place) {
	var report conformance.Report
	if s == requestSide {
		report = v.ValidateRequest(p.vector.Operation, p.request)
	} else {
		report = v.ValidateResponse(p.vector.Operation, p.response)
	}
	findings := make([]conformance.Place, len(report.Findings))
	for i, f := range report.Findings {
		findings[i] = conformance.Place{Pointer: f.Pointer, Rule: f.Rule}
	}
	return report.Verdict(), slices.Compact(findings)
}

// bench is what the mutants of one scope are tried on.
type bench struct {
	scope
	operation jsontext.Pointer
	part      tree
	// plain is the part without discriminators; nil when it has none.
	plain  tree
	probes []*probe
}

// newBenches prepares one for each side of each operation.
func newBenches(w *walker, vectors []conformance.Vector) (map[scope]*bench, error) {
	benches := map[scope]*bench{}
	for operation := range w.paths {
		for _, s := range sides {
			b, err := newBench(w, scope{operation, s}, vectors)
			if err != nil {
				return nil, err
			}
			benches[b.scope] = b
		}
	}
	return benches, nil
}

// newBench prepares a scope's vectors. Before anything is changed, every reader has to agree with every vector.
func newBench(w *walker, in scope, vectors []conformance.Vector) (*bench, error) {
	b := &bench{scope: in, operation: w.paths[in.operation], part: w.part(in)}
	for _, vector := range vectors {
		p := &probe{vector: vector}
		switch {
		case vector.Operation != in.operation:
			continue
		case in.side == requestSide && vector.Request != nil:
			r := vector.Request
			p.request, p.verdict, p.findings = r.Wire(), r.Verdict, r.Findings
		case vector.Response != nil && sideOf(strconv.Itoa(vector.Response.Status)) == in.side:
			r := vector.Response
			p.response, p.verdict, p.findings = r.Wire(), r.Verdict, r.Findings
			p.surprises = surprises(b.part, b.operation, p.response)
		default:
			continue
		}
		b.probes = append(b.probes, p)
	}
	var edits []edit
	for _, n := range w.nodes {
		if n.value["discriminator"] != nil && slices.Contains(n.scopes, in) {
			edits = append(edits, edit{join(n.at, "discriminator"), gone})
		}
	}
	if len(edits) > 0 {
		b.plain = b.part.with(edits...)
	}
	by, err := b.notice(Mutant{})
	if err == nil && by != "" {
		err = fmt.Errorf("%s does not hold for the description as it is", by)
	}
	return b, err
}

// notice returns the id of the first vector that notices a mutant, or "".
func (b *bench) notice(m Mutant) (string, error) {
	part := b.part.with(m.edits...)
	v, err := validator(part)
	if err != nil {
		return "", err
	}
	for _, p := range b.probes {
		if verdict, findings := p.report(v, b.side); verdict != p.verdict || !slices.Equal(findings, p.findings) {
			return p.vector.ID, nil
		}
	}
	if b.side != requestSide && m.untells() {
		for _, p := range b.probes {
			if !slices.Equal(surprises(part, b.operation, p.response), p.surprises) {
				return p.vector.ID, nil
			}
		}
	}
	if b.plain == nil {
		return "", nil
	}
	if v, err = validator(b.plain.with(m.edits...)); err != nil {
		return "", err
	}
	for _, p := range b.probes {
		if verdict, _ := p.report(v, b.side); verdict != p.verdict {
			return p.vector.ID, nil
		}
	}
	return "", nil
}

func validator(t tree) (*conformance.Validator, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return conformance.NewValidatorFor(data)
}
