// Command manifest writes conformance/manifest.json: the number and the checksums of the vectors, and the contract that
// they belong to. With it, a copy of the vectors can be verified. "go generate ./..." runs the command in the root of
// the module.
//
// In a copy of the vectors, this prints vectors.sha256 of the manifest:
//
//	find flags.json vector.schema.json vectors -type f | LC_ALL=C sort | xargs sha256sum | sha256sum
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Manifest is the content of manifest.json. Checksums are SHA-256 in lower-case hexadecimal.
type Manifest struct {
	Contract Contract `json:"contract"`
	Vectors  Vectors  `json:"vectors"`
}

// Contract is the openapi.yaml that the vectors belong to.
type Contract struct {
	// Version is its info.version.
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Vectors describes the vectors.
type Vectors struct {
	// Count is the number of files below vectors/.
	Count int `json:"count"`
	// SHA256 is the checksum of the lines that sha256sum prints for flags.json, vector.schema.json and the vectors, sorted
	// by the bytes of their paths: "<checksum>  <path>\n".
	SHA256 string `json:"sha256"`
}

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, "manifest:", err)
		os.Exit(1)
	}
}

// write writes the manifest of the module whose root is dir.
func write(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	contract, err := root.ReadFile("openapi.yaml")
	if err != nil {
		return err
	}
	pack, err := fs.Sub(root.FS(), "conformance")
	if err != nil {
		return err
	}
	manifest, err := describe(contract, pack)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return root.WriteFile("conformance/manifest.json", append(data, '\n'), 0o644)
}

func describe(contract []byte, pack fs.FS) (Manifest, error) {
	var spec struct {
		Info struct{ Version string }
	}
	if err := yaml.Unmarshal(contract, &spec); err != nil {
		return Manifest{}, fmt.Errorf("read openapi.yaml: %w", err)
	}
	vectors, err := list(pack)
	if err != nil {
		return Manifest{}, err
	}
	var lines bytes.Buffer
	for _, name := range slices.Sorted(slices.Values(append(vectors, "flags.json", "vector.schema.json"))) {
		data, err := fs.ReadFile(pack, name)
		if err != nil {
			return Manifest{}, err
		}
		fmt.Fprintf(&lines, "%s  %s\n", checksum(data), name)
	}
	return Manifest{
		Contract: Contract{Version: spec.Info.Version, SHA256: checksum(contract)},
		Vectors:  Vectors{Count: len(vectors), SHA256: checksum(lines.Bytes())},
	}, nil
}

// list returns the paths of the vectors. It returns an error for any other file among them.
func list(pack fs.FS) ([]string, error) {
	var vectors []string
	err := fs.WalkDir(pack, "vectors", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir():
			return err
		case path.Ext(name) != ".json":
			return fmt.Errorf("conformance/%s is not a vector", name)
		}
		vectors = append(vectors, name)
		return nil
	})
	return vectors, err
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
