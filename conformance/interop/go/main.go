// Go is the adapter of package pingmfa.
//
//	go run ./conformance/cmd/pingmfa-conformance run -- go run ./conformance/interop/go
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "go adapter:", err)
		os.Exit(1)
	}
}

func run() error {
	features, err := adapter.Features()
	if err != nil {
		return err
	}
	// pingmfa has neither.
	delete(features, "oath-resync")
	delete(features, "pingid-desktop")
	hello := adapter.Hello{
		Name: "pingmfa " + pingmfa.Version, Features: slices.Sorted(maps.Keys(features)), Without: lacking,
	}
	return adapter.Serve(context.Background(), os.Stdin, os.Stdout, hello, call)
}
