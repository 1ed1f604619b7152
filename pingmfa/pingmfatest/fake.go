package pingmfatest

import (
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// The operations of the fake, as [Fake.Script], [Fake.Requests] and [Message] name them. The first two are the
// contract's operation ids.
const (
	OpCreateDeviceAuthentication = "createDeviceAuthentication"
	OpCreateDevice               = "createDevice"
	OpToken                      = "token"
)

// Fake is a PingOne with one environment, one application and the users that it is given. It serves
//
//   - the auth host under {Options.Prefix}/ping-auth, and at the root for Host auth.pingone.{tld};
//   - the api host under {Options.Prefix}/ping-api/v1, and under /v1 for Host api.pingone.{tld};
//
// for all six regions. Anything else is answered with 404 (a wrong method with 405) and reported. Links in its answers
// are absolute and point to where the request came in. It is safe for concurrent use.
type Fake struct {
	// EnvironmentID, ClientID and ClientSecret are what a client has to be configured with. To set them, use Options.
	EnvironmentID string
	ClientID      string
	ClientSecret  string

	options   Options
	validator *conformance.Validator
	server    *Server // nil: somebody else serves the fake

	mu         sync.Mutex // guards everything below
	random     *rand.Rand
	tokens     tokens
	users      map[string]*user
	messages   []Message
	requests   []Request
	violations []Violation
	scripts    []script
}

// The contract is read once for all fakes: that takes longer than a test.
var sharedValidator = sync.OnceValues(conformance.NewValidator)

// New makes a fake. It panics if the contract that it is built with cannot be read, which no option can cause.
func New(options Options) *Fake {
	validator, err := sharedValidator()
	if err != nil {
		panic(err)
	}
	options = options.withDefaults()
	return &Fake{
		EnvironmentID: options.EnvironmentID,
		ClientID:      options.ClientID,
		ClientSecret:  options.ClientSecret,
		options:       options,
		validator:     validator,
		random:        rand.New(rand.NewPCG(options.Seed, 0)), //nolint:gosec // repeatable on purpose
		users:         map[string]*user{},
	}
}

// URLs gives the base URLs of the two hosts for a fake that is served at origin, such as "http://127.0.0.1:8080".
func (f *Fake) URLs(origin string) (authURL, apiURL string) {
	return origin + f.options.Prefix + authPath, origin + f.options.Prefix + apiPath
}

// Seed is the seed in use: give it to [Options] to get the same ids and the same order of keys again.
func (f *Fake) Seed() uint64 { return f.options.Seed }

// ServeHTTP answers one request.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := f.receive(r)
	answer := f.answer(call)
	if call.violation != nil {
		f.options.Report(*call.violation)
	}
	answer.write(w, r)
}

// answer decides about a call and keeps a record of it. Everything is on record before the client has its answer, so
// that a test that has the answer finds the record complete.
func (f *Fake) answer(call *call) Response {
	findings := f.check(call) // outside the lock: it is the part that takes time
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := f.decide(call, findings)
	f.stamp(&answer)
	call.Status = answer.Status
	f.requests = append(f.requests, call.Request)
	if call.violation != nil {
		f.violations = append(f.violations, *call.violation)
	}
	return answer
}

// decide is the order of things: a token before all else, then the contract, then what a test scripted, then PingOne.
func (f *Fake) decide(call *call, findings []conformance.Finding) Response {
	switch {
	case call.broken: // PingOne would never have seen it whole; nobody is there to read an answer
		return f.refusal(http.StatusBadRequest, "INVALID_REQUEST", "The request is not complete.")
	case call.Operation == "":
		if answer, ok := f.scripted(call, nil); ok {
			return answer
		}
		call.violate(findings)
		return f.unexpected(call)
	case call.Operation == OpToken:
		f.tokens.requests++
		return f.scriptedOr(call, f.answerToken)
	case !f.accepts(call.Header):
		return f.refusal(http.StatusUnauthorized, "ACCESS_FAILED", "Access was refused.",
			object{"code": "INVALID_TOKEN", "message": "The token is not valid."})
	case len(findings) > 0:
		call.violate(findings)
		return f.refuseFindings(findings)
	case call.Operation == OpCreateDevice:
		return f.scriptedOr(call, f.createDevice)
	default:
		return f.scriptedOr(call, f.startAuthentication)
	}
}
