package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// A mutant is pingmfa with one mistake. The vectors must notice every mutant: this measures whether they would notice
// the same mistake of a client in another language.
type mutant struct {
	name string
	// apply returns the record of the mutant, given that of pingmfa.
	apply func(record) record
}

// record is what a client sent and returned in one case.
type record struct {
	operation string
	requests  []pingmfatest.Request
	result    any
	err       error
	// change changes the result in the terms of the vectors. It may be nil.
	change func(*adapter.Result)
}

func (r record) reported() adapter.Result {
	out := report(r.operation, r.result, r.err)
	if r.change != nil {
		r.change(&out)
	}
	return out
}

// measured is a vector that pingmfa passes, with its record.
type measured struct {
	vector adapter.VectorResult
	record record
}

// measureAll runs vectors with pingmfa, in this process. Nil means all vectors.
func measureAll(ctx context.Context, hello adapter.Hello, vectors []conformance.Vector) ([]measured, error) {
	records := map[string]record{}
	report, err := adapter.Run(ctx, adapter.Options{
		Vectors: vectors,
		Hello:   hello,
		Call: func(ctx context.Context, c adapter.Case) adapter.Result {
			result, err := invoke(ctx, c)
			records[c.ID] = record{operation: c.Operation, result: result, err: err}
			return report(c.Operation, result, err)
		},
	})
	if err != nil {
		return nil, err
	}
	var list []measured
	for _, vector := range report.Vectors {
		if r := records[vector.ID]; vector.State == adapter.Passed {
			r.requests = vector.Requests()
			list = append(list, measured{vector, r})
		}
	}
	return list, nil
}

// notices reports whether a vector notices a mutant.
func (m measured) notices(broken mutant) bool {
	r := broken.apply(m.record)
	return len(m.vector.Check(r.requests, r.reported())) > 0
}

// runMutants breaks pingmfa in every way. It returns the number of mutants, and those that no vector notices. The
// vectors are run once: each mutant is applied to the records of pingmfa.
func runMutants(
	ctx context.Context, hello adapter.Hello, vectors []conformance.Vector,
) (total int, survivors []string, err error) {
	list, err := measureAll(ctx, hello, vectors)
	if err != nil {
		return 0, nil, err
	}
	all := allMutants(list)
	for _, broken := range all {
		if !slices.ContainsFunc(list, func(m measured) bool { return m.notices(broken) }) {
			survivors = append(survivors, broken.name)
		}
	}
	return len(all), survivors, nil
}

func allMutants(list []measured) []mutant {
	var all []mutant
	for _, model := range []any{
		pingmfa.Authentication{}, pingmfa.AuthenticationDevice{}, pingmfa.Failed{}, pingmfa.Device{},
		pingmfa.Error{}, pingmfa.ErrorDetail{}, pingmfa.ArgumentError{},
	} {
		all = append(all, memberMutants(reflect.TypeOf(model))...)
	}
	all = append(all, resultMutants("class", []string{"success", "refused", "unknown", "accepted", "not-sent"})...)
	all = append(all, resultMutants("step", []string{
		"EnterOTP", "SelectDevice", "ConfirmPush", "AssertFIDO2", "Done", "Failed", "UnknownStep",
	})...)
	all = append(all, headerMutants()...)
	return append(all, requestMutants(list)...)
}

// notInContract are the members of Go types that no response has.
var notInContract = []string{"Error.Reason", "Error.Attempts", "Error.Err", "ArgumentError.Rule"}

// memberMutants lose a member of a result, and take it for the next member of its type.
func memberMutants(model reflect.Type) []mutant {
	var fields []reflect.StructField
	for _, field := range reflect.VisibleFields(model) {
		if field.IsExported() && !slices.Contains(notInContract, model.Name()+"."+field.Name) {
			fields = append(fields, field)
		}
	}
	var list []mutant
	add := func(name string, change func(reflect.Value)) {
		list = append(list, mutant{name, func(r record) record {
			if r.result != nil {
				r.result = copyOf(reflect.ValueOf(r.result), model, change).Interface()
			}
			if r.err != nil {
				r.err, _ = copyOf(reflect.ValueOf(r.err), model, change).Interface().(error)
			}
			return r
		}})
	}
	for i, field := range fields {
		name := model.Name() + "." + field.Name
		add(name+" is lost", func(v reflect.Value) { v.FieldByIndex(field.Index).SetZero() })
		for _, next := range fields[i+1:] {
			if next.Type == field.Type {
				add(name+" is taken for "+next.Name, func(v reflect.Value) {
					a, b := v.FieldByIndex(field.Index), v.FieldByIndex(next.Index)
					swapped := reflect.ValueOf(a.Interface())
					a.Set(b)
					b.Set(swapped)
				})
				break
			}
		}
	}
	return list
}

// copyOf returns a copy of a value in which each struct of a type is changed.
func copyOf(v reflect.Value, model reflect.Type, change func(reflect.Value)) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(copyOf(v.Elem(), model, change))
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copyOf(v.Index(i), model, change))
		}
	case v.Kind() == reflect.Struct:
		for _, field := range reflect.VisibleFields(v.Type()) {
			if field.IsExported() {
				out.FieldByIndex(field.Index).Set(copyOf(v.FieldByIndex(field.Index), model, change))
			}
		}
		if v.Type() == model {
			change(out)
		}
	}
	return out
}

// resultMutants take each class, or each step, for the next one.
func resultMutants(what string, names []string) []mutant {
	var list []mutant
	for i, name := range names {
		next := names[(i+1)%len(names)]
		list = append(list, mutant{what + " " + name + " is taken for " + next, func(r record) record {
			r.change = func(result *adapter.Result) {
				switch {
				case what == "class" && result.Class == name:
					result.Class = next
				case result.Values[what] == name:
					result.Values[what] = next
				}
			}
			return r
		}})
	}
	return list
}

// sending returns a mutant that changes the requests, except those for a token.
func sending(name string, change func(*pingmfatest.Request)) mutant {
	return mutant{name, func(r record) record {
		r.requests = slices.Clone(r.requests)
		for i := range r.requests {
			if request := &r.requests[i]; request.Operation != pingmfatest.OpToken {
				request.Header = request.Header.Clone()
				change(request)
			}
		}
		return r
	}}
}

// headerMutants lose a header, take one id for the other, and add a header that PingOne does not know.
func headerMutants() []mutant {
	const transaction, session = "X-Ping-External-Transaction-Id", "X-Ping-External-Session-Id"
	var list []mutant
	for _, name := range []string{"Authorization", "Content-Type", transaction, session} {
		list = append(list, sending("header "+name+" is lost", func(r *pingmfatest.Request) { r.Header.Del(name) }))
	}
	return append(list,
		sending("header "+transaction+" is taken for "+session, func(r *pingmfatest.Request) {
			r.Header[transaction], r.Header[session] = r.Header[session], r.Header[transaction]
		}),
		sending("header Idempotency-Key is added", func(r *pingmfatest.Request) {
			r.Header.Set("Idempotency-Key", "4711")
		}))
}

// requestMutants lose each member that a request has, and take the ids of a path and the media types of an operation
// for each other.
func requestMutants(list []measured) []mutant {
	found := map[string]mutant{}
	mediaTypes := map[string]map[string]bool{}
	for _, m := range list {
		for _, request := range m.record.requests {
			if request.Operation == pingmfatest.OpToken || len(m.vector.Reasons) > 0 {
				continue
			}
			for _, at := range pointers(request.Body) {
				action := actionOf(request)
				name := action + " " + string(at) + " is lost"
				found[name] = sending(name, func(r *pingmfatest.Request) {
					if actionOf(*r) == action {
						r.Body = without(r.Body, slices.Collect(at.Tokens()))
					}
				})
			}
			maps.Copy(found, pathMutants(request))
			if mediaTypes[request.Operation] == nil {
				mediaTypes[request.Operation] = map[string]bool{}
			}
			mediaTypes[request.Operation][request.Header.Get("Content-Type")] = true
		}
	}
	for operation, types := range mediaTypes {
		names := slices.Sorted(maps.Keys(types))
		for i, mediaType := range names {
			next := names[(i+1)%len(names)]
			if next == mediaType {
				continue
			}
			name := operation + " " + mediaType + " is taken for " + next
			found[name] = sending(name, func(r *pingmfatest.Request) {
				if r.Operation == operation && r.Header.Get("Content-Type") == mediaType {
					r.Header.Set("Content-Type", next)
				}
			})
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b mutant) int { return cmp.Compare(a.name, b.name) })
}

// pathMutants swap each two ids of a path.
func pathMutants(request pingmfatest.Request) map[string]mutant {
	found := map[string]mutant{}
	var ids []int
	for i, segment := range strings.Split(routes[request.Operation].path, "/") {
		if segment == ":id" {
			ids = append(ids, i)
		}
	}
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			name := fmt.Sprintf("%s id %d of the path is taken for %d", request.Operation, a, b)
			found[name] = sending(name, func(r *pingmfatest.Request) {
				if segments := strings.Split(r.Path, "/"); r.Operation == request.Operation {
					segments[a], segments[b] = segments[b], segments[a]
					r.Path = strings.Join(segments, "/")
				}
			})
		}
	}
	return found
}

// actionOf returns the operation, the media type and the type of the device: what decides which members a request has.
func actionOf(r pingmfatest.Request) string {
	var body struct {
		Type           string `json:"type"`
		SelectedDevice struct {
			OneTime struct {
				Type string `json:"type"`
			} `json:"oneTime"`
		} `json:"selectedDevice"`
	}
	_ = json.Unmarshal(r.Body, &body) // What cannot be read is empty.
	_, mediaType, _ := strings.Cut(r.Header.Get("Content-Type"), "/")
	parts := []string{r.Operation, mediaType, body.Type, body.SelectedDevice.OneTime.Type}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// pointers returns the pointers of the members of a body.
func pointers(body []byte) (list []jsontext.Pointer) {
	var object map[string]jsontext.Value
	if json.Unmarshal(body, &object) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at := jsontext.Pointer("").AppendToken(name)
		list = append(list, at)
		for _, below := range pointers(object[name]) {
			list = append(list, at+below)
		}
	}
	return list
}

// without returns a body without the member that the tokens of a pointer lead to.
func without(body []byte, tokens []string) []byte {
	var object map[string]jsontext.Value
	if json.Unmarshal(body, &object) != nil || object[tokens[0]] == nil {
		return body
	}
	if len(tokens) == 1 {
		delete(object, tokens[0])
	} else {
		object[tokens[0]] = without(object[tokens[0]], tokens[1:])
	}
	changed, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return changed
}
