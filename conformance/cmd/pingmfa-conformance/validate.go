package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
)

var validateCommand = command{
	name: "validate", arguments: "[FILE...]", summary: "judge payloads by the contract",
	about: `Judges the bodies of requests or answers, from files or standard input, each by the schema of an
operation. Each finding has a JSON Pointer to its place ("" is the whole body), the rule in plain
words, and its name. The value that was found is never shown. Exit code 1: a payload is not valid.`,
	run: validate,
}

// payload is a body and what was found in it.
type payload struct {
	File     string                `json:"file"`
	Verdict  conformance.Verdict   `json:"verdict"`
	Findings []conformance.Finding `json:"findings"`
}

func validate(_ context.Context, p program, c command, args []string) (int, error) {
	var operation, side, mode, format *string
	var status *int
	files, err := c.parse(p, args, func(flags *flag.FlagSet) {
		operation = flags.String("operation", "", "the `operationId`: createDevice or createDeviceAuthentication (required)")
		side = oneOf(flags, "side", "", "what the payloads are the bodies of: a %s (required)", "request", "response")
		status = flags.Int("status", http.StatusCreated, "the `status` that came with an answer")
		mode = oneOf(flags, "mode", "strict",
			"%s: what a right client survives in an answer is a fault in strict mode alone (default strict)",
			"strict", "tolerant")
		format = outputFlag(flags, "json", "junit")
	})
	if err != nil {
		return 0, err
	}
	validator, err := conformance.NewValidator() //nolint:contextcheck // it reads what is embedded
	if err != nil {
		return 0, err
	}
	operations := validator.Operations()
	at := slices.IndexFunc(operations, func(o conformance.Operation) bool { return o.ID == *operation })
	switch {
	case at < 0:
		return 0, fmt.Errorf("there is no operation %q: -operation must be one of %s", *operation, names(operations))
	case *side == "":
		return 0, errors.New("-side is missing: request or response")
	case *status < 200 || *status > 599:
		return 0, errors.New("-status must be between 200 and 599")
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	var payloads []payload
	valid := true
	for _, file := range files {
		body, err := p.read(file)
		if err != nil {
			return 0, err
		}
		judged := payload{File: cmp.Or(strings.TrimPrefix(file, "-"), "standard input")}
		judged.Findings = findings(validator, operations[at], *side, *status, body)
		judged.Verdict = verdict(judged.Findings, *mode == "tolerant")
		valid = valid && judged.Verdict != conformance.Invalid
		payloads = append(payloads, judged)
	}
	code := exitOK
	if !valid {
		code = exitFailed
	}
	switch *format {
	case "json":
		return code, p.printJSON(payloads)
	case "junit":
		return code, p.printJUnit("validate "+*operation+" "+*side, payloadCases(payloads))
	}
	for _, payload := range payloads {
		p.print("%s: %s\n", payload.File, payload.Verdict)
		for _, line := range payload.lines() {
			p.print("  %s\n", line)
		}
	}
	return code, nil
}

func names(operations []conformance.Operation) string {
	var list []string
	for _, operation := range operations {
		list = append(list, operation.ID)
	}
	return strings.Join(list, ", ")
}

func (p program) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(p.in)
	}
	return os.ReadFile(file) //nolint:gosec // the user names it
}

// findings judges a body within a message that is right, and keeps what is about the body, or about the status.
func findings(
	validator *conformance.Validator, operation conformance.Operation, side string, status int, body []byte,
) []conformance.Finding {
	header := http.Header{"Content-Type": {"application/json"}}
	var report conformance.Report
	if side == "response" {
		report = validator.ValidateResponse(operation.ID, conformance.Response{Status: status, Header: header, Body: body})
	} else {
		report = validator.ValidateRequest(operation.ID, conformance.Request{
			Method: operation.Method, Host: operation.Host, Path: operation.Path, Header: header, Body: body,
		})
	}
	return slices.DeleteFunc(report.Findings, func(f conformance.Finding) bool {
		return f.Pointer != "" && f.Pointer != "status" && !strings.HasPrefix(f.Pointer, "/")
	})
}

func verdict(findings []conformance.Finding, tolerant bool) conformance.Verdict {
	summed := conformance.Report{Findings: findings}.Verdict()
	if summed == conformance.Tolerated && !tolerant {
		return conformance.Invalid
	}
	return summed
}

// lines says each finding in one.
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

func payloadCases(payloads []payload) []junitCase {
	var cases []junitCase
	for _, payload := range payloads {
		judged := junitCase{Name: payload.File}
		if payload.Verdict == conformance.Invalid {
			judged.Failure = junitText(payload.lines())
		}
		cases = append(cases, judged)
	}
	return cases
}
