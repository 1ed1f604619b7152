package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

var validateCommand = command{
	name: "validate", arguments: "[FILE...]", summary: "validate payloads against the contract",
	description: `Validates the bodies of requests or responses of an operation. It reads files or standard input. Each
finding has a JSON Pointer ("" is the whole body), a description, and the name of the rule that the
body breaks. Findings do not contain values. Exit code 1: a payload is invalid.`,
	run: validate,
}

// payload is the result for one body.
type payload struct {
	File     string                `json:"file"`
	Verdict  conformance.Verdict   `json:"verdict"`
	Findings []conformance.Finding `json:"findings"`
}

func validate(_ context.Context, p program, c command, args []string) (int, error) {
	validator, err := conformance.NewValidator() //nolint:contextcheck // reads embedded files
	if err != nil {
		return 0, err
	}
	operations := map[string]conformance.Operation{}
	for _, operation := range validator.Operations() {
		operations[operation.ID] = operation
	}
	var operation, side, contentType, mode, format *string
	var status *int
	files, err := c.parse(p, args, func(flags *flag.FlagSet) {
		operation = oneOf(flags, "operation", "", "the operationId: %s (required)", slices.Sorted(maps.Keys(operations))...)
		side = oneOf(flags, "side", "", "the payloads are bodies of a %s (required)", "request", "response")
		contentType = flags.String("content-type", "application/json",
			"the Content-`Type` of the payloads: it selects the action of a request; text/html is the page of a gateway")
		status = flags.Int("status", 0, "the `status` of the response (default 201 for createDevice and "+
			"createDeviceAuthentication, 200 for the others)")
		mode = oneOf(flags, "mode", "strict",
			"%s: strict rejects deviations in a response that clients must tolerate (default strict)",
			"strict", "tolerant")
		format = outputFlag(flags, "json", "junit")
	})
	switch {
	case err != nil:
		return 0, err
	case *operation == "":
		return 0, errors.New("-operation is missing: see pingmfa-conformance validate -h")
	case *side == "":
		return 0, errors.New("-side is missing: request or response")
	case *status == 0 && strings.HasPrefix(*operation, "create"):
		*status = http.StatusCreated
	case *status == 0:
		*status = http.StatusOK
	case *status < 200 || *status > 599:
		return 0, errors.New("-status must be between 200 and 599")
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	var payloads []payload
	var cases []junitCase
	code := exitOK
	for _, file := range files {
		body, err := p.read(file)
		if err != nil {
			return 0, err
		}
		result := payload{File: file}
		if file == "-" {
			result.File = "standard input"
		}
		result.Findings = findings(validator, operations[*operation], *side, *contentType, *status, body)
		result.Verdict = conformance.Report{Findings: result.Findings}.Verdict()
		if result.Verdict == conformance.Tolerated && *mode == "strict" {
			result.Verdict = conformance.Invalid
		}
		testCase := junitCase{Name: result.File}
		if result.Verdict == conformance.Invalid {
			code, testCase.Failure = exitFailed, strings.Join(result.lines(), "\n")
		}
		payloads, cases = append(payloads, result), append(cases, testCase)
	}
	switch *format {
	case "json":
		return code, p.printJSON(payloads)
	case "junit":
		return code, p.printJUnit("validate "+*operation+" "+*side, cases)
	}
	for _, payload := range payloads {
		p.print("%s: %s\n", payload.File, payload.Verdict)
		for _, line := range payload.lines() {
			p.print("  %s\n", line)
		}
	}
	return code, nil
}

func (p program) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(p.in)
	}
	return os.ReadFile(file) //nolint:gosec // a file of the user's choice
}

// findings validates a body in an otherwise valid request or response. It returns the findings about the body, its
// Content-Type and the status.
func findings(
	validator *conformance.Validator, operation conformance.Operation, side, contentType string, status int, body []byte,
) []conformance.Finding {
	header := http.Header{"Content-Type": {contentType}}
	var report conformance.Report
	if side == "response" {
		report = validator.ValidateResponse(operation.ID, conformance.Response{Status: status, Header: header, Body: body})
	} else {
		report = validator.ValidateRequest(operation.ID, conformance.Request{
			Method: operation.Method, Host: operation.Host, Path: operation.Path, Header: header, Body: body,
		})
	}
	return slices.DeleteFunc(report.Findings, func(f conformance.Finding) bool {
		own := []string{"", "status", "header:Content-Type"}
		return !slices.Contains(own, f.Pointer) && !strings.HasPrefix(f.Pointer, "/")
	})
}

// lines returns a line for each finding.
func (p payload) lines() []string {
	var lines []string
	for _, f := range p.Findings {
		rule := f.Rule
		if f.Tolerated && p.Verdict != conformance.Invalid {
			rule += ", tolerated"
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", cmp.Or(f.Pointer, `""`), f.Message, rule))
	}
	return lines
}
