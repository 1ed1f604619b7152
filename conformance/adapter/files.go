package adapter

import (
	"embed"
	"io/fs"
)

//go:embed README.md *.json
var files embed.FS

// Files is what those need who write an adapter: README.md, the schemas of the lines, and features.json.
func Files() fs.FS { return files }
