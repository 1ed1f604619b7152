package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

var exportCommand = command{
	name: "export", arguments: "DIR", summary: "write the vectors and the contract to a directory",
	description: `Writes openapi.yaml, openapi-auth.yaml and openapi-api.yaml (its operations on one host, for
generators that know one base URL), the vectors with their schema and flags, in adapter/ the protocol of
the adapters, a README.md that explains all of them, and SHA256SUMS. Other repositories can store these
files. DIR must not exist, or must be empty. If a flag selects vectors, manifest.json is left out, because
it counts all vectors.`,
	run: export,
}

var verifyCommand = command{
	name: "verify", arguments: "DIR", summary: "verify an exported directory",
	description: `Verifies that DIR has the files that its SHA256SUMS lists, unchanged, and no others. Exit code 1: it has
not.`,
	run: verify,
}

// sumsFile is the name of the file with the checksums of the others, in the format of sha256sum.
const sumsFile = "SHA256SUMS"

func export(_ context.Context, p program, c command, args []string) (int, error) {
	var selected filter
	rest, err := c.parse(p, args, selected.define)
	if err != nil {
		return 0, err
	}
	dir := rest[0]
	vectors, err := selected.vectors()
	if err != nil {
		return 0, err
	}
	files, err := exportedFiles(vectors, selected == filter{})
	if err != nil {
		return 0, err
	}
	if err := requireEmpty(dir); err != nil {
		return 0, err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return 0, err
	}
	p.print("%s: %d files, %d of them vectors\n", dir, len(files), len(vectors))
	return exitOK, nil
}

// requireEmpty returns an error if a directory has entries.
func requireEmpty(dir string) error {
	if entries, _ := os.ReadDir(dir); len(entries) > 0 { // a directory that cannot be read cannot be written, either
		return fmt.Errorf("%s is not empty", dir)
	}
	return nil
}

// exportedFiles returns the files to write by their slash-separated names. The manifest is included if all is true.
func exportedFiles(vectors []conformance.Vector, all bool) (fstest.MapFS, error) {
	documents, err := hostDocuments(openapi.YAML)
	if err != nil {
		return nil, err
	}
	exported := fstest.MapFS{"openapi.yaml": {Data: openapi.YAML}}
	for name, document := range documents {
		exported[name] = &fstest.MapFile{Data: document}
	}
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
			exported[prefix+name] = &fstest.MapFile{Data: data}
			return err
		})
	}
	if err := errors.Join(add(conformance.Files(), ""), add(adapter.Files(), "adapter/")); err != nil {
		return nil, err
	}
	if exported["README.md"].Data, err = packReadme(exported["README.md"].Data); err != nil {
		return nil, err
	}
	sums, err := checksums(exported)
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&lines, "%s  %s\n", sums[name], name)
	}
	exported[sumsFile] = &fstest.MapFile{Data: []byte(lines.String())}
	return exported, err
}

//go:embed pack.md
var packText string

// packReadme returns the README.md of an exported directory: the text for it, and from the one of package conformance
// the parts about the vectors.
func packReadme(readme []byte) ([]byte, error) {
	var contract struct{ Info struct{ Version string } }
	if err := yaml.Unmarshal(openapi.YAML, &contract); err != nil {
		return nil, err
	}
	_, vectors, found := strings.Cut(string(readme), "\n## A vector\n")
	vectors, _, ends := strings.Cut(vectors, "\n## The program\n")
	if !found || !ends {
		return nil, errors.New("README.md lacks a heading")
	}
	return []byte(strings.ReplaceAll(packText, "VERSION", contract.Info.Version) + "## A vector\n" + vectors), nil
}

// checksums returns the checksum of each file except [sumsFile], by its name.
func checksums(files fs.FS) (map[string]string, error) {
	sums := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == sumsFile {
			return err
		}
		data, err := fs.ReadFile(files, name)
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	return sums, err
}

func verify(_ context.Context, p program, c command, args []string) (int, error) {
	rest, err := c.parse(p, args, func(*flag.FlagSet) {})
	if err != nil {
		return 0, err
	}
	dir := rest[0]
	list, err := os.ReadFile(filepath.Join(dir, sumsFile)) //nolint:gosec // a directory of the user's choice
	if err != nil {
		return 0, err
	}
	found, err := checksums(os.DirFS(dir))
	if err != nil {
		return 0, err
	}
	listed, all := map[string]string{}, maps.Clone(found)
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		listed[name], all[name] = sum, sum
	}
	if maps.Equal(listed, found) {
		p.print("%s: %d files, all as in %s\n", dir, len(all), sumsFile)
		return exitOK, nil
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case listed[name] == "":
			p.print("%s: not listed\n", name)
		case found[name] == "":
			p.print("%s: missing\n", name)
		case listed[name] != found[name]:
			p.print("%s: changed\n", name)
		}
	}
	return exitFailed, nil
}
