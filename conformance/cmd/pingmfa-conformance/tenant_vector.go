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
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// recorder makes vectors of exchanges. It replaces the values of a body before it prints or keeps any part of it.
type recorder struct {
	program
	validator *conformance.Validator
	replaced  map[string]string // equal values have the same replacement
	files     map[string][]byte // the vectors, by the names of their files
}

// exampleIDs are the ids in the default paths of vector.schema.json, by the names of the client's values.
var exampleIDs = map[string]string{
	"environmentID": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6", "userID": "8ce55f02-2077-4493-9a6d-0385df1f0772",
	"deviceAuthenticationID": "03e1897e-33b0-40b9-b54e-68236769b1fa", "deviceID": "4ca9eb79-be29-4a1f-9a23-b29d58606e18",
}

// useExamples makes the ids of the examples the replacements of the client's values.
func (r recorder) useExamples(values map[string]string) {
	for name, id := range exampleIDs {
		if value := strings.ToLower(values[name]); value != "" {
			r.replaced[value] = id
		}
	}
}

// record prints the differences of a response from the contract, keeps the vector, and returns the exit code.
func (r recorder) record(step tenantStep, sent []byte, response conformance.Response) (code int) {
	response.Body = r.body(response.Body)
	report := r.validator.ValidateResponse(step.Operation, response)
	var places []conformance.Place
	for _, f := range report.Findings {
		places = append(places, conformance.Place{Pointer: f.Pointer, Rule: f.Rule})
	}
	places = slices.Compact(places)
	result := r.validator.ComparableResult(conformance.Vector{
		Operation: step.Operation, Response: &conformance.VectorResponse{Status: response.Status, Findings: places},
	}, response.Body, nil)
	var body any
	_ = json.Unmarshal(response.Body, &body) // if it is not JSON, that is a finding
	others := leftOut(body, result, "")

	r.print("%s: it %s: %d, %s\n", step.Operation, step.Words, response.Status, report.Verdict())
	for _, line := range (payload{Verdict: report.Verdict(), Findings: report.Findings}).lines() {
		r.print("  %s\n", line)
	}
	for _, pointer := range others {
		if !slices.ContainsFunc(places, func(p conformance.Place) bool {
			return p.Pointer != "" && strings.HasPrefix(pointer+"/", p.Pointer+"/")
		}) {
			r.print("  %s: not described\n", pointer)
		}
	}
	success, resends := response.Status < 300, step.Expect == "2xx" // a resend has no result: any success is valid
	if report.Verdict() == conformance.Invalid && !(success && resends) {
		code = exitFailed
	}
	resource, _ := result.(map[string]any)
	if step.Expect != strconv.Itoa(response.Status/100)+"xx" && !(success && resource["status"] == step.Expect) {
		r.print("  expected %s\n", step.Expect)
		code = exitFailed
	}

	expect := map[string]any{}
	accepted := success && (report.Verdict() == conformance.Invalid || len(response.Body) == 0)
	switch {
	case success && resends && (result != nil || len(others) > 0):
		expect["result"] = nil
	case success && resends && response.Header.Get("Correlation-Id") != "":
		expect["values"] = map[string]any{"correlationId": nil}
	case !accepted && len(others) > 0 && !resends:
		expect["result"] = result
	}
	if accepted && resends {
		expect["class"] = "success"
	}
	r.add(step, sent, response, conformance.VectorResponse{Verdict: report.Verdict(), Findings: places}, expect)
	return code
}

// add adds the file of a vector. It has only what ReadVectors does not set.
func (r recorder) add(
	step tenantStep, sent []byte, response conformance.Response, judged conformance.VectorResponse, expect map[string]any,
) {
	isCreation := strings.HasPrefix(step.Operation, "create")
	request, received, headers := map[string]any{}, map[string]any{}, map[string]any{}
	if step.ContentType != "" && !isCreation {
		request["headers"] = map[string]string{"Content-Type": step.ContentType}
	}
	if len(sent) > 0 {
		request["body"] = json.RawMessage(r.body(sent))
	}
	for _, name := range []string{"Content-Type", "Correlation-Id", "Retry-After"} {
		switch value := response.Header.Get(name); {
		case value == "" && name != "Retry-After":
			headers[name] = nil
		case value != "" && name != "Correlation-Id" && value != "application/json":
			headers[name] = value
		}
	}
	if len(headers) > 0 {
		received["headers"] = headers
	}
	if isCreation && response.Status != http.StatusCreated || !isCreation && response.Status != http.StatusOK {
		received["status"] = response.Status
	}
	switch {
	case json.Valid(response.Body):
		received["body"] = json.RawMessage(response.Body)
	case len(response.Body) > 0:
		received["raw"] = conformance.Raw{Text: string(response.Body)}
	}
	if len(judged.Findings) > 0 {
		received["verdict"], received["findings"] = judged.Verdict, judged.Findings
	}
	file := struct {
		Description string             `json:"description"`
		Flags       []string           `json:"flags"`
		Source      conformance.Source `json:"source"`
		Operation   string             `json:"operation"`
		Request     map[string]any     `json:"request"`
		Response    map[string]any     `json:"response"`
		Expect      map[string]any     `json:"expect,omitempty"`
	}{
		"A request that " + step.Words + ", and the response of an environment of PingOne.", []string{},
		conformance.Source{Kind: "seen"}, step.Operation, request, received, expect,
	}
	var data bytes.Buffer
	_ = program{out: &data}.printJSON(file) // all of it is JSON
	folder := strings.ToLower(regexp.MustCompile(`[A-Z]`).ReplaceAllString(step.Operation, "-$0"))
	r.files[folder+"/exchange/seen-"+step.Name+".json"] = data.Bytes()
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
	constantPlace = regexp.MustCompile(`^(/_embedded/(d|blockedD)evices/[0-9]+|/selectedDevice/oneTime|/error|/details/[0-9]+|` +
		`/lock|/block|/policy)?(/usableStatus|/pushStatus|/otpStatus)?/(status|type|code|reason|target)$|^/authenticators/[0-9]+$`)
	constantForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]*$`)
	nameForm     = regexp.MustCompile(`^[A-Za-z_.-]+([0-9]{1,3}[A-Za-z_.-]+)*[0-9]{0,3}$`)
	idForm       = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	numberForm   = regexp.MustCompile(`^[0-9*+#,.() -]+$`) // a passcode or a phone number, also masked
	digitsForm   = regexp.MustCompile(`[0-9]+`)
)

// body returns a body with its values replaced, except for constants of PingOne, times and short numbers. If it is not
// one JSON value, all of it is replaced.
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
		case token.Kind() == '0' && (len(text) > 3 || strings.HasSuffix(at, "/otp")):
			_ = encoder.WriteValue(jsontext.Value(digitsForm.ReplaceAllStringFunc(text, r.digits))) // still a number
			continue
		case token.Kind() != '"' || noTime == nil || isName && nameForm.MatchString(text) && !idForm.MatchString(text):
		case isName || !constantPlace.MatchString(at) || !constantForm.MatchString(text):
			token = jsontext.String(r.text(text))
		}
		_ = encoder.WriteToken(token) // a valid token
	}
	if _, values := decoder.StackIndex(0); !errors.Is(err, io.EOF) || values != 1 {
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
