package main

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// inboxMessage is an element of the inbox.
type inboxMessage struct {
	// Prefix is the path of the fake. Number counts its messages from 1.
	Prefix string `json:"prefix"`
	Number int    `json:"number"`
	pingmfatest.Message
	// Status is the present status of the authentication. It is empty for the activation of a device.
	Status string `json:"status"`
}

// inbox returns the messages of the fake at a prefix, or of all fakes if the prefix is empty. The newest is first.
func (rt *router) inbox(prefix string) []inboxMessage {
	inbox := []inboxMessage{}
	fakes := rt.fakesAt(prefix)
	for p, fake := range fakes {
		for i, m := range fake.Messages() {
			inbox = append(inbox, inboxMessage{
				Prefix: p, Number: i + 1, Message: m, Status: fake.AuthenticationStatus(m.AuthenticationID),
			})
		}
	}
	slices.SortFunc(inbox, func(a, b inboxMessage) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(b.Number, a.Number))
	})
	return inbox
}

// generator is a device that generates passcodes, such as an authenticator application.
type generator struct {
	Prefix   string `json:"prefix"`
	UserID   string `json:"userID"`
	DeviceID string `json:"deviceID"`
	Type     string `json:"type"`
	// Passcode is the one that the device shows now.
	Passcode string `json:"passcode"`
}

// passcodes returns the generators of the fake at a prefix, or of all fakes if the prefix is empty.
func (rt *router) passcodes(prefix string) []generator {
	generators := []generator{}
	fakes := rt.fakesAt(prefix)
	users := scenarioEntries() // there are no others
	for p, fake := range fakes {
		for _, user := range users {
			for _, device := range fake.Devices(user.UserID) {
				id, _ := device["id"].(string)
				kind, _ := device["type"].(string)
				if kind == "TOTP" || kind == "OATH_TOKEN" {
					generators = append(generators, generator{p, user.UserID, id, kind, fake.Passcode(id)})
				}
			}
		}
	}
	slices.SortStableFunc(generators, func(a, b generator) int { return cmp.Compare(a.Prefix, b.Prefix) })
	return generators
}

// advance moves the time of a fake forward.
func advance(fake *pingmfatest.Fake, seconds string) error {
	n, err := strconv.ParseUint(seconds, 10, 31)
	if err != nil {
		return errors.New("seconds must be a number")
	}
	fake.Advance(time.Duration(n) * time.Second)
	return nil
}

// pushRoute matches the requests that confirm and deny a push.
var pushRoute = regexp.MustCompile(`^POST /pushes/([^/]+)/(confirm|deny)$`)

// otherSites refuses the requests that a browser sends for a page of another site.
var otherSites = http.NewCrossOriginProtection()

// change makes a change, unless the request comes from a page of another site.
func change(w http.ResponseWriter, r *http.Request, do func() error) {
	if err := otherSites.Check(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
	} else if err := do(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	} else {
		w.WriteHeader(http.StatusNoContent)
	}
}

func sendJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = program{out: w}.printJSON(value) // the client may have disconnected
}
