package pingmfatest

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Violation is a request that breaks the contract or is not part of it. It holds no value of the request: findings have
// none, and path segments other than ids and plain words are redacted. It can be encoded as JSON.
type Violation struct {
	// Operation is the id of the operation. It is empty if the request is not part of the contract.
	Operation string `json:"operation"`
	Method    string `json:"method"`
	// Host is the role of the host. It is empty if the path is under neither base URL. Path follows the base URL.
	Host conformance.Host `json:"host"`
	Path string           `json:"path"`
	// Findings has at least one entry. Each names a JSON pointer into the body, or another part of the request.
	Findings []conformance.Finding `json:"findings"`
}

// String returns a line that names the request and one for each finding.
func (v Violation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", v.Method, v.Path)
	if v.Operation == "" {
		text.WriteString(" is not part of the contract")
	} else {
		text.WriteString(" breaks the contract of " + v.Operation)
	}
	for _, finding := range v.Findings {
		fmt.Fprintf(&text, "\n\t%s: %s (%s)", cmp.Or(finding.Pointer, "body"), finding.Message, finding.Rule)
	}
	return text.String()
}

// Violations returns the violations so far, in the order of the responses.
func (f *Fake) Violations() []Violation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

func (c *call) setViolation(findings []conformance.Finding) {
	c.violation = &Violation{
		Operation: c.Operation, Method: c.Method, Host: c.Host, Path: redactPath(c.Path), Findings: findings,
	}
}

// check returns the violations of the contract in a call. If there are none, it decodes the body.
func (f *Fake) check(call *call) []conformance.Finding {
	switch {
	case call.incomplete || call.Operation == OpToken:
		return nil
	case call.Operation == "":
		return []conformance.Finding{f.routeFinding(call)}
	}
	path := call.Path
	if call.Query != "" {
		path += "?" + call.Query
	}
	report := f.validator.ValidateRequest(call.Operation, conformance.Request{
		Method: call.Method, Host: call.Host, Path: path, Header: call.Header, Body: call.Body,
	})
	if len(report.Findings) == 0 && len(call.Body) > 0 {
		call.document = decode(call.Body)
	}
	return report.Findings
}

// routeFinding returns the reason why a call is for none of the operations.
func (f *Fake) routeFinding(call *call) conformance.Finding {
	switch {
	case call.Host == "":
		return conformance.Finding{Pointer: "path", Rule: "route", Message: fmt.Sprintf(
			"the path is under neither base URL (%s, %s; on api.pingone.{tld} /v1): the client may have dropped its path",
			f.options.Prefix+authPath, f.options.Prefix+apiPath)}
	case len(f.methodsAt(call.Request)) > 0:
		return conformance.Finding{Pointer: "method", Rule: "method", Message: "the method must be " +
			strings.Join(f.methodsAt(call.Request), " or ")}
	default:
		return conformance.Finding{Pointer: "path", Rule: "route", Message: "the contract has no operation at this path"}
	}
}

// gatewayRefusal returns the response that PingOne's gateway was seen to send for a wrong path, method or media type.
func (f *Fake) gatewayRefusal() Response {
	return Response{
		Status: http.StatusForbidden, Header: http.Header{"Correlation-Id": nil},
		Body: string(f.encode(object{"message": "Forbidden"})),
	}
}

// refuseFindings returns the response to a call that breaks the contract. It is inferred from the documented codes:
// PingOne's own response is not public, except that to a wrong media type where the media type selects the action.
func (f *Fake) refuseFindings(call *call, findings []conformance.Finding) Response {
	if slices.ContainsFunc(findings, func(f conformance.Finding) bool { return f.Rule == "contentType" }) {
		if call.Operation == OpContinueDeviceAuthentication || call.Operation == OpActivateDevice {
			return f.gatewayRefusal()
		}
		return f.refusal(http.StatusUnsupportedMediaType, "INVALID_REQUEST", "The media type is not supported.")
	}
	var details []object
	for _, finding := range findings {
		detail := object{"code": "INVALID_VALUE", "message": finding.Message}
		if finding.Rule == "required" {
			detail["code"] = "REQUIRED_VALUE"
		}
		if property, ok := strings.CutPrefix(finding.Pointer, "/"); ok {
			detail["target"] = strings.ReplaceAll(property, "/", ".")
		}
		details = append(details, detail)
	}
	return f.refusal(http.StatusBadRequest, "INVALID_DATA", "The request is not valid.", details...)
}

// publicSegment matches path segments that cannot be personal data: words, ids, "." and "..".
var publicSegment = regexp.MustCompile(
	`^([A-Za-z][A-Za-z_-]{0,39}|v[0-9]|\.{0,2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$`)

func redactPath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if !publicSegment.MatchString(part) {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}
