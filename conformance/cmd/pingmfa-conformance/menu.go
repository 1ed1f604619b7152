package main

import (
	"slices"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// place is one on the menu of serve, as it is shown.
type place struct {
	Path string `json:"path"`
	Doc  string `json:"doc"`
	// UserID and Status are a scenario's: the user whom it has, and how an authentication of his starts.
	UserID string `json:"userID,omitempty"`
	Status string `json:"status,omitempty"`
}

// menu finds, by the first segment of a path and by the second, what fills a fake; nil when there is no such place.
var menu = map[string]func(name string) func(*pingmfatest.Fake){
	"scenario": scenarioNamed,
	"fault":    faultNamed,
}

func scenarioNamed(name string) func(*pingmfatest.Fake) {
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return func(fake *pingmfatest.Fake) { scenarios[i].fill(fake) }
}

func scenarioPlaces() []place {
	var places []place
	for _, s := range scenarios {
		filled := s.fill(pingmfatest.New(pingmfatest.Options{Seed: 1}))
		places = append(places, place{Path: "/scenario/" + s.name, Doc: s.doc, UserID: filled.UserID, Status: filled.Status})
	}
	return places
}

// fillAll gives a fake every scenario's user.
func fillAll(fake *pingmfatest.Fake) {
	for _, s := range scenarios {
		s.fill(fake)
	}
}

// faultNamed has every call of the two operations meet a fault, of those that any HTTP client meets over a plain
// connection.
func faultNamed(name string) func(*pingmfatest.Fake) {
	fault, ok := pingmfatest.FaultNamed(name)
	if !ok || !reachable(fault) {
		return nil
	}
	return func(fake *pingmfatest.Fake) {
		fillAll(fake)
		fake.Inject(pingmfatest.OpCreateDevice, fault.Always())
		fake.Inject(pingmfatest.OpCreateDeviceAuthentication, fault.Always())
	}
}

func faultPlaces() []place {
	var places []place
	for _, fault := range pingmfatest.Faults() {
		if reachable(fault) {
			places = append(places, place{Path: "/fault/" + fault.Name, Doc: fault.Doc})
		}
	}
	return places
}

func reachable(fault pingmfatest.Fault) bool { return !fault.BelowHTTP && !fault.NeedsTLS }
