package coverage

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// Equivalent is a mutant that no vector can notice, as it means the same as the description.
type Equivalent struct {
	Pointer  string `json:"pointer"`
	Mutation string `json:"mutation"`
	// Reason says why nothing can notice.
	Reason string `json:"reason"`
}

//go:embed equivalent.json
var equivalents []byte

// Equivalents returns the reviewed list for the contract, openapi.yaml. An error means that this module is broken.
func Equivalents() ([]Equivalent, error) {
	var list []Equivalent
	if err := json.Unmarshal(equivalents, &list); err != nil {
		return nil, fmt.Errorf("read equivalent.json: %w", err)
	}
	return list, nil
}
