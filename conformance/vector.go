package conformance

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// Vector is one behaviour: what goes over the wire, what is to be thought of it, and what a right client reports.
// README.md teaches the format; vector.schema.json closes it.
type Vector struct {
	// ID is the file's path below vectors/, without .json. It never changes.
	ID          string   `json:"id"`
	Description string   `json:"description"`
	Flags       []string `json:"flags"`
	Source      Source   `json:"source"`
	Operation   string   `json:"operation"`
	// Request, Response or both.
	Request  *VectorRequest  `json:"request,omitempty"`
	Response *VectorResponse `json:"response,omitempty"`
	Expect   Expect          `json:"expect"`
}

// Source says where the knowledge of a [Vector] comes from.
type Source struct {
	// Kind is "vendor", "inferred" or "defensive".
	Kind string `json:"kind"`
	// URL is the vendor's page, when Kind is "vendor".
	URL string `json:"url,omitempty"`
}

// VectorRequest is a request, and what a strict reader says about it.
type VectorRequest struct {
	Method string `json:"method"`
	Host   Host   `json:"host"`
	// Path is what follows the host's base URL, escaped.
	Path string `json:"path"`
	// Headers are those that the request has; {{accessToken}} stands for a token.
	Headers map[string]string `json:"headers"`
	// ForbiddenHeaders are those that it must not have.
	ForbiddenHeaders []string `json:"forbiddenHeaders,omitempty"`
	// Body is the body as the file has it, its white space, key order and digits kept; nil when it is not JSON.
	Body     json.RawMessage `json:"body,omitempty"`
	Raw      *Raw            `json:"raw,omitempty"`
	Verdict  Verdict         `json:"verdict"`
	Findings []Place         `json:"findings"`
}

// VectorResponse is an answer, and what a strict and a tolerant reader say about it.
type VectorResponse struct {
	Status   int               `json:"status"`
	Headers  map[string]string `json:"headers"`
	Body     json.RawMessage   `json:"body,omitempty"`
	Raw      *Raw              `json:"raw,omitempty"`
	Verdict  Verdict           `json:"verdict"`
	Findings []Place           `json:"findings"`
}

// Raw is a body that is not JSON, or whose exact bytes matter. One of the two is set.
type Raw struct {
	Text   string `json:"text,omitempty"`
	Base64 []byte `json:"base64,omitempty"`
}

// Place is a [Finding] without its words, which may change.
type Place struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
}

// Expect is what a right client reports.
type Expect struct {
	// Class is "success", "not-sent" (the request is wrong, and nothing went out), "refused" (a 4xx), "unknown" (a 3xx or
	// 5xx: PingOne may have acted) or "accepted" (a 2xx that cannot be read: PingOne did act).
	Class string `json:"class"`
	// Values are text or numbers by name; README.md lists the names.
	Values map[string]any `json:"values"`
}

// Flag explains a flag of the vectors.
type Flag struct {
	BugType     string `json:"bugType"`
	Description string `json:"description"`
	Effect      string `json:"effect"`
	Source      string `json:"source"`
}

//go:embed vectors flags.json
var files embed.FS

// Vectors returns the vectors of this module, sorted by id. An error means that this module is broken.
func Vectors() ([]Vector, error) {
	sub, err := fs.Sub(files, "vectors")
	if err != nil {
		return nil, err
	}
	return ReadVectors(sub)
}

// ReadVectors returns the vectors in a folder that is like vectors/, sorted by id. A key that is not known, or an id
// that is not the file's path, is an error.
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
		var v Vector
		if err := unmarshalStrict(data, &v); err != nil {
			return fmt.Errorf("read vector %s: %w", path, err)
		}
		if v.ID+".json" != path {
			return fmt.Errorf("read vector %s: its id is %q", path, v.ID)
		}
		vectors = append(vectors, v)
		return nil
	})
	slices.SortFunc(vectors, func(a, b Vector) int { return cmp.Compare(a.ID, b.ID) })
	return vectors, err
}

// Flags explains the flags of the vectors, by name.
func Flags() (map[string]Flag, error) {
	data, err := files.ReadFile("flags.json")
	if err != nil {
		return nil, err
	}
	var flags map[string]Flag
	return flags, unmarshalStrict(data, &flags)
}

// Wire returns the request as it is on the wire.
func (r VectorRequest) Wire() Request {
	header, body := wireHeader(r.Headers), wireBody(r.Body, r.Raw)
	return Request{Method: r.Method, Host: r.Host, Path: r.Path, Header: header, Body: body}
}

// Wire returns the answer as it is on the wire.
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

// unmarshalStrict decodes one JSON value and refuses keys that the target does not have.
func unmarshalStrict(data []byte, target any) error {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}
