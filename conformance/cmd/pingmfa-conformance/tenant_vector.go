package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// recorder reports responses and makes vectors of exchanges. It replaces the values of a body before anything else.
type recorder struct {
	program
	validator *conformance.Validator
	replaced  map[string]string // equal values have the same replacement
	files     fstest.MapFS      // the vectors
}

// seen is a response with its values replaced, and what follows from it.
type seen struct {
	conformance.Response
	report conformance.Report
	places []conformance.Place // of the findings
	result any                 // that a client reports
	unread []string            // pointers to values that are not in the result
}

// exampleIDs are the ids in the default paths of vector.schema.json, by the names of the client's values.
var exampleIDs = map[string]string{
	"environmentID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6", "userID": "8ce55f02-2077-4493-9a6d-0385df1f0772",
	"deviceAuthenticationID": "03e1897e-33b0-40b9-b54e-68236769b1fa", "deviceID": "4ca9eb79-be29-4a1f-9a23-b29d58606e18",
}

// record reports the response to a step and keeps the vector. It returns the exit code.
func (r recorder) record(
	step tenantStep, sent []byte, response conformance.Response, values map[string]string,
) (code int) {
	for name, id := range exampleIDs {
		if value := strings.ToLower(values[name]); value != "" {
			r.replaced[value] = id
		}
	}
	got := r.examine(step.Operation, response)
	success, resends := got.Status < http.StatusMultipleChoices, step.Expect == "2xx"
	r.add(step, sent, got, success && resends)

	verdict := got.report.Verdict()
	r.print("%s (%s): %d, %s\n", step.Operation, step.Name, got.Status, verdict)
	for _, line := range (payload{Verdict: verdict, Findings: got.report.Findings}).lines() {
		r.print("  %s\n", line)
	}
	for _, pointer := range got.unread {
		if !slices.ContainsFunc(got.places, func(p conformance.Place) bool {
			return p.Pointer != "" && strings.HasPrefix(pointer+"/", p.Pointer+"/")
		}) {
			r.print("  %s: not described\n", pointer)
		}
	}
	if verdict == conformance.Invalid && (!success || !resends) { // any success of a resend is valid
		code = exitFailed
	}
	resource, _ := got.result.(map[string]any)
	if step.Expect != strconv.Itoa(got.Status/100)+"xx" && step.Expect != resource["status"] {
		r.print("  expected %s\n", step.Expect)
		code = exitFailed
	}
	return code
}

func (r recorder) examine(operation string, response conformance.Response) seen {
	response.Body = r.body(response.Body)
	got := seen{Response: response, report: r.validator.ValidateResponse(operation, response)}
	for _, f := range got.report.Findings {
		got.places = append(got.places, conformance.Place{Pointer: f.Pointer, Rule: f.Rule})
	}
	got.places = slices.Compact(got.places)
	got.result = r.validator.ComparableResult(conformance.Vector{
		Operation: operation, Response: &conformance.VectorResponse{Status: got.Status, Findings: got.places},
	}, got.Body, nil)
	var body any
	_ = json.Unmarshal(got.Body, &body) // if it is not JSON, that is a finding
	got.unread = leftOut(body, got.result, "")
	return got
}

// add adds the file of a vector. It has only what ReadVectors does not set. The success of a resend has no result.
func (r recorder) add(step tenantStep, sent []byte, got seen, resent bool) {
	request, response, headers, expect := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	status := http.StatusOK
	if strings.HasPrefix(step.Operation, "create") {
		status = http.StatusCreated
	} else if step.ContentType != "" {
		request["headers"] = map[string]string{"Content-Type": step.ContentType}
	}
	if len(sent) > 0 {
		request["body"] = json.RawMessage(r.body(sent))
	}
	if got.Status != status {
		response["status"] = got.Status
	}
	for _, name := range []string{"Content-Type", "Correlation-Id", "Retry-After"} {
		switch value := got.Header.Get(name); {
		case value == "" && name != "Retry-After":
			headers[name] = nil
		case value != "" && value != "application/json" && name != "Correlation-Id":
			headers[name] = value
		}
	}
	if len(headers) > 0 {
		response["headers"] = headers
	}
	if json.Valid(got.Body) {
		response["body"] = json.RawMessage(got.Body)
	} else if len(got.Body) > 0 {
		response["raw"] = conformance.Raw{Text: string(got.Body)}
	}
	verdict := got.report.Verdict()
	if verdict != conformance.Valid {
		response["verdict"], response["findings"] = verdict, got.places
	}
	accepted := got.Status < 300 && (verdict == conformance.Invalid || len(got.Body) == 0)
	if resent && accepted {
		expect["class"] = "success"
	}
	switch {
	case resent && (got.result != nil || len(got.unread) > 0):
		expect["result"] = nil
	case resent && got.Header.Get("Correlation-Id") != "":
		expect["values"] = map[string]any{"correlationId": nil}
	case !resent && !accepted && len(got.unread) > 0:
		expect["result"] = got.result
	}
	var file bytes.Buffer
	_ = program{out: &file}.printJSON(struct { // all of it is JSON
		Description string             `json:"description"`
		Flags       []string           `json:"flags"`
		Source      conformance.Source `json:"source"`
		Operation   string             `json:"operation"`
		Request     map[string]any     `json:"request"`
		Response    map[string]any     `json:"response"`
		Expect      map[string]any     `json:"expect,omitempty"`
	}{
		"A request that " + step.Words + ", and the response of an environment of PingOne.", []string{},
		conformance.Source{Kind: "seen"}, step.Operation, request, response, expect,
	})
	folder := strings.ToLower(regexp.MustCompile(`[A-Z]`).ReplaceAllString(step.Operation, "-$0"))
	r.files[folder+"/exchange/seen-"+step.Name+".json"] = &fstest.MapFile{Data: file.Bytes()}
}

// leftOut returns the pointers to values of a body, other than null and "", that a result lacks.
func leftOut(body, result any, at jsontext.Pointer) (pointers []string) {
	switch body := body.(type) {
	case map[string]any:
		members, _ := result.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(body)) {
			pointers = append(pointers, leftOut(body[name], members[name], at.AppendToken(name))...)
		}
	case []any:
		elements, _ := result.([]any)
		elements = append(slices.Clip(elements), make([]any, len(body))...)
		for i, element := range body {
			pointers = append(pointers, leftOut(element, elements[i], at.AppendToken(strconv.Itoa(i)))...)
		}
	default:
		if body != nil && body != "" && result == nil {
			return []string{string(at)}
		}
	}
	return pointers
}

var (
	// A constant of PingOne is kept in these places. In others it may be a secret or a name.
	constantPlace = regexp.MustCompile(`^(/_embedded/(d|blockedD)evices/[0-9]+|/selectedDevice/oneTime|/details/[0-9]+|` +
		`/error|/policy|/lock|/block)?(/usableStatus|/pushStatus|/otpStatus)?/(status|type|code|reason|target)$|` +
		`^/authenticators/[0-9]+$`)
	constantForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*$`)
	nameForm     = regexp.MustCompile(`^[A-Za-z_.-]+([0-9]{1,3}[A-Za-z_.-]+)*[0-9]{0,3}$`)
	idForm       = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	numberForm   = regexp.MustCompile(`^[0-9*+#,.() -]+$`) // a passcode or a phone number, also masked
	digitsForm   = regexp.MustCompile(`[0-9]+`)
)

// body returns a body with its values replaced, except for constants of PingOne, times and short numbers. If it is not
// JSON, all of it is replaced.
func (r recorder) body(body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	var replaced bytes.Buffer
	decoder := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	encoder := jsontext.NewEncoder(&replaced, jsontext.AllowDuplicateNames(true))
	token, err := decoder.ReadToken()
	for ; err == nil; token, err = decoder.ReadToken() {
		outer, length := decoder.StackIndex(decoder.StackDepth())
		isName := outer == '{' && length%2 == 1
		at, text := string(decoder.StackPointer()), token.String()
		switch _, noTime := time.Parse(time.RFC3339, text); {
		case token.Kind() == '0' && len(text) > 3:
			_ = encoder.WriteValue(jsontext.Value(digitsForm.ReplaceAllStringFunc(text, r.digits))) // still a number
			continue
		case token.Kind() != '"' || noTime == nil || isName && nameForm.MatchString(text):
		case isName || !constantPlace.MatchString(at) || !constantForm.MatchString(text):
			token = jsontext.String(r.text(text))
		}
		_ = encoder.WriteToken(token) // a valid token
	}
	if !errors.Is(err, io.EOF) {
		return []byte("replaced")
	}
	return bytes.TrimSpace(replaced.Bytes())
}

// text returns the replacement of a text.
func (r recorder) text(text string) string {
	key, n := strings.ToLower(text), len(r.replaced)
	known, isKnown := r.replaced[key]
	mailbox, _, isAddress := strings.Cut(text, "@")
	switch {
	case isKnown || text == "":
		return known
	case numberForm.MatchString(text):
		return digitsForm.ReplaceAllStringFunc(text, r.digits)
	case idForm.MatchString(text):
		known = fmt.Sprintf("%08d-0000-4000-8000-%012d", n, n)
	case strings.HasPrefix(key, "https://") || strings.HasPrefix(key, "http://"):
		known = fmt.Sprintf("https://example.com/%d", n)
	case isAddress:
		known = fmt.Sprintf("p%s%d@example.com", strings.Repeat("*", strings.Count(mailbox, "*")), n)
	default:
		known = fmt.Sprintf("text %d", n)
	}
	r.replaced[key] = known
	return known
}

// digits returns as many digits, the first of which is 1.
func (r recorder) digits(digits string) string {
	if r.replaced[digits] == "" {
		n := fmt.Sprintf("%0*d", len(digits), len(r.replaced))
		r.replaced[digits] = "1" + n[len(n)-len(digits)+1:]
	}
	return r.replaced[digits]
}
