// Command manifest writes conformance/manifest.json: the version and the checksum of the contract, and the number and
// the checksum of the vectors. "go generate ./..." runs it in the root of the module. The README.md that
// "pingmfa-conformance export" writes says how the checksums are made.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
)

func main() {
	data, err := manifest()
	if err == nil {
		err = os.WriteFile("conformance/manifest.json", data, 0o644) //nolint:gosec // not a secret
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "manifest:", err)
		os.Exit(1)
	}
}

func manifest() ([]byte, error) {
	var spec struct{ Info struct{ Version string } }
	if err := yaml.Unmarshal(openapi.YAML, &spec); err != nil {
		return nil, err
	}
	vectors, err := fs.Glob(conformance.Files(), "vectors/*/*/*.json")
	if err != nil {
		return nil, err
	}
	names := append([]string{"flags.json", "vector.schema.json"}, vectors...)
	slices.Sort(names)
	var lines bytes.Buffer
	for _, name := range names {
		data, err := fs.ReadFile(conformance.Files(), name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(data), name)
	}
	return fmt.Appendf(nil, `{
  "contract": {
    "version": %q,
    "sha256": "%x"
  },
  "vectors": {
    "count": %d,
    "sha256": "%x"
  }
}
`, spec.Info.Version, sha256.Sum256(openapi.YAML), len(vectors), sha256.Sum256(lines.Bytes())), nil
}
