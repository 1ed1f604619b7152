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
	hello, err := newHello()
	if err != nil {
		return err
	}
	return adapter.Serve(context.Background(), os.Stdin, os.Stdout, hello, call)
}

func newHello() (adapter.Hello, error) {
	features, err := adapter.Features()
	// pingmfa has neither.
	delete(features, "oath-resync")
	delete(features, "pingid-desktop")
	return adapter.Hello{
		Name: "pingmfa " + pingmfa.Version, Features: slices.Sorted(maps.Keys(features)), Without: lacking,
	}, err
}
