package main

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa"
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

	manifest, err := os.ReadFile("../../manifest.json")
	require.NoError(t, err)
	assert.Equal(t, string(manifest), files["manifest.json"])
}

// The exported README.md needs nothing but the exported files: it has all of the format, names every file, links to no
// other, and has no command of this repository.
func TestExportStandsAlone(t *testing.T) {
	files := exported(t)
	readme := files["README.md"]
	link := regexp.MustCompile(`\]\(([^):]+)\)`)
	for _, name := range []string{"README.md", "adapter/README.md"} {
		for _, match := range link.FindAllStringSubmatch(files[name], -1) {
			target := path.Join(path.Dir(name), match[1])
			inside := slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(file string) bool {
				return file == target || strings.HasPrefix(file, target+"/")
			})
			assert.True(t, inside, "%s links to %s", name, match[1])
		}
	}
	for name := range files {
		top, _, _ := strings.Cut(name, "/")
		assert.True(t, top == "README.md" || strings.Contains(readme, "`"+top+"`"), "%s is not explained", name)
	}
	for _, text := range []string{"make ", "go test", "go run", "interop", "VERSION", "Adding a vector"} {
		assert.NotContains(t, readme, text)
	}
	for _, text := range []string{"Version " + pingmfa.Version + ",", "\n## A vector\n", "\n## Reading the vectors\n"} {
		assert.Equal(t, 1, strings.Count(readme, text), text)
	}
}

// The shell lines of README.md verify the exported files.
func TestExportChecksums(t *testing.T) {
	dir := t.TempDir()
	require.Zero(t, run(t, "", "export", dir).code)
	readme, err := fs.ReadFile(os.DirFS(dir), "README.md")
	require.NoError(t, err)
	lines := regexp.MustCompile("(?m)^```sh\n(.+)\n```").FindAllStringSubmatch(string(readme), -1)
	require.Len(t, lines, 2)
	shell := func(line string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line) //nolint:gosec // a line of this repository
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := shell(lines[0][1])
	require.NoError(t, err, out)
	assert.NotContains(t, out, "FAILED")
	out, err = shell(lines[1][1])
	require.NoError(t, err, out)
	sum, _, _ := strings.Cut(out, " ")
	manifest, err := fs.ReadFile(os.DirFS(dir), "manifest.json")
	require.NoError(t, err)
	assert.Contains(t, string(manifest), `"sha256": "`+sum+`"`)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "flags.json"), []byte("{}"), 0o600))
	_, err = shell(lines[0][1])
	require.Error(t, err)
}

func TestVerify(t *testing.T) {
	for _, args := range [][]string{{}, {"-vector", "create-device/exchange/*"}} {
		dir := t.TempDir()
		require.Zero(t, run(t, "", append([]string{"export", dir}, args...)...).code)
		got := run(t, "", "verify", dir)
		assert.Zero(t, got.code, got.out)
		assert.Regexp(t, `: \d+ files, all as in SHA256SUMS\n$`, got.out)

		require.NoError(t, os.WriteFile(filepath.Join(dir, "vectors", "more.json"), []byte("{}"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "flags.json"), []byte("{}"), 0o600))
		require.NoError(t, os.Remove(filepath.Join(dir, "adapter", "README.md")))
		got = run(t, "", "verify", dir)
		assert.Equal(t, output{
			code: exitFailed, out: "adapter/README.md: missing\nflags.json: changed\nvectors/more.json: not listed\n",
		}, got)
	}
}

// The manifest counts all vectors, so an export of some vectors does not contain it.
func TestExportSelectedVectors(t *testing.T) {
	files := exported(t, "-vector", "create-device/exchange/sms")
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
