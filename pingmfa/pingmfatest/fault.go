package pingmfatest

import (
	"fmt"
	"net/http"
	"slices"
)

// Fault is a failure between a client and PingOne, or a response that a client must be able to handle. [Faults] lists
// all of them, and [Fake.Inject] queues one for the next request of an operation:
//
//	srv.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultResetAfterReading)
//
// The text of a fault repeats the request, including its Authorization header, because a server may do that, and a
// client must not copy it into errors and logs. The Doc of a fault calls the fake's response without the fault the
// correct response. Faults that cut off or delay bytes require HTTP/1.1; over HTTP/2 they reset the stream instead.
type Fault struct {
	// Name identifies the fault in a URL path or on a command line, such as "reset-after-reading".
	Name string
	// Doc describes the bytes that the client receives.
	Doc string
	// Acted reports whether the fake carries out the request, whatever the client receives.
	Acted bool
	// BelowHTTP reports whether the fault precedes the HTTP handler. Only requests of [Server.Client] meet such a fault;
	// every client meets the others, however the [Fake] is served.
	BelowHTTP bool
	// NeedsTLS reports whether the fault requires [NewTLSServer].
	NeedsTLS bool

	ambiguous bool // it can happen before and after the fake acts
	always    bool
	respond   respondFunc         // makes the response; nil for the correct one
	write     func(w faultWriter) // writes the response; nil for net/http's way
	dial      dialFunc            // makes the connection; nil for the transport's way
}

// respondFunc makes the response to a call that meets a fault. It may modify correct, which is the zero Response if the
// fake has not acted.
type respondFunc func(f *Fake, call *call, correct Response) Response

// allFaults has all faults, in the order of registration.
var allFaults []Fault

func register(fault Fault) Fault {
	allFaults = append(allFaults, fault)
	return fault
}

// Faults returns all faults. A fault that can happen before and after PingOne acts is followed by its
// [Fault.AfterActing].
func Faults() []Fault {
	var all []Fault
	for _, fault := range allFaults {
		all = append(all, fault)
		if fault.ambiguous {
			all = append(all, fault.AfterActing())
		}
	}
	return all
}

// FaultNamed returns the fault of [Faults] with a name.
func FaultNamed(name string) (Fault, bool) {
	all := Faults()
	if i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name }); i >= 0 {
		return all[i], true
	}
	return Fault{}, false
}

// String returns the name.
func (f Fault) String() string { return f.Name }

// AfterActing returns the same fault after the fake has carried out the request. The client cannot tell the two apart.
// AfterActing panics if the fault cannot happen both before and after that.
func (f Fault) AfterActing() Fault {
	if !f.ambiguous || f.Acted {
		panic("pingmfatest: the fault " + f.Name + " cannot happen both before and after PingOne acts")
	}
	f.Name += "-acted"
	f.Doc += " PingOne has acted."
	f.Acted = true
	return f
}

// Always returns the same fault for all further requests, until [Fake.Reset].
func (f Fault) Always() Fault {
	f.always = true
	return f
}

// Inject queues faults for the next requests of an operation, one for each request, in the same queue as the responses
// of [Fake.Script]. Except for faults that are BelowHTTP, a request with an invalid token and one that breaks the
// contract meet no fault. The test of a [Server] fails if a fault is left over at its end.
//
// The operation is one of the constants, such as [OpCreateDevice]. Inject panics if a fault is BelowHTTP and the fake
// has no [Server], or if it NeedsTLS and the server has none.
func (f *Fake) Inject(operation string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.actions()[operation] == nil {
		panic(fmt.Sprintf("pingmfatest: Inject: unknown operation %q", operation))
	}
	for _, fault := range faults {
		switch {
		case fault.Name == "":
			panic("pingmfatest: Inject: the zero Fault cannot be injected")
		case fault.BelowHTTP && f.server == nil:
			panic("pingmfatest: Inject: the fault " + fault.Name + " requires a Server, and its Client")
		case fault.NeedsTLS && f.server.certificate == nil:
			panic("pingmfatest: Inject: the fault " + fault.Name + " requires NewTLSServer")
		}
		f.scripts = append(f.scripts, script{operation: operation, fault: &fault})
	}
}

// Reset removes the faults and scripted responses that are queued for an operation.
func (f *Fake) Reset(operation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scripts = slices.DeleteFunc(f.scripts, func(s script) bool { return s.operation == operation })
}

// applyFault makes the response to a call that meets a fault. If the fake refuses the call, there is no success that a
// fault after acting could change, so the refusal is returned.
func (f *Fake) applyFault(call *call, act func(*call) Response, fault Fault) Response {
	var response Response
	if fault.Acted {
		if response = carryOut(call, act); !call.Acted {
			return response
		}
	}
	if fault.respond != nil {
		response = fault.respond(f, call, response)
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.write = fault.write
	return response
}

// echo returns the parts of a request that a server may repeat and a client must not show.
func (c *call) echo() string {
	return c.Header.Get("Authorization") + " " + string(c.Body)
}
