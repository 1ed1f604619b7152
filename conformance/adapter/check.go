package adapter

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// check returns the reasons why a test case fails with these requests and this result, or nothing if it passes. It
// checks the result only if the requests are right, because a wrong request is the more likely cause.
func (t *testCase) check(requests []pingmfatest.Request, result Result) []string {
	if reasons := t.checkRequests(requests); len(reasons) > 0 {
		return reasons
	}
	return t.checkResult(result)
}

// checkRequests compares the requests that the fake has received with the vector's request.
func (t *testCase) checkRequests(received []pingmfatest.Request) []string {
	requests := slices.DeleteFunc(slices.Clone(received), func(r pingmfatest.Request) bool {
		return r.Operation == pingmfatest.OpToken && r.Status == http.StatusOK
	})
	for _, request := range requests {
		switch {
		case t.response == nil:
			return []string{"an invalid request was sent: " + list(t.request.Findings)}
		case request.Operation == pingmfatest.OpToken:
			return []string{"the token endpoint refused the client's token request"}
		case request.Host == "" && strings.HasSuffix(request.Path, redirectTarget):
			return []string{"the client followed the redirect"}
		}
	}
	if t.response == nil {
		return nil
	}
	limit := t.maxRequests()
	switch count := len(requests); {
	case count == 0:
		return []string{"no request was sent"}
	case count > limit && limit == 1:
		return []string{fmt.Sprintf("%d requests were sent, want 1: each may send a message to the user", count)}
	case count > limit:
		return []string{fmt.Sprintf("%d requests were sent, want at most %d", count, limit)}
	}
	var reasons []string
	for _, request := range requests {
		reasons = append(reasons, t.compare(request)...)
	}
	if len(reasons) == 0 { // the contract also forbids repeated names, and bytes before and after the JSON value
		for _, violation := range t.fake.Violations() {
			for _, f := range violation.Findings {
				reasons = append(reasons, fmt.Sprintf("%s: %s (%s)", cmp.Or(f.Pointer, "body"), f.Message, f.Rule))
			}
		}
	}
	unscripted := len(t.fake.Pending()) == limit // the fake refused every request, and sent no scripted response
	if len(reasons) == 0 && requests[0].Status == http.StatusUnauthorized && unscripted {
		return []string{"header:Authorization: the token is not one of this case"}
	}
	return slices.Compact(reasons)
}

// compare returns the differences between a received request and the vector's request.
func (t *testCase) compare(got pingmfatest.Request) []string {
	want := t.request
	var reasons []string
	add := func(different bool, place, rule string) {
		if different {
			reasons = append(reasons, place+": "+rule)
		}
	}
	add(got.Method != want.Method, "method", "is not "+want.Method)
	switch {
	case got.Host == "":
		return append(reasons, "path: does not start with the path of the base URL")
	case got.Host != want.Host:
		return append(reasons, fmt.Sprintf("host: is the %s host, want the %s host", got.Host, want.Host))
	}
	add(got.Path != want.Path, "path", "is not "+want.Path)
	add(got.Query != "", "query", "must be absent")
	for _, name := range slices.Sorted(maps.Keys(want.Headers)) {
		switch values := got.Header.Values(name); {
		case len(values) == 0:
			add(true, "header:"+name, "is missing")
		case len(values) > 1:
			add(true, "header:"+name, "is repeated")
		default:
			add(!equalHeader(name, want.Headers[name], values[0]), "header:"+name, "has a different value")
		}
	}
	add(len(got.Header.Values("Idempotency-Key")) > 0, "header:Idempotency-Key", "must be absent") // PingOne ignores it
	return append(reasons, compareBodies(want.Wire().Body, got.Body, slices.Contains(t.vector.Flags, emptyMember))...)
}

// emptyMember is the flag of a vector with a member that means the same as no member. A client may leave it out.
const emptyMember = "EmptyMember"

// equalHeader compares a header's value with that of the vector. In Authorization it compares the scheme alone, because
// the fake checks the token. In Content-Type it compares the media type alone, because the contract checks the rest.
func equalHeader(name, want, got string) bool {
	switch name {
	case "Authorization":
		wantScheme, _, _ := strings.Cut(want, " ")
		gotScheme, _, _ := strings.Cut(got, " ")
		return strings.EqualFold(wantScheme, gotScheme)
	case "Content-Type":
		wantType, _, wantErr := mime.ParseMediaType(want)
		gotType, _, gotErr := mime.ParseMediaType(got)
		return wantErr == nil && gotErr == nil && wantType == gotType
	}
	return want == got
}

// checkResult compares the adapter's result with the vector's. The result may contain more values.
func (t *testCase) checkResult(got Result) []string {
	want := t.vector.Expect
	if got.Class == ClassNotExpressible && want.Class == notSent {
		return nil
	}
	if got.Class != want.Class {
		reason := fmt.Sprintf("class: is %s, want %s", got.Class, want.Class)
		if response := t.vector.Response; response != nil && len(response.Findings) > 0 {
			reason += "; findings in the response: " + list(response.Findings)
		}
		return []string{reason}
	}
	var reasons []string
	for _, name := range slices.Sorted(maps.Keys(want.Values)) {
		switch value, ok := got.Values[name]; {
		case !ok:
			reasons = append(reasons, fmt.Sprintf("value %s: is missing, want %v", name, want.Values[name]))
		case value != want.Values[name]:
			reasons = append(reasons, fmt.Sprintf("value %s: is different, want %v", name, want.Values[name]))
		}
	}
	return append(reasons, t.checkBody(got.Body)...)
}

// checkBody compares the body that the client reported with that of the vector.
func (t *testCase) checkBody(reported []byte) []string {
	if t.vector.Response == nil || t.vector.Expect.Class == "accepted" {
		return nil
	}
	reduce := func(body []byte) any { return t.validator.ComparableResult(t.vector, body, t.without) }
	want, got := reduce(t.vector.Result()), reduce(reported)
	switch {
	case want == nil && got == nil:
		return nil
	case want == nil:
		return []string{"result body: must be absent"}
	case got == nil:
		return []string{"result body: is missing"}
	}
	reasons := differences("", want, got)
	for i, reason := range reasons {
		reasons[i] = "result body " + reason
	}
	return reasons
}

// list returns a vector's findings as text.
func list(findings []conformance.Place) string {
	var texts []string
	for _, f := range findings {
		texts = append(texts, fmt.Sprintf("%s (%s)", cmp.Or(f.Pointer, "body"), f.Rule))
	}
	return strings.Join(texts, ", ")
}

// compareBodies returns the differences between two JSON texts. It ignores white space, the order of members and the
// notation of numbers. If emptyMembers is true, it also ignores members that mean the same as no member.
func compareBodies(want, got []byte, emptyMembers bool) []string {
	if len(want) == 0 {
		if len(got) > 0 {
			return []string{"body: must be absent"}
		}
		return nil
	}
	wantValue, _ := readJSON(want) // tests of the vectors show that it is JSON
	gotValue, err := readJSON(got)
	if err != nil {
		return []string{"body: is not JSON"}
	}
	if emptyMembers {
		wantValue, gotValue = withoutEmpty(wantValue), withoutEmpty(gotValue)
	}
	return differences("", wantValue, gotValue)
}

// withoutEmpty removes the members that are false or an object without members, innermost first.
func withoutEmpty(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	maps.DeleteFunc(object, func(_ string, member any) bool {
		inner, ok := withoutEmpty(member).(map[string]any)
		return member == false || ok && len(inner) == 0
	})
	return object
}

func readJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	return value, decoder.Decode(&value)
}

// differences compares two values at a pointer into the body.
func differences(pointer jsontext.Pointer, want, got any) []string {
	at := func(rule string) []string {
		if pointer == "" {
			return []string{"body: " + rule}
		}
		return []string{string(pointer) + ": " + rule}
	}
	if reflect.TypeOf(want) != reflect.TypeOf(got) {
		return at("has a different type")
	}
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		var found []string
		for _, name := range slices.Sorted(maps.Keys(want)) {
			member := pointer.AppendToken(name)
			if value, ok := got[name]; ok {
				found = append(found, differences(member, want[name], value)...)
			} else {
				found = append(found, string(member)+": is missing")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if _, ok := want[name]; !ok {
				found = append(found, string(pointer.AppendToken(name))+": is unexpected")
			}
		}
		return found
	case []any:
		got, _ := got.([]any)
		if len(want) != len(got) {
			return at(fmt.Sprintf("has %d elements, want %d", len(got), len(want)))
		}
		var found []string
		for i := range want {
			found = append(found, differences(pointer.AppendToken(fmt.Sprint(i)), want[i], got[i])...)
		}
		return found
	case json.Number:
		if number, _ := got.(json.Number); !equalNumbers(want, number) {
			return at("is a different number")
		}
	default:
		if want != got {
			return at("has a different value")
		}
	}
	return nil
}

// equalNumbers compares the values: 1e2 equals 100. big.Rat rejects exponents that would take long to compute.
func equalNumbers(a, b json.Number) bool {
	x, okX := new(big.Rat).SetString(a.String())
	y, okY := new(big.Rat).SetString(b.String())
	return a == b || okX && okY && x.Cmp(y) == 0
}
