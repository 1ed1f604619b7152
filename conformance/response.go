package conformance

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// ValidateResponse judges an answer to an operation, as two readers at once. The strict one finds everything that is
// not as described. A finding is tolerated when a right client survives it:
//
//   - below an optional member, and below a member that is not described: a client that cannot read it does without it;
//   - a 2xx that is not described, and JSON under another JSON media type or under none: the vendor's own pages differ;
//   - a leading byte order mark, which RFC 8259 lets a reader skip;
//   - anything in an answer that is not a 2xx: the status alone tells what happened.
//
// Not tolerated is what takes the meaning from a 2xx: a body that is missing or not one JSON value, and whatever
// concerns the body itself or its required members.
func (v *Validator) ValidateResponse(operation string, resp Response) Report {
	o, ok := v.operation(operation)
	if !ok {
		return unknownOperation(operation)
	}
	if resp.Status < 200 || resp.Status > 599 {
		return newReport(o.ID, []Finding{{
			Pointer: "status", Rule: "status", Message: "a final status is between 200 and 599",
		}})
	}
	success := resp.Status < 300
	spec, described := describedResponse(o.spec.Responses, resp.Status)
	var findings []Finding
	if !described {
		findings = append(findings, Finding{
			Pointer: "status", Rule: "status", Message: "this status is not described", Tolerated: !success || spec != nil,
		})
	}
	if spec == nil {
		return newReport(o.ID, findings)
	}
	for name, ref := range spec.Headers {
		lines := headerValues(resp.Header, name)
		for _, f := range v.checkHeader(name, ref.Value.Required, ref.Value.Schema, lines) {
			f.Tolerated = true // No header decides what happened.
			findings = append(findings, f)
		}
	}
	for _, f := range v.checkResponseBody(spec, resp) {
		f.Tolerated = f.Tolerated || !success
		findings = append(findings, f)
	}
	return newReport(o.ID, findings)
}

// describedResponse finds what is described for a status. An undescribed 2xx is read like the one that is described:
// `default` is for errors, and must not swallow a success.
func describedResponse(responses *openapi3.Responses, status int) (spec *openapi3.Response, described bool) {
	if ref := responses.Value(strconv.Itoa(status)); ref != nil {
		return ref.Value, true
	}
	if ref := responses.Value(strconv.Itoa(status/100) + "XX"); ref != nil {
		return ref.Value, true
	}
	if status < 300 {
		for _, key := range sortedKeys(responses.Map()) {
			if strings.HasPrefix(key, "2") {
				return responses.Value(key).Value, false
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
	if len(resp.Body) == 0 { // Then a Content-Type has nothing to say.
		return []Finding{{Rule: "required", Message: "the body is missing"}}
	}
	media, findings := chooseMedia(spec.Content, resp.Header)
	if media == nil {
		return findings
	}
	if media != anyJSON(spec.Content) {
		return append(findings, v.checkValue(media.Schema, string(resp.Body))...)
	}
	document := readJSON(resp.Body)
	for _, f := range document.findings {
		f.Tolerated = f.survivable(media.Schema)
		findings = append(findings, f)
	}
	if document.readable {
		for _, f := range v.checkValue(media.Schema, document.value) {
			f.Tolerated = passesOptional(media.Schema, f.Pointer)
			findings = append(findings, f)
		}
	}
	return findings
}

// chooseMedia decides how to read a body. JSON under another name is still JSON. Other types are left unread: a client
// that parsed a gateway's page as an answer would believe whatever stands in front of PingOne.
func chooseMedia(content openapi3.Content, header http.Header) (*openapi3.MediaType, []Finding) {
	finding := Finding{
		Pointer: "header:Content-Type", Rule: "contentType",
		Message: "there must be one Content-Type, " + mediaTypes(content),
	}
	lines := headerValues(header, "Content-Type")
	switch len(lines) {
	case 0:
		finding.Tolerated = true
		return anyJSON(content), []Finding{finding}
	case 1:
		if media, _, ok := parseMediaType(content, lines[0]); ok {
			return media, nil
		}
		name, _, err := mime.ParseMediaType(lines[0])
		if err == nil && isJSON(name) {
			finding.Tolerated = true
			finding.Message = fmt.Sprintf("this is JSON, but its Content-Type is not %s", mediaTypes(content))
			return anyJSON(content), []Finding{finding}
		}
	}
	return nil, []Finding{finding}
}

// survivable tells whether a reader survives what is wrong with a document before any schema is asked.
//
// A byte order mark is skipped (RFC 8259, section 8.1, allows that). A duplicate name and text that is not UTF-8 do no
// harm where the member is not needed: readers differ on which duplicate they take and on whether they replace, drop or
// refuse broken text (encoding/json and browsers put U+FFFD for it), so an id or a status in doubt is no id and no
// status. Bytes after the value and broken JSON are never survived in a 2xx: the answer is not one JSON text, nobody
// knows what else it is (two answers on one connection, a cut-off one), and the strict parsers of nearly all languages
// refuse it as a whole.
func (f Finding) survivable(schema *openapi3.SchemaRef) bool {
	switch f.Rule {
	case ruleBOM:
		return true
	case ruleDuplicate, ruleUTF8:
		return passesOptional(schema, f.Pointer)
	}
	return false
}
