package conformance

import (
	"embed"
	"io/fs"
)

//go:embed README.md *.json vectors
var pack embed.FS

// Files is what other languages need of this folder, byte for byte: README.md, the vectors, their schema and flags, and
// whatever else is JSON here.
func Files() fs.FS { return pack }
