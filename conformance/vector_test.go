package conformance_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

func loadVectors(tb testing.TB) []conformance.Vector {
	tb.Helper()
	vectors, err := conformance.Vectors()
	require.NoError(tb, err)
	require.NotEmpty(tb, vectors)
	return vectors
}

// reported lists findings without their words, each place once.
func reported(r conformance.Report) []conformance.Place {
	list := []conformance.Place{}
	for _, f := range r.Findings {
		list = append(list, conformance.Place{Pointer: f.Pointer, Rule: f.Rule})
	}
	return slices.Compact(list)
}

// Each vector's verdict and findings are what the validator says.
func TestVectorsHoldForSpec(t *testing.T) {
	v := newValidator(t)
	for _, vector := range loadVectors(t) {
		t.Run(vector.ID, func(t *testing.T) {
			if r := vector.Request; r != nil {
				report := v.ValidateRequest(vector.Operation, r.Wire())
				assert.Equal(t, r.Findings, reported(report))
				assert.Equal(t, r.Verdict, report.Verdict())
			}
			if r := vector.Response; r != nil {
				report := v.ValidateResponse(vector.Operation, r.Wire())
				assert.Equal(t, r.Findings, reported(report))
				assert.Equal(t, r.Verdict, report.Verdict())
			}
		})
	}
}

// What a vector expects of a client follows from what it holds.
func TestVectorsExpectWhatTheyHold(t *testing.T) {
	for _, vector := range loadVectors(t) {
		t.Run(vector.ID, func(t *testing.T) {
			_, side, _ := strings.Cut(vector.ID, "/")
			side, _, _ = strings.Cut(side, "/")
			assert.Equal(t, side != "response", vector.Request != nil)
			assert.Equal(t, side != "request", vector.Response != nil)

			want := "success"
			if r := vector.Request; r != nil && r.Verdict == conformance.Invalid {
				want = "not-sent"
			}
			if r := vector.Response; r != nil {
				switch {
				case r.Status >= 500 || r.Status < 400 && r.Status >= 300:
					want = "unknown"
				case r.Status >= 400:
					want = "refused"
				case r.Verdict == conformance.Invalid:
					want = "accepted"
				}
			}
			assert.Equal(t, want, vector.Expect.Class)
			if field, ok := vector.Expect.Values["field"].(string); ok {
				assert.True(t, leadsTo(vector.Request.Findings, field), "no finding is about %s", field)
			}
		})
	}
}

// leadsTo tells whether a finding is about a field: on it, or on the object that lacks it.
func leadsTo(findings []conformance.Place, field string) bool {
	return slices.ContainsFunc(findings, func(f conformance.Place) bool {
		return f.Pointer == field ||
			f.Rule == "required" && f.Pointer == string(jsontext.Pointer(field).Parent())
	})
}

func TestReadVectorsRefuses(t *testing.T) {
	const good = `{"id":"a/request/b","description":"","flags":[],"source":{"kind":"inferred"},"operation":"x",` +
		`"expect":{"class":"success","values":{}}}`
	read := func(path, data string) error {
		_, err := conformance.ReadVectors(fstest.MapFS{path: {Data: []byte(data)}})
		return err
	}
	require.NoError(t, read("a/request/b.json", good))
	for name, data := range map[string]string{
		"an unknown key":       strings.Replace(good, `"flags"`, `"flag":1,"flags"`, 1),
		"an unknown key below": strings.Replace(good, `"kind"`, `"kinds":1,"kind"`, 1),
		"another id":           strings.Replace(good, "/b", "/c", 1),
		"a second value":       good + "{}",
		"broken JSON":          good[1:],
	} {
		t.Run(name, func(t *testing.T) { assert.Error(t, read("a/request/b.json", data)) })
	}
}
