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
	name: "export", arguments: "DIR", summary: "write the vectors and the contract to a folder",
	about: `Writes a folder that another repository can keep: openapi.yaml, the vectors with their schema, flags
and README.md, and in adapter/ how a client is proved with them. DIR must not exist, or be empty.
With vectors chosen by a flag, manifest.json is left out: it counts all of them.`,
	run: export,
}

func export(_ context.Context, p program, c command, args []string) (int, error) {
	var chosen choice
	rest, err := c.parse(p, args, chosen.define)
	if err == nil && len(rest) != 1 {
		err = errors.New("one DIR must be named behind the flags")
	}
	if err != nil {
		return 0, err
	}
	vectors, err := chosen.vectors()
	if err != nil {
		return 0, err
	}
	pack, err := newPack(vectors, chosen.all())
	if err != nil {
		return 0, err
	}
	dir := rest[0]
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return 0, fmt.Errorf("%s is not empty: remove it first, so that nothing old stays in it", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for name, data := range pack {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // for others to read
			return 0, err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil { //nolint:gosec // for others to read
			return 0, err
		}
	}
	p.print("%s: %d files, %d of them vectors\n", dir, len(pack), len(vectors))
	return exitOK, nil
}

// newPack collects the files to write, by their names with slashes.
func newPack(vectors []conformance.Vector, all bool) (map[string][]byte, error) {
	pack := map[string][]byte{"openapi.yaml": openapi.YAML}
	chosen := map[string]bool{}
	for _, vector := range vectors {
		chosen["vectors/"+vector.ID+".json"] = true
	}
	collect := func(files fs.FS, prefix string) error {
		return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if strings.HasPrefix(name, "vectors/") && !chosen[name] || name == "manifest.json" && !all {
				return nil
			}
			data, err := fs.ReadFile(files, name)
			pack[prefix+name] = data
			return err
		})
	}
	err := errors.Join(collect(conformance.Files(), ""), collect(adapter.Files(), "adapter/"))
	// Here the contract stands beside README.md, not above it.
	pack["README.md"] = bytes.ReplaceAll(pack["README.md"], []byte("(../openapi.yaml)"), []byte("(openapi.yaml)"))
	return pack, err
}
