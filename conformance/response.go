package conformance

import (
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Response is a response as it is on the wire, without a content coding (gzip).
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// ValidateResponse validates a response to an operation. It reports every deviation from the description. A finding is
// tolerated if a correct client can use the response in spite of it:
//
//   - a finding in an optional member, or in a member that is not described: the client does not need it;
//   - a 2xx that is not described, and JSON with another JSON media type or without a Content-Type: the vendor's pages
//     differ in them;
//   - a byte order mark before the JSON: RFC 8259, section 8.1, allows a parser to ignore it;
//   - a member that occurs twice: the parsers in wide use take the last one;
//   - any finding in a response that is not a 2xx: its status is sufficient.
//
// Any other finding in a 2xx is not tolerated: a body that is missing or is not one JSON value, and a deviation of the
// body itself or of a required member. An unknown operation is a finding at "operation".
func (v *Validator) ValidateResponse(operation string, resp Response) Report {
	o, ok := v.operations[operation]
	if !ok {
		return unknownOperation(operation)
	}
	if resp.Status < 200 || resp.Status > 599 {
		return newReport(o.ID, []Finding{newFinding("status", "status", "the status must be between 200 and 599")})
	}
	success := resp.Status < 300
	spec, described := describedResponse(o.spec.Responses, resp.Status)
	var findings []Finding
	if !described {
		findings = append(findings, newFinding("status", "status", "this status is not described"))
		findings[0].Tolerated = !success || spec != nil
	}
	if spec == nil {
		return newReport(o.ID, findings)
	}
	for name, ref := range spec.Headers {
		lines := headerValues(resp.Header, name)
		for _, f := range v.checkHeader(name, ref.Value.Required, ref.Value.Schema, lines) {
			f.Tolerated = true // The result of the operation does not depend on a header.
			findings = append(findings, f)
		}
	}
	for _, f := range v.checkResponseBody(spec, resp) {
		f.Tolerated = f.Tolerated || !success
		findings = append(findings, f)
	}
	return newReport(o.ID, findings)
}

// describedResponse returns the description that applies to a status, or nil. To a 2xx that is not described, the
// description of another 2xx applies, if that has a body, and described is false. "default" does not apply to it: it
// describes errors.
func describedResponse(responses *openapi3.Responses, status int) (spec *openapi3.Response, described bool) {
	if ref := responses.Status(status); ref != nil {
		return ref.Value, true
	}
	if status < 300 {
		for _, key := range sortedKeys(responses.Map()) {
			if spec := responses.Value(key).Value; strings.HasPrefix(key, "2") && len(spec.Content) > 0 {
				return spec, false
			}
		}
		return nil, false
	}
	if ref := responses.Default(); ref != nil {
		return ref.Value, true
	}
	return nil, false
}

func (v *Validator) checkResponseBody(spec *openapi3.Response, resp Response) []Finding {
	if len(spec.Content) == 0 {
		return nil
	}
	if len(resp.Body) == 0 { // Without a body, Content-Type does not matter.
		return []Finding{newFinding("", "required", "the body is missing")}
	}
	media, jsonText, findings := chooseMedia(spec.Content, resp.Header)
	if media == nil {
		return findings
	}
	if !jsonText {
		return append(findings, v.checkValue(media.Schema, string(resp.Body))...)
	}
	for _, f := range v.checkJSON(media.Schema, resp.Body) {
		f.Tolerated = isTolerable(f, media.Schema)
		findings = append(findings, f)
	}
	return findings
}

// chooseMedia returns the description by which to read a body, and whether the body is JSON. The description is nil if
// the body must not be read. JSON with another JSON media type is read. Any other type is not: the body may be the page
// of an intermediary.
func chooseMedia(content openapi3.Content, header http.Header) (media *openapi3.MediaType, jsonText bool, _ []Finding) {
	name, _ := mediaType(header)
	if media := mediaNamed(content, name); media != nil {
		return media, isJSON(name), nil
	}
	finding := wrongMediaType(content)
	if finding.Tolerated = isJSON(name) || len(headerValues(header, "Content-Type")) == 0; finding.Tolerated {
		media = anyJSON(content)
	}
	return media, true, []Finding{finding}
}

// isTolerable reports whether a client can use a 2xx in spite of a finding in its JSON.
//
// A byte order mark may be ignored (RFC 8259, section 8.1). Of two members of one name, the parsers in wide use take
// the last one (JSON.parse, Python's json, encoding/json). Text that is not UTF-8 is replaced, dropped or refused,
// depending on the parser, so it is tolerable only in a member that is not required, as a deviation from the schema is.
// Broken JSON and bytes after the value are not tolerable: most parsers refuse the whole body.
func isTolerable(f Finding, schema *openapi3.SchemaRef) bool {
	switch f.Rule {
	case ruleBOM, ruleDuplicate:
		return true
	case ruleSyntax, ruleTrailing, ruleTrailingComma:
		return false
	}
	return isOptional(schema, f.Pointer)
}
