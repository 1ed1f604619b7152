package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const module = "github.com/pingmfa/pingmfa-go"

// packages counts what an importer compiles that is neither the standard library's nor this module's.
func packages(ctx context.Context) (n int, err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-deps",
		"-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", module+"/pingmfa").Output()
	for line := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(line, module+"/") {
			n++
		}
	}
	return n, err
}

// binary is by how many bytes the client makes a program longer that has net/http and encoding/json already, both
// without symbols.
func binary(ctx context.Context) (int64, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	var sizes [2]int64
	for i, name := range []string{"without", "with"} {
		file := filepath.Join(dir, name)
		cmd := exec.CommandContext(ctx, //nolint:gosec // constants
			"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, module+"/pingmfa/internal/bench/testdata/"+name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return 0, err
		}
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		sizes[i] = info.Size()
	}
	return sizes[1] - sizes[0], nil
}

// importerRows are what an importer pays before it makes a call, and what a change of the contract costs.
func importerRows(ctx context.Context) ([]row, error) {
	n, err := packages(ctx)
	if err != nil {
		return nil, err
	}
	size, err := binary(ctx)
	if err != nil {
		return nil, err
	}
	// Once to warm up, as the generator may have to be compiled.
	var took time.Duration
	for range 2 {
		start := time.Now()
		cmd := exec.CommandContext(ctx, "go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen",
			"-config", "gen/config.yaml", "openapi.yaml")
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, err
		}
		took = time.Since(start)
	}
	return []row{
		{Name: "importer-packages", Value: float64(n), Bar: 4, Exact: true},
		{Name: "importer-binary-kb", Value: float64(size) / 1000, Bar: 200},
		{Name: "generate-seconds", Value: took.Seconds(), Bar: 2},
	}, nil
}
