package conformance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
)

func loadVectors(tb testing.TB) []conformance.Vector {
	tb.Helper()
	vectors, err := conformance.Vectors()
	require.NoError(tb, err)
	require.NotEmpty(tb, vectors)
	return vectors
}

// reported returns findings without their messages, each place once.
func reported(r conformance.Report) []conformance.Place {
	list := []conformance.Place{}
	for _, f := range r.Findings {
		list = append(list, conformance.Place{Pointer: f.Pointer, Rule: f.Rule})
	}
	return slices.Compact(list)
}

// The validator reports the verdict and the findings of each vector.
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

// The class differs from that of the verdict and the status in one action of activateDevice, of which each 2xx is a
// success, and in the page of an intermediary.
func TestVectorsExpectConsistentResults(t *testing.T) {
	ids := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*/(request|response|exchange)/[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, vector := range loadVectors(t) {
		t.Run(vector.ID, func(t *testing.T) {
			require.Regexp(t, ids, vector.ID)
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
				case r.Headers["Correlation-Id"] == "" && r.Headers["Content-Type"] == "text/html":
					want = "unknown" // the page of an intermediary
				case r.Status >= 400:
					want = "refused"
				case vector.Request != nil && vector.Request.Headers["Content-Type"] == resend:
					assert.Empty(t, vector.Expect.Values, "the response has no result")
				case r.Verdict == conformance.Invalid || len(r.Wire().Body) == 0:
					want = "accepted"
				}
			}
			assert.Equal(t, want, vector.Expect.Class)
			if field, ok := vector.Expect.Values["field"].(string); ok {
				assert.True(t, hasFinding(vector.Request.Findings, field), "no finding on %s", field)
			}
		})
	}
}

// What a file leaves out has its default, or follows from the rest of the vector.
func TestReadVectorsCompletes(t *testing.T) {
	read := func(vector string) conformance.Vector {
		t.Helper()
		vectors, err := conformance.ReadVectors(fstest.MapFS{"a/request/b.json": {Data: []byte(vector)}})
		require.NoError(t, err)
		return vectors[0]
	}
	const correlation = "5f2c4c1e-9f0b-4c55-8f6c-3f1f6a7f2f10"
	v := read(`{"operation":"readDeviceAuthentication","request":{},"response":{"body":{"id":"a","status":"COMPLETED"}}}`)
	assert.Equal(t, "a/request/b", v.ID)
	assert.Equal(t, &conformance.VectorRequest{
		Method: "GET", Host: conformance.HostAuth, Verdict: conformance.Valid, Findings: []conformance.Place{},
		Path:    "/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/deviceAuthentications/03e1897e-33b0-40b9-b54e-68236769b1fa",
		Headers: map[string]string{"Authorization": "Bearer {{accessToken}}"},
	}, v.Request)
	assert.Equal(t, &conformance.VectorResponse{
		Status: 200, Headers: map[string]string{"Content-Type": "application/json", "Correlation-Id": correlation},
		Body: []byte(`{"id":"a","status":"COMPLETED"}`), Verdict: conformance.Valid, Findings: []conformance.Place{},
	}, v.Response)
	assert.Equal(t, conformance.Expect{
		Class: "success", Values: map[string]any{"step": "Done", "correlationId": correlation},
	}, v.Expect)

	v = read(`{"operation":"createDevice","request":{"method":"PUT","host":"auth","path":"/x",` +
		`"headers":{"Authorization":null,"X-A":"b"},"verdict":"invalid","findings":[{"pointer":"/phone","rule":"pattern"}]}}`)
	assert.Equal(t, &conformance.VectorRequest{
		Method: "PUT", Host: conformance.HostAuth, Path: "/x", Verdict: conformance.Invalid,
		Headers:  map[string]string{"Content-Type": "application/json", "X-A": "b"},
		Findings: []conformance.Place{{Pointer: "/phone", Rule: "pattern"}},
	}, v.Request)
	assert.Equal(t, conformance.Expect{Class: "not-sent", Values: map[string]any{"field": "/phone"}}, v.Expect)

	for response, want := range map[string]conformance.Expect{
		`{"body":{"id":"a","status":"NEW"}}`: {
			Class: "success", Values: map[string]any{"step": "UnknownStep", "correlationId": correlation},
		},
		`{"status":201,"headers":{"Correlation-Id":null},"body":{},"verdict":"invalid"}`: {
			Class: "accepted", Values: map[string]any{"httpStatus": 201.0},
		},
		`{"status":204,"headers":{"Correlation-Id":""}}`: {Class: "accepted", Values: map[string]any{"httpStatus": 204.0}},
		`{"status":429,"headers":{"Retry-After":"30"}}`: {
			Class:  "refused",
			Values: map[string]any{"httpStatus": 429.0, "retryAfterSeconds": 30.0, "correlationId": correlation},
		},
		`{"status":503,"headers":{"Retry-After":"Wed, 21 Oct 2015 07:28:00 GMT"}}`: {
			Class: "unknown", Values: map[string]any{"httpStatus": 503.0, "correlationId": correlation},
		},
		`{"status":302}`: {Class: "unknown", Values: map[string]any{"httpStatus": 302.0, "correlationId": correlation}},
	} {
		v := read(`{"operation":"createDeviceAuthentication","response":` + response + `}`)
		assert.Equal(t, want, v.Expect, response)
	}
	v = read(`{"operation":"createDevice","response":{"body":{}},` +
		`"expect":{"class":"accepted","values":{"correlationId":null,"httpStatus":202}}}`)
	assert.Equal(t, conformance.Expect{Class: "accepted", Values: map[string]any{"httpStatus": 202.0}}, v.Expect)
}

// A file contains nothing that is set without it.
func TestVectorsLeaveOutDefaults(t *testing.T) {
	read := func(file map[string]any) conformance.Vector {
		t.Helper()
		vectors, err := conformance.ReadVectors(fstest.MapFS{"a/request/b.json": {Data: []byte(jsonText(t, file))}})
		require.NoError(t, err)
		return vectors[0]
	}
	for _, vector := range loadVectors(t) {
		data, err := os.ReadFile("vectors/" + vector.ID + ".json")
		require.NoError(t, err)
		file, _ := decodeNumbers(t, data).(map[string]any)
		whole := read(file)
		var check func(object map[string]any, at string)
		check = func(object map[string]any, at string) {
			for _, name := range slices.Sorted(maps.Keys(object)) {
				member := object[name]
				delete(object, name)
				assert.NotEqual(t, whole, read(file), "%s: %s%s is the default", vector.ID, at, name)
				object[name] = member
				if below, ok := member.(map[string]any); ok && (at == "expect/" && name == "values" || name == "headers") {
					check(below, at+name+"/")
				}
			}
		}
		for _, part := range []string{"request", "response", "expect"} {
			if object, ok := file[part].(map[string]any); ok {
				check(object, part+"/")
			}
		}
	}
}

// hasFinding reports whether a finding is about a field: on it, or on the object in which it is missing.
func hasFinding(findings []conformance.Place, field string) bool {
	return slices.ContainsFunc(findings, func(f conformance.Place) bool {
		return f.Pointer == field ||
			f.Rule == "required" && f.Pointer == string(jsontext.Pointer(field).Parent())
	})
}

func TestReadVectorsRefuses(t *testing.T) {
	const good = `{"description":"","flags":[],"source":{"kind":"inferred"},"operation":"x",` +
		`"expect":{"class":"success","values":{}}}`
	read := func(path, data string) error {
		_, err := conformance.ReadVectors(fstest.MapFS{path: {Data: []byte(data)}})
		return err
	}
	require.NoError(t, read("a/request/b.json", good))
	for name, data := range map[string]string{
		"an unknown key":       strings.Replace(good, `"flags"`, `"flag":1,"flags"`, 1),
		"an unknown key below": strings.Replace(good, `"kind"`, `"kinds":1,"kind"`, 1),
		"an id":                strings.Replace(good, "{", `{"id":"a/request/b",`, 1),
		"a second value":       good + "{}",
		"broken JSON":          good[1:],
	} {
		t.Run(name, func(t *testing.T) { assert.Error(t, read("a/request/b.json", data)) })
	}
}

func compileSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	schema, err := jsonschema.NewCompiler().Compile("vector.schema.json")
	require.NoError(tb, err)
	return schema
}

// eachFile runs a subtest for every JSON file below a folder.
func eachFile(t *testing.T, dir string, check func(t *testing.T, value any)) {
	t.Helper()
	count := 0
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		count++
		t.Run(path, func(t *testing.T) {
			check(t, readJSON(t, filepath.Join(dir, path)))
		})
		return nil
	}))
	assert.NotZero(t, count)
}

func TestVectorsFollowTheirSchema(t *testing.T) {
	schema := compileSchema(t)
	eachFile(t, "vectors", func(t *testing.T, value any) { assert.NoError(t, schema.Validate(value)) })
}

// The schema accepts the good files, and refuses each change of bad.json to exchange.json. A change is a JSON merge
// patch (RFC 7396).
func TestVectorSchema(t *testing.T) {
	schema := compileSchema(t)
	eachFile(t, "testdata/vector/good", func(t *testing.T, value any) { assert.NoError(t, schema.Validate(value)) })
	good, bad := readJSON(t, "testdata/vector/good/exchange.json"), readJSON(t, "testdata/vector/bad.json")
	for name, change := range bad.(map[string]any) { //nolint:errcheck // it is an object
		assert.Error(t, schema.Validate(mergePatch(good, change)), name)
	}
}

func readJSON(t *testing.T, path string) any {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // a file of this folder
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return value
}

func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	merged := map[string]any{}
	if members, ok := target.(map[string]any); ok {
		maps.Copy(merged, members)
	}
	for name, change := range changes {
		if change == nil {
			delete(merged, name)
		} else {
			merged[name] = mergePatch(merged[name], change)
		}
	}
	return merged
}

// flags.json explains exactly the flags of the vectors.
func TestFlags(t *testing.T) {
	data, err := fs.ReadFile(conformance.Files(), "flags.json")
	require.NoError(t, err)
	var flags map[string]struct{ BugType, Description, Effect, Source string }
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&flags))
	used := map[string]bool{}
	for _, vector := range loadVectors(t) {
		for _, flag := range vector.Flags {
			used[flag] = true
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(flags)))
	for name, flag := range flags {
		for _, text := range []string{flag.BugType, flag.Description, flag.Effect, flag.Source} {
			assert.NotEmpty(t, text, name)
		}
	}
}

// manifest.json has the counts and checksums of the current files.
func TestManifestIsCurrent(t *testing.T) {
	var manifest struct {
		Contract struct{ Version, SHA256 string }
		Vectors  struct {
			Count  int
			SHA256 string
		}
	}
	data, err := os.ReadFile("manifest.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &manifest))

	assert.Equal(t, loadSpec(t).Info.Version, manifest.Contract.Version)
	assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(openapi.YAML)), manifest.Contract.SHA256, `run "make generate"`)

	vectors, lines := loadVectors(t), sha256.New()
	assert.Equal(t, len(vectors), manifest.Vectors.Count, `run "make generate"`)
	names := []string{"flags.json", "vector.schema.json"}
	for _, vector := range vectors {
		names = append(names, "vectors/"+vector.ID+".json")
	}
	slices.Sort(names)
	for _, name := range names {
		data, err := os.ReadFile(name) //nolint:gosec // the names are those of this module
		require.NoError(t, err)
		_, err = fmt.Fprintf(lines, "%x  %s\n", sha256.Sum256(data), name)
		require.NoError(t, err)
	}
	assert.Equal(t, fmt.Sprintf("%x", lines.Sum(nil)), manifest.Vectors.SHA256, `run "make generate"`)
}

// The result of a vector has each member that the contract describes and that can be read, and no other. It is written
// only if it is not the body of the response.
func TestVectorsExpectTheWholeResult(t *testing.T) {
	v := newValidator(t)
	for _, vector := range loadVectors(t) {
		t.Run(vector.ID, func(t *testing.T) {
			if vector.Expect.Class == "accepted" || vector.Response == nil {
				assert.Nil(t, vector.Expect.Result, "the client reads no response")
				return
			}
			r := vector.Response
			want := v.ComparableResult(vector, r.Wire().Body, nil)
			if vector.Request != nil && vector.Request.Headers["Content-Type"] == resend && r.Status < 300 {
				want = nil // a success of the action has no result
			}
			assert.Equal(t, want, v.ComparableResult(vector, vector.Result(), nil))
			isBody := reflect.DeepEqual(leaves(r.Wire().Body), leavesOf(want))
			assert.Equal(t, !isBody, vector.Expect.Result != nil, "the result is not written, or the same as the body")
			if !isBody {
				assert.Equal(t, leavesOf(want), leaves(vector.Expect.Result))
			}
		})
	}
}

// leaves returns the pointers of a JSON text to values other than null, "", {} and [], or nil if it is not JSON.
func leaves(data []byte) []string {
	var value any
	if json.Unmarshal(data, &value) != nil {
		return nil
	}
	return leavesOf(value)
}

func leavesOf(value any) (pointers []string) {
	add := func(name string, member any) {
		at := string(jsontext.Pointer("").AppendToken(name))
		for _, below := range leavesOf(member) {
			pointers = append(pointers, at+below)
		}
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			add(name, value[name])
		}
		return pointers
	case []any:
		for i, element := range value {
			add(strconv.Itoa(i), element)
		}
		return pointers
	}
	if value == nil || value == "" {
		return nil
	}
	return []string{""}
}
