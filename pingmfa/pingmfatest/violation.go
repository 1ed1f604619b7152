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

// Violation is a request that breaks the contract, or that is no part of it. It holds no value that was sent: not in
// the findings, and segments of the path that are neither ids nor plain words are left out.
type Violation struct {
	// Operation is what was asked for, by its operation id; empty when it was none of the contract's operations.
	Operation string
	Method    string
	// Host is the role of the host; empty when the request was under no base URL. Path is what follows the base URL.
	Host conformance.Host
	Path string
	// Findings say what is wrong, one by one, each with a JSON pointer into the body or the part of the request that it
	// is about. There is at least one.
	Findings []conformance.Finding
}

// String describes the violation in a line for each finding.
func (v Violation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", v.Method, v.Path)
	if v.Operation == "" {
		text.WriteString(" is no part of the contract")
	} else {
		text.WriteString(" breaks the contract of " + v.Operation)
	}
	for _, finding := range v.Findings {
		fmt.Fprintf(&text, "\n\t%s: %s (%s)", cmp.Or(finding.Pointer, "body"), finding.Message, finding.Rule)
	}
	return text.String()
}

// Violations gives the violations so far, in the order of the answers.
func (f *Fake) Violations() []Violation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

func (c *call) violate(findings []conformance.Finding) {
	c.violation = &Violation{
		Operation: c.Operation, Method: c.Method, Host: c.Host, Path: presentable(c.Path), Findings: findings,
	}
}

// check finds what is wrong with a call, and reads the body of one that is right.
func (f *Fake) check(call *call) []conformance.Finding {
	switch {
	case call.broken || call.Operation == OpToken:
		return nil
	case call.Operation == "":
		return []conformance.Finding{f.misdirected(call)}
	}
	path := call.Path
	if call.Query != "" {
		path += "?" + call.Query
	}
	report := f.validator.ValidateRequest(call.Operation, conformance.Request{
		Method: call.Method, Host: call.Host, Path: path, Header: call.Header, Body: call.Body,
	})
	if len(report.Findings) == 0 {
		call.document = decode(call.Body)
	}
	return report.Findings
}

// misdirected says why a call is for none of the fake's operations.
func (f *Fake) misdirected(call *call) conformance.Finding {
	switch {
	case call.Host == "":
		return conformance.Finding{Pointer: "path", Rule: "route", Message: fmt.Sprintf(
			"it is under no base URL (%s, %s; on api.pingone.{tld} /v1): was the path of the base URL lost?",
			f.options.Prefix+authPath, f.options.Prefix+apiPath)}
	case f.operationAt(call.Request) != "":
		return conformance.Finding{Pointer: "method", Rule: "method", Message: "the method must be POST"}
	default:
		return conformance.Finding{Pointer: "path", Rule: "route", Message: "no operation of the contract is here"}
	}
}

// unexpected answers a call that is for none of the fake's operations.
func (f *Fake) unexpected(call *call) Response {
	if f.operationAt(call.Request) == "" {
		return f.refusal(http.StatusNotFound, "NOT_FOUND", "There is no such resource.")
	}
	answer := f.refusal(http.StatusMethodNotAllowed, "INVALID_REQUEST", "The method is not allowed.")
	answer.Header.Set("Allow", http.MethodPost)
	return answer
}

// refuseFindings answers a call that breaks the contract. What PingOne really says is not public; this is inferred from
// the documented codes.
func (f *Fake) refuseFindings(findings []conformance.Finding) Response {
	if slices.ContainsFunc(findings, func(f conformance.Finding) bool { return f.Rule == "contentType" }) {
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

// Parts of a path that cannot be a value of somebody's: words as they stand in paths, ids, and the two kinds of dots.
var presentablePart = regexp.MustCompile(
	`^([A-Za-z][A-Za-z_-]{0,39}|v[0-9]|\.{0,2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$`)

func presentable(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if !presentablePart.MatchString(part) {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}
