package pingmfatest

import (
	"math/rand/v2"
	"time"
)

// Options says how a [Fake] is to behave. The zero value is a good one.
type Options struct {
	// EnvironmentID is the one environment that exists; every other is answered with 404. Empty: the environment of the
	// vendor's examples.
	EnvironmentID string
	// ClientID and ClientSecret are what the token endpoint accepts. Empty: made-up ones; the secret then has characters
	// that a client has to encode.
	ClientID     string
	ClientSecret string
	// TokenLifetime is how long an access token is good for, and what expires_in says in whole seconds. Zero: an hour.
	TokenLifetime time.Duration
	// PolicyID is the environment's default MFA policy: authentications that name no policy come under it. Empty: the
	// policy of the vendor's examples.
	PolicyID string
	// DeviceLimit is how many devices a user may have before createDevice is refused. Zero: 5, as PingOne's default.
	DeviceLimit int
	// RefuseWithoutDevices decides how an authentication ends for which there is no usable device. PingOne has been seen
	// to do both: a 201 with the status FAILED (false), and a 400 with the detail NO_USABLE_DEVICES (true).
	RefuseWithoutDevices bool
	// Plain turns off what the fake adds to its successes on purpose: no unknown properties, no unknown links, keys in
	// alphabetical order. For tests that compare bytes.
	Plain bool
	// Seed decides ids, tokens, passcodes, the order of keys and the values of unknown properties. Zero: a random one.
	Seed uint64
	// Prefix is a path in front of all paths of the fake, such as "/case-7", for several fakes behind one listener. It
	// starts with a slash and does not end with one. Requests to PingOne's real host names have no prefix.
	Prefix string
	// Now is the clock that tokens expire by and that answers are stamped with. Nil: time.Now.
	Now func() time.Time
	// Report is called for each request that breaks the contract or is no part of it, from the goroutine that serves the
	// request, before it is answered. Nil: nobody is told, and [Fake.Violations] has them. In a [Server], nil fails
	// the test.
	Report func(Violation)
}

func (o Options) withDefaults() Options {
	setDefault(&o.EnvironmentID, "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
	setDefault(&o.ClientID, "5b1d4f0e-52c1-4e0b-9f4b-0d5f5ad2a9c7")
	setDefault(&o.ClientSecret, "not a secret: 100% made+up & odd/=")
	setDefault(&o.TokenLifetime, time.Hour)
	setDefault(&o.PolicyID, "5a0a0950-8a81-4739-b12a-f4d6a11c7a82")
	setDefault(&o.DeviceLimit, 5)
	for o.Seed == 0 {
		o.Seed = rand.Uint64() //nolint:gosec // it guards nothing
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
