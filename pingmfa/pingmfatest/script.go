package pingmfatest

import (
	"net/http"
	"slices"
	"strings"
)

// Response is an answer as it goes over the wire.
type Response struct {
	// Status is the HTTP status, from 200 on; 0 is 200.
	Status int
	// Header is sent as it is. Content-Type (application/json, when there is a body) and Correlation-Id are added unless
	// they are in it; a nil value keeps them off the wire.
	Header http.Header
	// Body is sent byte for byte.
	Body string
	// Acted has the fake carry the request out all the same, as if it had not been scripted: the message counts as sent,
	// the device is stored, and this answer takes the place of the true one. That is what a client meets when an answer
	// is lost or spoiled on its way.
	Acted bool

	deliver func(delivery) // nil: as net/http does
}

// script is what the fake does to one request in place of what it would do.
type script struct {
	operation string
	answer    Response
	fault     *Fault // in place of the answer
	met       bool   // by a fault that lasts
}

// Script queues answers that take the place of the fake's own, each for one request, in order. Calls of the two
// operations whose token is bad or that break the contract do not use one up.
//
// The operation is [OpCreateDeviceAuthentication], [OpCreateDevice] or [OpToken]; or, for the other calls that a
// service makes to PingOne, a method and a path without the base URL, in which {name} stands for one segment:
//
//	checkOTP := "POST /{environmentID}/deviceAuthentications/{id}"
//	srv.Script(checkOTP, pingmfatest.Response{Body: `{"status":"COMPLETED"}`})
//
// Such a call is no violation, and neither its token nor its body is looked at.
func (f *Fake) Script(operation string, answers ...Response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, answer := range answers {
		header := http.Header{}
		for name, values := range answer.Header {
			header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
		}
		answer.Header = header
		f.scripts = append(f.scripts, script{operation: operation, answer: answer})
	}
}

// Pending names the operation of each scripted answer that was not asked for yet, and of each fault that was not met
// yet, with the fault's name behind it.
func (f *Fake) Pending() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var pending []string
	for _, script := range f.scripts {
		switch {
		case script.fault == nil:
			pending = append(pending, script.operation)
		case !script.met:
			pending = append(pending, script.operation+" "+script.fault.Name)
		}
	}
	return pending
}

// scriptedOr takes the next scripted answer, or has the fake act.
func (f *Fake) scriptedOr(call *call, act func(*call) Response) Response {
	if answer, ok := f.scripted(call, act); ok {
		return answer
	}
	return carryOut(call, act)
}

func (f *Fake) scripted(call *call, act func(*call) Response) (Response, bool) {
	i := slices.IndexFunc(f.scripts, func(s script) bool { return !s.below() && s.matches(call.Request) })
	if i < 0 {
		return Response{}, false
	}
	script := f.take(i)
	if script.fault != nil {
		return f.spoil(call, act, *script.fault), true
	}
	if script.answer.Acted && act != nil {
		carryOut(call, act)
	}
	return script.answer, true
}

// take takes a script out of the line, unless it is a fault that lasts.
func (f *Fake) take(i int) script {
	f.scripts[i].met = true
	script := f.scripts[i]
	if script.fault == nil || !script.fault.always {
		f.scripts = slices.Delete(f.scripts, i, i+1)
	}
	return script
}

// below reports whether a script is a fault on the way to the handler, and so none of the handler's business.
func (s script) below() bool { return s.fault != nil && s.fault.BelowHTTP }

func carryOut(call *call, act func(*call) Response) Response {
	answer := act(call)
	call.Acted = answer.Status/100 == 2
	return answer
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

// stamp adds the headers that every answer of PingOne's has.
func (f *Fake) stamp(answer *Response) {
	if _, ok := answer.Header["Content-Type"]; !ok && answer.Body != "" {
		answer.Header.Set("Content-Type", "application/json")
	}
	if _, ok := answer.Header["Correlation-Id"]; !ok {
		answer.Header.Set("Correlation-Id", f.newID())
	}
	if answer.Status == 0 && answer.deliver == nil {
		answer.Status = http.StatusOK
	}
}

// write is the one place where an answer leaves the fake.
func (a Response) write(w http.ResponseWriter, r *http.Request) {
	if a.deliver != nil {
		a.deliver(delivery{Response: a, w: w, r: r})
		return
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body)) // the client may be gone
}
