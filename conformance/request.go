package conformance

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Host is the role of a host. The name of the host with that role depends on the region.
type Host string

// The base URLs of the two roles are {authPath} and {apiPath} on the vendor's pages. Only that of HostAPI ends in /v1.
const (
	HostAuth Host = "auth"
	HostAPI  Host = "api"
)

// Request is a request as it is on the wire.
type Request struct {
	Method string
	Host   Host
	// Path is the escaped path below the base URL of the host, such as "/{environmentID}/deviceAuthentications".
	Path   string
	Header http.Header
	Body   []byte
}

// ValidateRequest validates the method, host, path, query, headers and body of a request for an operation. No finding
// is tolerated: a client controls all of them. An unknown operation is a finding at "operation".
func (v *Validator) ValidateRequest(operation string, req Request) Report {
	o, ok := v.operations[operation]
	if !ok {
		return unknownOperation(operation)
	}
	var findings []Finding
	if req.Method != o.Method {
		findings = append(findings, newFinding("method", "method", "the method must be "+o.Method))
	}
	if req.Host != o.Host {
		findings = append(findings, newFinding("host", "host", "the request must go to the host "+string(o.Host)))
	}
	findings = slices.Concat(findings, v.checkPath(o, req.Path), v.checkRequestHeaders(o, req))
	return newReport(o.ID, slices.Concat(findings, v.checkRequestBody(o, req)))
}

func (v *Validator) checkPath(o operation, path string) []Finding {
	var findings []Finding
	path, _, query := strings.Cut(path, "?")
	if query {
		findings = append(findings, newFinding("query", "query", "the operation takes no query"))
	}
	segments, ok := matchPath(o.Path, path)
	if !ok {
		return append(findings, newFinding("path", "path", "the path must have the form "+o.Path))
	}
	for _, ref := range o.parameters {
		parameter := ref.Value
		segment, ok := segments[parameter.Name]
		if parameter.In != openapi3.ParameterInPath || !ok {
			continue
		}
		pointer := "path:" + parameter.Name
		value, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			findings = append(findings,
				newFinding(pointer, "escape", "a percent sign must be followed by two hexadecimal digits"))
		case value == "" || value == "." || value == "..":
			// A server or proxy that normalizes the path would route the request to another resource.
			findings = append(findings, newFinding(pointer, "segment", `the segment must not be empty, "." or ".."`))
		default:
			findings = append(findings, at(pointer, v.checkValue(parameter.Schema, value))...)
		}
	}
	return findings
}

func (v *Validator) checkRequestHeaders(o operation, req Request) []Finding {
	var findings []Finding
	for _, ref := range o.parameters {
		parameter := ref.Value
		if parameter.In != openapi3.ParameterInHeader {
			continue
		}
		findings = append(findings, v.checkHeader(parameter.Name, parameter.Required, parameter.Schema,
			headerValues(req.Header, parameter.Name))...)
	}
	if o.bearer && !hasBearer(headerValues(req.Header, "Authorization")) {
		findings = append(findings, newFinding("header:Authorization", "security",
			"there must be exactly one Authorization header, with a bearer token"))
	}
	if len(headerValues(req.Header, "Idempotency-Key")) > 0 { // PingOne does not support it
		findings = append(findings, newFinding("header:Idempotency-Key", "forbidden",
			"the operation is not idempotent, but net/http and proxies repeat a request with this header"))
	}
	return findings
}

// checkHeader validates the lines of a header that is described.
func (v *Validator) checkHeader(name string, required bool, schema *openapi3.SchemaRef, lines []string) []Finding {
	pointer := "header:" + name
	switch {
	case len(lines) == 0 && required:
		return []Finding{newFinding(pointer, "required", "the header is missing")}
	case len(lines) > 1:
		return []Finding{newFinding(pointer, "repeated", "the header must not be repeated")}
	case len(lines) == 1:
		return at(pointer, v.checkValue(schema, lines[0]))
	}
	return nil
}

// headerValues returns all lines of a header. It compares names without regard to case, because the keys of a
// hand-made http.Header need not be canonical.
func headerValues(header http.Header, name string) []string {
	var values []string
	for key, lines := range header {
		if strings.EqualFold(key, name) {
			values = append(values, lines...)
		}
	}
	return values
}

func hasBearer(lines []string) bool {
	if len(lines) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(lines[0], " ")
	return strings.EqualFold(scheme, "Bearer") && token != "" && !strings.ContainsAny(token, " \t")
}

func (v *Validator) checkRequestBody(o operation, req Request) []Finding {
	noBody := newFinding("", "forbidden", "there must be no body")
	if o.spec.RequestBody == nil {
		if len(req.Body) > 0 {
			return []Finding{noBody}
		}
		return nil
	}
	content := o.spec.RequestBody.Value.Content
	required := o.spec.RequestBody.Value.Required
	for _, media := range content {
		// OpenAPI cannot require a body for some media types only: if one has no schema, those with a schema require it.
		required = required || media.Schema == nil
	}
	var findings []Finding
	name, parameters := mediaType(req.Header)
	media := mediaNamed(content, name)
	if charset, ok := parameters["charset"]; media != nil && ok && !strings.EqualFold(charset, "utf-8") {
		findings = append(findings, newFinding("header:Content-Type", "charset", "JSON is always UTF-8 (RFC 8259)"))
	}
	if media == nil {
		findings = append(findings, wrongMediaType(content))
		// The body is validated even so, unless it is not known by which media type.
		if len(content) == 1 {
			media = anyJSON(content)
		}
	}
	switch {
	case media == nil:
		return findings
	case media.Schema == nil && len(req.Body) > 0: // The media type is described without a body.
		return append(findings, noBody)
	case len(req.Body) == 0 && media.Schema != nil && required:
		return append(findings, newFinding("", "required", "the body is missing"))
	case len(req.Body) == 0:
		return findings
	}
	return append(findings, v.checkJSON(media.Schema, req.Body)...)
}

// mediaType returns the media type and the parameters of the only Content-Type. The media type is empty if there is not
// exactly one.
func mediaType(header http.Header) (string, map[string]string) {
	lines := headerValues(header, "Content-Type")
	if len(lines) != 1 {
		return "", nil
	}
	name, parameters, err := mime.ParseMediaType(lines[0])
	if err != nil {
		return "", nil
	}
	return name, parameters
}

func wrongMediaType(content openapi3.Content) Finding {
	return newFinding("header:Content-Type", "contentType",
		"there must be exactly one Content-Type: "+strings.Join(sortedKeys(content), " or "))
}

// mediaNamed returns the description of a media type, or nil. Names of media types have no case, and
// mime.ParseMediaType returns them in lower case.
func mediaNamed(content openapi3.Content, name string) *openapi3.MediaType {
	for described, media := range content {
		if strings.EqualFold(described, name) {
			return media
		}
	}
	return nil
}

// anyJSON returns the first JSON media type that is described, or nil.
func anyJSON(content openapi3.Content) *openapi3.MediaType {
	for _, name := range sortedKeys(content) {
		if isJSON(name) {
			return content[name]
		}
	}
	return nil
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}
