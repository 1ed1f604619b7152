package adapter

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// KnownFailing has the reason for each vector that a client is known to fail, by the vector's id. Such a vector still
// runs, and it has to fail: one that passes fails the run, so that the list never says more than is true.
type KnownFailing map[string]string

// ReadKnownFailing reads a list in the form of known-failing.schema.json. A vector that does not exist, one that stands
// twice, and an entry without a reason are errors.
func ReadKnownFailing(r io.Reader) (KnownFailing, error) {
	var list struct {
		Schema  string `json:"$schema"`
		Entries []struct {
			Reason  string   `json:"reason"`
			Vectors []string `json:"vectors"`
		} `json:"knownFailing"`
	}
	if err := json.UnmarshalRead(r, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read the list of known failures: %w", err)
	}
	if list.Entries == nil {
		return nil, errors.New("read the list of known failures: there is no knownFailing in it")
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	exists := map[string]bool{}
	for _, vector := range vectors {
		exists[vector.ID] = true
	}
	known := KnownFailing{}
	for i, entry := range list.Entries {
		switch {
		case len(entry.Reason) < 8:
			return nil, fmt.Errorf("read the list of known failures: entry %d gives no reason", i+1)
		case len(entry.Vectors) == 0:
			return nil, fmt.Errorf("read the list of known failures: entry %d names no vector", i+1)
		}
		for _, id := range entry.Vectors {
			if !exists[id] {
				return nil, fmt.Errorf("read the list of known failures: there is no vector %q", id)
			}
			if known[id] != "" {
				return nil, fmt.Errorf("read the list of known failures: %q stands twice", id)
			}
			known[id] = entry.Reason
		}
	}
	return known, nil
}
