package pingmfatest

import (
	"net/http"
	"slices"
	"strings"
)

// script is a queued response or fault.
type script struct {
	operation string
	response  Response
	fault     Fault // replaces response, unless it is empty
	always    bool  // the fault applies to all further requests
	used      bool  // for a fault that applies always
}

// Script queues responses for the next requests of an operation, one for each request. They replace the fake's own. A
// request with an invalid token and one that breaks the contract use none.
//
// The operation is one of the constants, such as [OpCreateDevice]; or, for PingOne's other operations, a method and a
// path without the base URL, in which {name} matches one segment:
//
//	readUser := "GET /environments/{environmentID}/users/{userID}"
//	srv.Script(readUser, pingmfatest.Response{Body: `{"id":"8ce55f02-2077-4493-9a6d-0385df1f0772"}`})
//
// A request that matches such a path is not a [Violation]. Its token and its body are not checked.
func (f *Fake) Script(operation string, responses ...Response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, response := range responses {
		header := http.Header{}
		for name, values := range response.Header {
			header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
		response.Header = header
		f.scripts = append(f.scripts, script{operation: operation, response: response})
	}
}

// Pending returns an entry for each scripted response and each fault that is not used yet: the operation and, for a
// fault, a space and its name.
func (f *Fake) Pending() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var pending []string
	for _, script := range f.scripts {
		switch {
		case script.fault == "":
			pending = append(pending, script.operation)
		case !script.used:
			pending = append(pending, script.operation+" "+string(script.fault))
		}
	}
	return pending
}

// scriptedOr returns the next scripted response, or carries out the call if there is none.
func (f *Fake) scriptedOr(call *call, act func(*call) Response) Response {
	if response, ok := f.scripted(call, act); ok {
		return response
	}
	return carryOut(call, act)
}

// scripted returns the next scripted response, or that of the next fault. ok reports whether there is one.
func (f *Fake) scripted(call *call, act func(*call) Response) (response Response, ok bool) {
	i := slices.IndexFunc(f.scripts, func(s script) bool { return !s.belowHTTP() && s.matches(call.Request) })
	if i < 0 {
		return Response{}, false
	}
	script := f.dequeue(i)
	if script.fault != "" {
		return f.applyFault(call, act, script.fault), true
	}
	if script.response.Acted && act != nil {
		carryOut(call, act)
	}
	return script.response, true
}

// dequeue returns a script and removes it, unless it is a fault that applies always.
func (f *Fake) dequeue(i int) script {
	f.scripts[i].used = true
	script := f.scripts[i]
	if !script.always {
		f.scripts = slices.Delete(f.scripts, i, i+1)
	}
	return script
}

func (s script) belowHTTP() bool { return s.fault.BelowHTTP() }

// carryOut returns the fake's own response to a call.
func carryOut(call *call, act func(*call) Response) Response {
	response := act(call)
	call.Acted = response.Status/100 == 2
	return response
}

func (s script) matches(request Request) bool {
	method, path, isPath := strings.Cut(s.operation, " ")
	if !isPath {
		return s.operation == request.Operation
	}
	want, got := segments(path), segments(request.Path)
	return request.Host != "" && method == request.Method && slices.EqualFunc(want, got, func(want, got string) bool {
		return want == got || (strings.HasPrefix(want, "{") && strings.HasSuffix(want, "}") && got != "")
	})
}
