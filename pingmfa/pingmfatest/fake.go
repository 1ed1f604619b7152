package pingmfatest

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// The operations of the fake. [OpToken] is a request to the token endpoint; the others are operation ids of the
// contract.
const (
	OpCreateDeviceAuthentication   = "createDeviceAuthentication"
	OpReadDeviceAuthentication     = "readDeviceAuthentication"
	OpContinueDeviceAuthentication = "continueDeviceAuthentication"
	OpCreateDevice                 = "createDevice"
	OpActivateDevice               = "activateDevice"
	OpToken                        = "token"
)

// Options configures a [Fake]. The zero value is valid.
type Options struct {
	// EnvironmentID is the only environment that exists; the response for another one is 404. If empty, it is the
	// environment of the vendor's examples.
	EnvironmentID string
	// ClientID and ClientSecret are the credentials that the token endpoint accepts. If empty, they are generated
	// values; the secret then has characters that a client must encode.
	ClientID     string
	ClientSecret string
	// TokenLifetime is the lifetime of access tokens. The token endpoint returns it as expires_in, in whole seconds. If
	// zero, it is one hour.
	TokenLifetime time.Duration
	// PolicyID is the default MFA policy of the environment, for authentications that name none. If empty, it is the
	// policy of the vendor's examples.
	PolicyID string
	// PasscodeLifetime is the time during which a sent passcode is valid. If zero, it is 30 minutes, PingOne's default.
	PasscodeLifetime time.Duration
	// PasscodeTries is the number of wrong passcodes in a row that lock a device. If zero, it is 3, PingOne's default.
	PasscodeTries int
	// LockDuration is the time during which a device is then locked. If zero, it is 2 minutes (inferred).
	LockDuration time.Duration
	// FailAfterTries selects the response to the wrong passcode that locks a device during an authentication. It is not
	// public which one PingOne sends: a 400 with the detail QUOTA_EXCEEDED (false), after which another device can be
	// selected, or a 200 with the status FAILED (true).
	FailAfterTries bool
	// PushTimeout is the time during which a push can be confirmed. If zero, it is 40 seconds, PingOne's default.
	PushTimeout time.Duration
	// DeviceLimit is the number of devices that a user may have; createDevice refuses more. If zero, it is 5, PingOne's
	// default.
	DeviceLimit int
	// RefuseWithoutDevices selects the response to an authentication without a usable device. PingOne has been seen to
	// send both: a 201 with the status FAILED (false), and a 400 with the detail NO_USABLE_DEVICES (true).
	RefuseWithoutDevices bool
	// Plain disables the variations of successes: there are no unknown properties and links, keys are in alphabetical
	// order, and the media type of devices is application/json. It is for tests that compare bytes.
	Plain bool
	// Seed determines ids, tokens, passcodes, the order of keys, the values of unknown properties and the media type of
	// devices. If zero, it is random.
	Seed uint64
	// Prefix is prepended to all paths of the fake, such as "/case-7", so that several fakes can share a listener. It
	// starts with a slash and does not end with one. Requests to PingOne's own host names have no prefix.
	Prefix string
	// Now returns the current time, for all that expires and for timestamps. If nil, it is time.Now. [Fake.Advance] adds
	// to it.
	Now func() time.Time
	// Report is called for each [Violation], from the goroutine that serves the request, before the response is written.
	// If nil, violations are only recorded ([Fake.Violations]); a [Server] fails its test instead.
	Report func(Violation)
}

func (o Options) withDefaults() Options {
	setDefault(&o.EnvironmentID, "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
	setDefault(&o.ClientID, "5b1d4f0e-52c1-4e0b-9f4b-0d5f5ad2a9c7")
	setDefault(&o.ClientSecret, "not a secret: 100% made+up & odd/=")
	setDefault(&o.TokenLifetime, time.Hour)
	setDefault(&o.PolicyID, "5a0a0950-8a81-4739-b12a-f4d6a11c7a82")
	setDefault(&o.PasscodeLifetime, 30*time.Minute)
	setDefault(&o.PasscodeTries, 3)
	setDefault(&o.LockDuration, 2*time.Minute)
	setDefault(&o.PushTimeout, 40*time.Second)
	setDefault(&o.DeviceLimit, 5)
	for o.Seed == 0 {
		o.Seed = rand.Uint64() //nolint:gosec // it protects nothing
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Report == nil {
		o.Report = func(Violation) {}
	}
	return o
}

func setDefault[T comparable](value *T, byDefault T) {
	var zero T
	if *value == zero {
		*value = byDefault
	}
}

// Fake is a PingOne with one environment, one application and the users that are added to it. It serves
//
//   - the auth host under {Options.Prefix}/ping-auth, and at the root for Host auth.pingone.{tld};
//   - the API host under {Options.Prefix}/ping-api/v1, and under /v1 for Host api.pingone.{tld};
//
// for all six regions. The response to any other path or method is a 403, and a [Violation]. Links in responses are
// absolute, and start with the base URL of the request. A Fake is safe for concurrent use.
type Fake struct {
	// EnvironmentID, ClientID and ClientSecret are for the configuration of the client. Options sets them.
	EnvironmentID string
	ClientID      string
	ClientSecret  string

	options   Options
	validator *conformance.Validator
	server    *Server // nil for a Fake of New

	mu              sync.Mutex // guards everything below
	random          *rand.Rand
	advanced        time.Duration
	tokens          map[string]time.Time // the expiry of each access token
	users           map[string]*user
	authentications map[string]*authentication
	messages        []Message
	requests        []Request
	violations      []Violation
	scripts         []script
}

// Parsing the contract takes longer than most tests, so all fakes share the validator.
var sharedValidator = sync.OnceValues(conformance.NewValidator)

// New returns a fake. It panics if the embedded contract cannot be parsed, which does not depend on the options.
func New(options Options) *Fake {
	validator, err := sharedValidator()
	if err != nil {
		panic(err)
	}
	options = options.withDefaults()
	return &Fake{
		EnvironmentID:   options.EnvironmentID,
		ClientID:        options.ClientID,
		ClientSecret:    options.ClientSecret,
		options:         options,
		validator:       validator,
		random:          rand.New(rand.NewPCG(options.Seed, 0)), //nolint:gosec // repeatable on purpose
		tokens:          map[string]time.Time{},
		users:           map[string]*user{},
		authentications: map[string]*authentication{},
	}
}

// URLs returns the base URLs of the two hosts for a fake that is served at origin, such as "http://127.0.0.1:8080".
func (f *Fake) URLs(origin string) (authURL, apiURL string) {
	return origin + f.options.Prefix + authPath, origin + f.options.Prefix + apiPath
}

// Seed returns the seed in use. A fake with the same seed in its [Options] generates the same ids and order of keys.
func (f *Fake) Seed() uint64 { return f.options.Seed }

// Advance moves the fake's time forward. Passcodes, pushes, locks and access tokens expire as if d had passed.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.advanced += d
}

func (f *Fake) now() time.Time { return f.options.Now().Add(f.advanced) }

// ServeHTTP implements [http.Handler].
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := f.newCall(r)
	response := f.handle(call)
	if call.violation != nil {
		f.options.Report(*call.violation)
	}
	response.send(w, r)
}

// handle makes the response to a call and records both. The record is complete before the response is written, so a
// test that has the response can rely on it.
func (f *Fake) handle(call *call) Response {
	findings := f.check(call) // outside the lock: validation takes the most time
	f.mu.Lock()
	defer f.mu.Unlock()
	response := f.respond(call, findings)
	f.addHeaders(&response)
	call.Status = response.Status
	f.requests = append(f.requests, call.Request)
	if call.violation != nil {
		f.violations = append(f.violations, *call.violation)
	}
	return response
}

// respond checks the token first, then the contract. Scripted responses and faults replace only what comes after that.
func (f *Fake) respond(call *call, findings []conformance.Finding) Response {
	switch {
	case call.incomplete: // the client is gone and reads no response
		return f.refusal(http.StatusBadRequest, "INVALID_REQUEST", "The request is not complete.")
	case call.Operation == "":
		if response, ok := f.scripted(call, nil); ok {
			return response
		}
		call.setViolation(findings)
		return f.gatewayRefusal()
	case call.Operation == OpToken:
		return f.scriptedOr(call, f.issueToken)
	case !f.accepts(call.Header):
		return f.refusal(http.StatusUnauthorized, "ACCESS_FAILED", "Access was refused.",
			object{"code": "INVALID_TOKEN", "message": "The token is not valid."})
	case len(findings) > 0:
		call.setViolation(findings)
		return f.refuseFindings(call, findings)
	default:
		return f.scriptedOr(call, f.actions()[call.Operation])
	}
}

// actions returns the functions that carry out the operations.
func (f *Fake) actions() map[string]func(*call) Response {
	return map[string]func(*call) Response{
		OpToken:                        f.issueToken,
		OpCreateDeviceAuthentication:   f.startAuthentication,
		OpReadDeviceAuthentication:     f.readAuthentication,
		OpContinueDeviceAuthentication: f.continueAuthentication,
		OpCreateDevice:                 f.createDevice,
		OpActivateDevice:               f.activateDevice,
	}
}
