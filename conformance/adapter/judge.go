package adapter

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// judge says what was wrong with a trial that was run; nothing means that it passed. What was reported counts only when
// the wire was right: it says more of the cause.
func (t *trial) judge() []string {
	if reasons := t.judgeWire(); len(reasons) > 0 {
		return reasons
	}
	return t.judgeResult()
}

func (t *trial) judgeWire() []string {
	calls := slices.DeleteFunc(t.fake.Requests(), func(r pingmfatest.Request) bool {
		return r.Operation == pingmfatest.OpToken && r.Status == http.StatusOK
	})
	valid := t.request.Verdict == conformance.Valid
	for _, call := range calls {
		switch {
		case !valid:
			return []string{"a request went out that must not: " + places(t.request.Findings)}
		case call.Operation == pingmfatest.OpToken:
			return []string{"the token endpoint refused the client's request for a token"}
		case call.Host == "" && strings.HasSuffix(call.Path, redirected):
			return []string{"the client followed the redirect"}
		}
	}
	switch {
	case !valid:
		return nil
	case len(calls) == 0:
		return []string{"no request came"}
	case len(calls) > 1 && !t.repeatable():
		return []string{fmt.Sprintf("%d requests came, and one was asked for: each may send a message", len(calls))}
	case len(calls) > repeats+1:
		return []string{fmt.Sprintf("%d requests came: the client does not give up", len(calls))}
	}
	var reasons []string
	for _, call := range calls {
		reasons = append(reasons, t.compare(call)...)
	}
	if len(reasons) == 0 { // the contract has more to say: of what stands twice, of bytes before and after the JSON
		for _, violation := range t.fake.Violations() {
			for _, f := range violation.Findings {
				reasons = append(reasons, fmt.Sprintf("%s: %s (%s)", cmp.Or(f.Pointer, "body"), f.Message, f.Rule))
			}
		}
	}
	if len(reasons) == 0 && calls[0].Status == http.StatusUnauthorized && t.unasked() {
		return []string{"header:Authorization: the token is none of this case's"}
	}
	return slices.Compact(reasons)
}

// unasked tells whether the fake never came to give the vector's answer.
func (t *trial) unasked() bool {
	scripted := 1
	if t.repeatable() {
		scripted += repeats
	}
	return len(t.fake.Pending()) == scripted
}

// compare holds a request that came against the one that was asked for.
func (t *trial) compare(call pingmfatest.Request) []string {
	want := t.request
	var reasons []string
	differ := func(different bool, place, rule string) {
		if different {
			reasons = append(reasons, place+": "+rule)
		}
	}
	differ(call.Method != want.Method, "method", "is not "+want.Method)
	switch {
	case call.Host == "":
		return append(reasons, "path: the path of the base URL is not in front of it")
	case call.Host != want.Host:
		return append(reasons, fmt.Sprintf("host: went to the %s host, not to the %s host", call.Host, want.Host))
	}
	differ(call.Path != want.Path, "path", "is not "+want.Path)
	differ(call.Query != "", "query", "there must be none")
	for _, name := range sortedKeys(want.Headers) {
		got := call.Header.Values(name)
		differ(len(got) != 1 || !sameHeader(name, want.Headers[name], got[0]), "header:"+name, "is not as asked for")
	}
	for _, name := range want.ForbiddenHeaders {
		differ(len(call.Header.Values(name)) > 0, "header:"+name, "must not be there")
	}
	return append(reasons, compareBodies(want.Wire().Body, call.Body, slices.Contains(t.vector.Flags, emptyMember))...)
}

// emptyMember is the flag of a vector with a member that says what an absent one says: a client may leave it out.
const emptyMember = "EmptyMember"

// sameHeader compares a header's value with what a vector has. Of Authorization only the scheme counts, as the fake
// looks at the token; of Content-Type only the media type, as the contract has a word on its parameters.
func sameHeader(name, want, got string) bool {
	switch name {
	case "Authorization":
		wanted, _, _ := strings.Cut(want, " ")
		scheme, _, _ := strings.Cut(got, " ")
		return strings.EqualFold(wanted, scheme)
	case "Content-Type":
		wanted, _, wantErr := mime.ParseMediaType(want)
		mediaType, _, err := mime.ParseMediaType(got)
		return wantErr == nil && err == nil && wanted == mediaType
	}
	return want == got
}

// judgeResult holds what the client said against what a right one says. It may say more.
func (t *trial) judgeResult() []string {
	want, got := t.vector.Expect, t.result
	if got.Class == NotExpressible && want.Class == notSent {
		return nil
	}
	if got.Class != want.Class {
		reason := fmt.Sprintf("class: reported %s, and right is %s", got.Class, want.Class)
		if answer := t.vector.Response; answer != nil && len(answer.Findings) > 0 {
			reason += ": the answer is wrong at " + places(answer.Findings)
		}
		return []string{reason}
	}
	var reasons []string
	for _, name := range sortedKeys(want.Values) {
		right := want.Values[name]
		switch value, reported := got.Values[name]; {
		case !reported:
			reasons = append(reasons, fmt.Sprintf("value %s: not reported, and right is %v", name, right))
		case value != right:
			reasons = append(reasons, fmt.Sprintf("value %s: another one was reported, and right is %v", name, right))
		}
	}
	return reasons
}

// places names where a vector's findings are.
func places(findings []conformance.Place) string {
	var list []string
	for _, f := range findings {
		list = append(list, fmt.Sprintf("%s (%s)", cmp.Or(f.Pointer, "body"), f.Rule))
	}
	return strings.Join(list, ", ")
}
