package main

import (
	"errors"
	"flag"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// choice is which of the vectors a command is about.
type choice struct{ flag, operation, side, vector string }

// define adds the flags that choose to a command's.
func (c *choice) define(flags *flag.FlagSet) {
	flags.StringVar(&c.flag, "flag", "", "only vectors with this `flag`, which flags.json explains")
	flags.StringVar(&c.operation, "operation", "", "only vectors of this `operationId`")
	flags.StringVar(&c.side, "side", "", "only vectors of this `side`: request, response or exchange")
	flags.StringVar(&c.vector, "vector", "", "only vectors whose id matches this `glob`, where * stops at a slash")
}

// all tells whether nothing was chosen.
func (c *choice) all() bool { return *c == choice{} }

// vectors returns those that were chosen. A choice of none is an error: it is a misspelt one.
func (c *choice) vectors() ([]conformance.Vector, error) {
	flags, err := conformance.Flags()
	if err != nil {
		return nil, err
	}
	if _, known := flags[c.flag]; c.flag != "" && !known {
		return nil, fmt.Errorf("there is no flag %q", c.flag)
	}
	if _, err := path.Match(c.vector, ""); err != nil {
		return nil, fmt.Errorf("-vector: %w", err)
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(vectors, func(v conformance.Vector) bool {
		matches, _ := path.Match(c.vector, v.ID)
		return c.flag != "" && !slices.Contains(v.Flags, c.flag) ||
			c.operation != "" && c.operation != v.Operation ||
			c.side != "" && c.side != sideOf(v) ||
			c.vector != "" && !matches
	})
	if len(chosen) == 0 {
		return nil, errors.New("there is no such vector")
	}
	return chosen, nil
}

// sideOf is the second part of a vector's id.
func sideOf(v conformance.Vector) string { return strings.Split(v.ID, "/")[1] }
