package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

var exportCommand = command{
	name: "export", arguments: "DIR", summary: "write the vectors and the contract to a directory",
	description: `Writes openapi.yaml, openapi-auth.yaml and openapi-api.yaml (its operations on one host, for
generators that know one base URL), the vectors with their schema, flags and README.md, and in adapter/
the protocol of the adapters. Other repositories can store these files. DIR must not exist, or must be
empty. If a flag selects vectors, manifest.json is left out, because it counts all vectors.`,
	run: export,
}

func export(_ context.Context, p program, c command, args []string) (int, error) {
	var selected filter
	rest, err := c.parse(p, args, selected.define)
	if err == nil && len(rest) != 1 {
		err = errors.New("one argument DIR is required")
	}
	if err != nil {
		return 0, err
	}
	vectors, err := selected.vectors()
	if err != nil {
		return 0, err
	}
	files, err := exportedFiles(vectors, selected == filter{})
	if err != nil {
		return 0, err
	}
	dir := rest[0]
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return 0, fmt.Errorf("%s is not empty", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // not a secret
			return 0, err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // not a secret
			return 0, err
		}
	}
	p.print("%s: %d files, %d of them vectors\n", dir, len(files), len(vectors))
	return exitOK, nil
}

// exportedFiles returns the files to write by their slash-separated names. The manifest is included if all is true.
func exportedFiles(vectors []conformance.Vector, all bool) (map[string][]byte, error) {
	exported, err := hostDocuments(openapi.YAML)
	if err != nil {
		return nil, err
	}
	exported["openapi.yaml"] = openapi.YAML
	selected := map[string]bool{}
	for _, vector := range vectors {
		selected["vectors/"+vector.ID+".json"] = true
	}
	add := func(files fs.FS, prefix string) error {
		return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if strings.HasPrefix(name, "vectors/") && !selected[name] || name == "manifest.json" && !all {
				return nil
			}
			data, err := fs.ReadFile(files, name)
			exported[prefix+name] = data
			return err
		})
	}
	err = errors.Join(add(conformance.Files(), ""), add(adapter.Files(), "adapter/"))
	// The contract is in the same directory as README.md here.
	exported["README.md"] = bytes.ReplaceAll(exported["README.md"], []byte("(../openapi.yaml)"), []byte("(openapi.yaml)"))
	return exported, err
}
