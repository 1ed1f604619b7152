package pingmfatest

import (
	_ "embed" // for fault_list.go
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Fault is the name of a failure between a client and PingOne, or of a response that a client must be able to handle.
// [Fake.Inject] queues faults for the next requests of an operation:
//
//	srv.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultResetAfterReading)
//
// The comments of the constants describe what the client receives; the correct response is that of the fake without the
// fault. The text of the other responses repeats the request, including its Authorization header: a server may do that,
// and a client must not copy it into errors and logs. Faults that cut off or delay bytes require HTTP/1.1; over HTTP/2
// they reset the stream instead.
//
// If a connection that has been used before ends without a response, net/http itself sends a GET again. The second
// request meets the next fault of the queue, or none.
type Fault string

// Faults returns all faults, in the order of the constants. A fault that can happen before and after PingOne acts is
// followed by its [Fault.AfterActing].
func Faults() []Fault { return slices.Clone(allFaults) }

// Doc returns the comment of the constant, which describes what the client receives. It is empty for an unknown fault.
func (f Fault) Doc() string { return behaviors[f].doc }

// Acted reports whether the fake carries out the request, whatever the client receives.
func (f Fault) Acted() bool { return behaviors[f].acted }

// BelowHTTP reports whether the fault precedes the HTTP handler. Only requests of [Server.Client] meet such a fault;
// every client meets the others, however the [Fake] is served.
func (f Fault) BelowHTTP() bool { return behaviors[f].belowHTTP }

// NeedsTLS reports whether the fault requires [NewTLSServer].
func (f Fault) NeedsTLS() bool { return behaviors[f].needsTLS }

// AfterActing returns the same fault after the fake has carried out the request, or refused it, such as a wrong
// passcode, which uses up a try. Its name has the suffix "-acted". The client cannot tell the two apart. AfterActing
// panics if the fault cannot happen both before and after that, such as a 4xx of PingOne or a change of a success.
func (f Fault) AfterActing() Fault {
	acted := f + "-acted"
	if _, ok := behaviors[acted]; !ok {
		panic(fmt.Sprintf("pingmfatest: the fault %q cannot happen both before and after PingOne acts", f))
	}
	return acted
}

// behavior is the implementation of a Fault.
type behavior struct {
	doc                        string
	acted, belowHTTP, needsTLS bool                // see the methods of Fault
	ambiguous                  bool                // it can happen before and after the fake acts
	respond                    respondFunc         // makes the response; nil for the correct one
	write                      func(w faultWriter) // writes the response; nil for net/http's way
	dial                       dialFunc            // makes the connection; nil for the transport's way
}

// respondFunc makes the response to a call that meets a fault. It may modify correct, which is the zero Response if the
// fake has not acted.
type respondFunc func(f *Fake, call *call, correct Response) Response

// faultList is the source of the constants. It is embedded so that go doc and Doc describe a fault in the same words.
//
//go:embed fault_list.go
var faultList string

var allFaults, behaviors = readFaultList()

// readFaultList returns the faults in the order of faultList, and their behaviors. It panics unless each constant has a
// behavior and each behavior a constant with a comment.
func readFaultList() (all []Fault, byFault map[Fault]behavior) {
	implemented := map[Fault]behavior{}
	for _, group := range []map[Fault]behavior{
		connectionFaults, http2Faults, errorFaults, successFaults, transferFaults, protocolFaults,
	} {
		maps.Copy(implemented, group)
	}
	byFault = map[Fault]behavior{}
	constant := regexp.MustCompile(`((?:\t// .*\n)+)\tFault\w+ Fault = "(.*)"\n`)
	text := strings.NewReplacer("\n\t// ", " ", "\t// ", "", "\n", "")
	for _, match := range constant.FindAllStringSubmatch(faultList, -1) {
		fault := Fault(match[2])
		b, ok := implemented[fault]
		if !ok {
			panic("pingmfatest: no behavior of the fault " + fault)
		}
		delete(implemented, fault)
		b.doc = text.Replace(match[1])
		all, byFault[fault] = append(all, fault), b
		if b.ambiguous {
			fault += "-acted"
			b.doc += " PingOne has acted."
			b.acted = true
			all, byFault[fault] = append(all, fault), b
		}
	}
	for fault := range implemented {
		panic("pingmfatest: no constant with a comment for the fault " + fault)
	}
	return all, byFault
}

// Inject queues faults for the next requests of an operation, one for each request, in the same queue as the responses
// of [Fake.Script]. A fault that is BelowHTTP is met by requests of [Server.Client] only. Other faults are not met by a
// request with an invalid token or one that breaks the contract. The test of a [Server] fails if a fault is left over
// at its end.
//
// The operation is one of the constants, such as [OpCreateDevice]. Inject panics if it or a fault is unknown. It also
// panics if a fault is BelowHTTP and the fake has no [Server], or if it NeedsTLS and the server has none.
func (f *Fake) Inject(operation string, faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range faults {
		f.inject(script{operation: operation, fault: fault})
	}
}

// InjectAlways is like [Fake.Inject] for all further requests, until [Fake.Reset]. The fault is left over only if no
// request meets it.
func (f *Fake) InjectAlways(operation string, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inject(script{operation: operation, fault: fault, always: true})
}

func (f *Fake) inject(s script) {
	behavior, known := behaviors[s.fault]
	switch {
	case f.actions()[s.operation] == nil:
		panic(fmt.Sprintf("pingmfatest: Inject: unknown operation %q", s.operation))
	case !known:
		panic(fmt.Sprintf("pingmfatest: Inject: unknown fault %q", s.fault))
	case behavior.belowHTTP && f.server == nil:
		panic(fmt.Sprintf("pingmfatest: Inject: the fault %q requires a Server, and its Client", s.fault))
	case behavior.needsTLS && f.server.certificate == nil:
		panic(fmt.Sprintf("pingmfatest: Inject: the fault %q requires NewTLSServer", s.fault))
	}
	f.scripts = append(f.scripts, s)
}

// Reset removes the faults and scripted responses that are queued for an operation.
func (f *Fake) Reset(operation string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scripts = slices.DeleteFunc(f.scripts, func(s script) bool { return s.operation == operation })
}

// applyFault makes the response to a call that meets a fault. A fault that changes a success leaves a refusal as it is.
func (f *Fake) applyFault(call *call, act func(*call) Response, fault Fault) Response {
	behavior := behaviors[fault]
	var response Response
	if behavior.acted {
		if response = carryOut(call, act); !call.Acted && !behavior.ambiguous {
			return response
		}
	}
	if behavior.respond != nil {
		response = behavior.respond(f, call, response)
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.write = behavior.write
	return response
}

// echo returns the parts of a request that a server may repeat and a client must not show.
func (c *call) echo() string {
	return c.Header.Get("Authorization") + " " + string(c.Body)
}
