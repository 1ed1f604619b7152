package main

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func pack() fstest.MapFS {
	return fstest.MapFS{
		"flags.json":                 {Data: []byte("{}\n")},
		"manifest.json":              {Data: []byte("old")},
		"vector.schema.json":         {Data: []byte("{}\n")},
		"vectors/a/request/b.json":   {Data: []byte("1\n")},
		"vectors/a/request/b-c.json": {Data: []byte("2\n")},
		"vectors/a/response/d.json":  {Data: []byte("3\n")},
	}
}

// The checksums are those that sha256sum prints for these files.
func TestDescribe(t *testing.T) {
	manifest, err := describe([]byte("info: {version: 1.2.3}\n"), pack())
	require.NoError(t, err)
	assert.Equal(t, Manifest{
		Contract: Contract{Version: "1.2.3", SHA256: "0356860df52713373126914698fe38a84d710d159d38404a1adfbaae5d4aa564"},
		Vectors:  Vectors{Count: 3, SHA256: "1a32a9a7d7f652d3f604773378e207868bd7310868e404434f592b3095de4a52"},
	}, manifest)
}

func TestDescribeNoticesEveryFile(t *testing.T) {
	contract := []byte("info: {version: 1.2.3}\n")
	whole, err := describe(contract, pack())
	require.NoError(t, err)
	for name, file := range pack() {
		if name == "manifest.json" {
			continue
		}
		changed := pack()
		changed[name] = &fstest.MapFile{Data: append(file.Data, ' ')}
		manifest, err := describe(contract, changed)
		require.NoError(t, err)
		assert.NotEqual(t, whole.Vectors.SHA256, manifest.Vectors.SHA256, "a change of %s", name)

		delete(changed, name)
		manifest, err = describe(contract, changed)
		assert.True(t, err != nil || manifest.Vectors.Count == whole.Vectors.Count-1, "without %s", name)
	}
}

func TestDescribeRefuses(t *testing.T) {
	stray := pack()
	stray["vectors/a/request/b.json~"] = &fstest.MapFile{}
	_, err := describe(nil, stray)
	require.ErrorContains(t, err, "conformance/vectors/a/request/b.json~ is not a vector")

	_, err = describe([]byte("info: {"), pack())
	require.ErrorContains(t, err, "read openapi.yaml")
}
