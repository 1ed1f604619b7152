package conformance_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
)

// manifest.json is about these files. What fails here is mended by "make generate".
func TestManifestIsCurrent(t *testing.T) {
	var manifest struct {
		Contract struct{ Version, SHA256 string }
		Vectors  struct {
			Count  int
			SHA256 string
		}
	}
	data, err := os.ReadFile("manifest.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &manifest))

	assert.Equal(t, loadSpec(t).Info.Version, manifest.Contract.Version)
	assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(openapi.YAML)), manifest.Contract.SHA256)

	vectors, lines := loadVectors(t), sha256.New()
	assert.Len(t, vectors, manifest.Vectors.Count)
	names := []string{"flags.json", "vector.schema.json"}
	for _, vector := range vectors {
		names = append(names, "vectors/"+vector.ID+".json")
	}
	slices.Sort(names)
	for _, name := range names {
		data, err := os.ReadFile(name) //nolint:gosec // the names are this module's
		require.NoError(t, err)
		_, err = fmt.Fprintf(lines, "%x  %s\n", sha256.Sum256(data), name)
		require.NoError(t, err)
	}
	assert.Equal(t, fmt.Sprintf("%x", lines.Sum(nil)), manifest.Vectors.SHA256)
}
