package conformance

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// Vector is a test case for one behavior: a request or a response or both, their verdicts, and the result that a
// correct client reports. README.md explains the format, and vector.schema.json is its JSON Schema.
type Vector struct {
	// ID is the path of the file below vectors/, without .json. It never changes.
	ID          string   `json:"id"`
	Description string   `json:"description"`
	Flags       []string `json:"flags"`
	Source      Source   `json:"source"`
	Operation   string   `json:"operation"`
	// At least one of Request and Response is set.
	Request  *VectorRequest  `json:"request,omitempty"`
	Response *VectorResponse `json:"response,omitempty"`
	Expect   Expect          `json:"expect"`
}

// Source is the source of a [Vector].
type Source struct {
	// Kind is "vendor", "seen", "inferred" or "defensive". README.md explains them.
	Kind string `json:"kind"`
	// URL is the vendor's page. It is set if Kind is "vendor".
	URL string `json:"url,omitempty"`
}

// VectorRequest is a request and its verdict.
type VectorRequest struct {
	Method string `json:"method"`
	Host   Host   `json:"host"`
	// Path is the escaped path below the base URL of the host.
	Path string `json:"path"`
	// Headers are the headers of the request. {{accessToken}} stands for a token.
	Headers map[string]string `json:"headers"`
	// Body is the body exactly as in the file, with its white space, key order and digits. It is nil if Raw is set or if
	// there is no body.
	Body     json.RawMessage `json:"body,omitzero"`
	Raw      *Raw            `json:"raw,omitzero"`
	Verdict  Verdict         `json:"verdict,omitzero"`
	Findings []Place         `json:"findings,omitzero"`
}

// VectorResponse is a response and its verdict.
type VectorResponse struct {
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body,omitempty"`
	Raw      *Raw              `json:"raw,omitempty"`
	Verdict  Verdict           `json:"verdict"`
	Findings []Place           `json:"findings"`
}

// Raw is a body that is not JSON, or whose exact bytes matter. Either Text or Base64 is set.
type Raw struct {
	Text   string `json:"text,omitempty"`
	Base64 []byte `json:"base64,omitempty"`
}

// Place is the pointer and the rule of a [Finding]. Messages are not compared, because they may change.
type Place struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
}

// Expect is the result that a correct client reports.
type Expect struct {
	// Class is "success", "not-sent" (the request is wrong and was not sent), "refused" (a 4xx), "unknown" (a 3xx or 5xx:
	// PingOne may have acted) or "accepted" (a 2xx that cannot be read: PingOne acted).
	Class string `json:"class"`
	// Values are strings or numbers by name. README.md lists the names.
	Values map[string]any `json:"values"`
	// Result is the body that the client reports, if it is not the body of the response. Null means none.
	Result json.RawMessage `json:"result,omitempty"`
}

//go:embed README.md *.json vectors
var files embed.FS

// Files returns the files of this folder that other languages need, byte for byte: README.md, the vectors, and all JSON
// files, such as flags.json and the schema of the vectors.
func Files() fs.FS { return files }

// Vectors returns the vectors of this module, sorted by ID. An error means that this module is broken.
func Vectors() ([]Vector, error) {
	sub, err := fs.Sub(files, "vectors")
	if err != nil {
		return nil, err
	}
	return ReadVectors(sub)
}

// ReadVectors returns the vectors in a folder with the layout of vectors/, sorted by ID. They are complete: what a file
// leaves out is set. It returns an error for an unknown key.
func ReadVectors(fsys fs.FS) ([]Vector, error) {
	var vectors []Vector
	err := fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		id, _ := strings.CutSuffix(path, ".json")
		v, err := readVector(id, data)
		if err != nil {
			return fmt.Errorf("read vector %s: %w", path, err)
		}
		vectors = append(vectors, v)
		return nil
	})
	slices.SortFunc(vectors, func(a, b Vector) int { return cmp.Compare(a.ID, b.ID) })
	return vectors, err
}

// Wire returns the request as it is on the wire.
func (r VectorRequest) Wire() Request {
	return Request{
		Method: r.Method, Host: r.Host, Path: r.Path, Header: wireHeader(r.Headers), Body: wireBody(r.Body, r.Raw),
	}
}

// Wire returns the response as it is on the wire.
func (r VectorResponse) Wire() Response {
	return Response{Status: r.Status, Header: wireHeader(r.Headers), Body: wireBody(r.Body, r.Raw)}
}

func wireHeader(headers map[string]string) http.Header {
	header := http.Header{}
	for name, value := range headers {
		header.Set(name, value)
	}
	return header
}

func wireBody(body json.RawMessage, raw *Raw) []byte {
	switch {
	case raw == nil:
		return bytes.Clone(body)
	case raw.Text != "":
		return []byte(raw.Text)
	}
	return bytes.Clone(raw.Base64)
}
