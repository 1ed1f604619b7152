package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
)

// exported exports to a new directory and returns the files.
func exported(t *testing.T, args ...string) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vendor", "pingmfa")
	got := run(t, "", append(append([]string{"export"}, args...), dir)...)
	require.Zero(t, got.code, got.errors)
	found := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			data, readErr := fs.ReadFile(os.DirFS(dir), name)
			found[name], err = string(data), readErr
		}
		return err
	}))
	return found
}

// The exported files are unchanged, and the vectors can be read.
func TestExport(t *testing.T) {
	files := exported(t)
	assert.Equal(t, string(openapi.YAML), files["openapi.yaml"])
	for _, name := range []string{
		"vector.schema.json", "flags.json", "adapter/README.md", "adapter/features.json", "adapter/to-adapter.schema.json",
		"adapter/from-adapter.schema.json", "adapter/known-failing.schema.json",
	} {
		data, err := fs.ReadFile(os.DirFS("../.."), name)
		require.NoError(t, err)
		assert.Equal(t, string(data), files[name], name)
	}
	dir := t.TempDir()
	for name, text := range files {
		if vector, ok := strings.CutPrefix(name, "vectors/"); ok {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, vector)), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, vector), []byte(text), 0o600))
		}
	}
	want, err := conformance.Vectors()
	require.NoError(t, err)
	got, err := conformance.ReadVectors(os.DirFS(dir))
	require.NoError(t, err)
	assert.Equal(t, want, got)

	assert.Contains(t, files["README.md"], "](openapi.yaml)")
	assert.NotContains(t, files["README.md"], "](../", "a link to a file outside of the directory")
	assert.Equal(t, manifestExists(), files["manifest.json"] != "")
}

// The manifest counts all vectors, so an export of some vectors does not contain it.
func TestExportSelectedVectors(t *testing.T) {
	files := exported(t, "-vector", "create-device/exchange/*")
	vectors := 0
	for name := range files {
		if strings.HasPrefix(name, "vectors/") {
			vectors++
		}
	}
	assert.Equal(t, 1, vectors)
	assert.Contains(t, files, "vectors/create-device/exchange/sms.json")
	assert.Contains(t, files, "flags.json")
	assert.NotContains(t, files, "manifest.json")
}

func manifestExists() bool {
	_, err := os.Stat("../../manifest.json")
	return err == nil
}
