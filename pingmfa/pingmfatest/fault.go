package pingmfatest

import (
	"fmt"
	"net/http"
	"slices"
)

// Fault is something that goes wrong between a client and PingOne, or an answer that a client has to be ready for.
// [Faults] is the menu, [Fake.Inject] has requests meet one:
//
//	srv.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultResetAfterReading)
//
// Whatever text a fault brings repeats the request, its Authorization header included, because a server may do that:
// what a client then writes into errors and logs must not. Faults that cut or delay bytes want HTTP/1.1; over HTTP/2
// the stream is reset instead.
type Fault struct {
	// Name tells faults apart in a URL's path or on a command line, such as "reset-after-reading".
	Name string
	// Doc says what happens on the wire.
	Doc string
	// Acted says that the fake carries the request out, whatever the client gets to see of it.
	Acted bool
	// BelowHTTP says that it happens on the way to the server: [Server.Client] meets it, and no other client does. All
	// other faults are met by every client, however the [Fake] is served.
	BelowHTTP bool
	// NeedsTLS says that it takes a server that [NewTLSServer] made.
	NeedsTLS bool

	either  bool // when it happens, the fake may have acted or not
	always  bool
	answer  func(f *Fake, call *call, truth Response) Response // what is answered; nil: the truth
	deliver func(d delivery)                                   // how it is answered; nil: as net/http does
	way     way                                                // how the request gets to the server; nil: as any other
}

// menu has every fault in the order in which the files define them.
var menu []Fault

func onMenu(fault Fault) Fault {
	menu = append(menu, fault)
	return fault
}

// Faults lists all faults; those that can happen before and after PingOne acted are in it twice.
func Faults() []Fault {
	var all []Fault
	for _, fault := range menu {
		all = append(all, fault)
		if fault.either {
			all = append(all, fault.AfterActing())
		}
	}
	return all
}

// FaultNamed finds a fault of [Faults] by its name.
func FaultNamed(name string) (Fault, bool) {
	all := Faults()
	if i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name }); i >= 0 {
		return all[i], true
	}
	return Fault{}, false
}

// String is the fault's name.
func (f Fault) String() string { return f.Name }

// AfterActing gives the same fault after the fake has carried the request out: PingOne acted, and the client cannot
// know. It panics for a fault that leaves no doubt.
func (f Fault) AfterActing() Fault {
	if !f.either || f.Acted {
		panic("pingmfatest: the fault " + f.Name + " cannot happen both before and after PingOne acted")
	}
	f.Name += "-acted"
	f.Doc += " PingOne has acted."
	f.Acted = true
	return f
}

// Always gives the fault for every request from its turn on, until [Fake.Reset]. Its name stays the same.
func (f Fault) Always() Fault {
	f.always = true
	return f
}

// Inject has requests meet faults. The faults stand in one line with the answers of [Fake.Script]: each is met by one
// request of the operation, in order. As there, a request whose token is bad or that breaks the contract meets none,
// unless the fault is BelowHTTP; and one that has not been met when the test of a [Server] ends fails that test.
//
// The operation is [OpCreateDeviceAuthentication], [OpCreateDevice] or [OpToken]. Inject panics on a fault that the
// fake cannot have: BelowHTTP without a Server, or NeedsTLS without TLS.
func (f *Fake) Inject(operation string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains([]string{OpCreateDeviceAuthentication, OpCreateDevice, OpToken}, operation) {
		panic(fmt.Sprintf("pingmfatest: there is no operation %q to inject a fault into", operation))
	}
	for _, fault := range faults {
		switch {
		case fault.Name == "":
			panic("pingmfatest: an empty Fault cannot be injected")
		case fault.BelowHTTP && f.server == nil:
			panic("pingmfatest: the fault " + fault.Name + " needs a Server, and its Client")
		case fault.NeedsTLS && f.server.certificate == nil:
			panic("pingmfatest: the fault " + fault.Name + " needs NewTLSServer")
		}
		f.scripts = append(f.scripts, script{operation: operation, fault: &fault})
	}
}

// Reset ends what Inject and Script have in line for an operation.
func (f *Fake) Reset(operation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scripts = slices.DeleteFunc(f.scripts, func(s script) bool { return s.operation == operation })
}

// spoil answers a call that meets a fault. What the fake refuses is refused: such a call has nothing to spoil.
func (f *Fake) spoil(call *call, act func(*call) Response, fault Fault) Response {
	var answer Response
	if fault.Acted {
		if answer = carryOut(call, act); !call.Acted {
			return answer
		}
	}
	if fault.answer != nil {
		answer = fault.answer(f, call, answer)
	}
	if answer.Header == nil {
		answer.Header = http.Header{}
	}
	answer.deliver = fault.deliver
	return answer
}

// echo is what a server may repeat of a request: all that the client must not show.
func (c *call) echo() string {
	return c.Header.Get("Authorization") + " " + string(c.Body)
}
