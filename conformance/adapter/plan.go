package adapter

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// trial is a vector on its way through a client: what is asked, what is served, and, in the end, what came of it.
type trial struct {
	vector  conformance.Vector
	request conformance.VectorRequest
	// answer is what a right request gets. A wrong one must not go out, and gets what the fake thinks of it.
	answer *pingmfatest.Response
	// template is the form of the operation's path.
	template string
	needs    []string
	missing  []string // of needs, those that the client lacks: the trial is not run

	fake   *pingmfatest.Fake
	result Result
}

// repeatable are the answers that say for sure that nothing was done: a client may try again by itself, so many times.
const repeats = 4

func (t *trial) repeatable() bool {
	return t.answer != nil && (t.answer.Status == http.StatusUnauthorized || t.answer.Status == http.StatusTooManyRequests)
}

// contract is what all trials have in common.
type contract struct {
	// templates are the forms of the operations' paths, examples their simplest exchanges.
	templates map[string]string
	examples  map[string]conformance.Vector
}

// The contract is read once for all runs: that takes longer than a trial.
var sharedContract = sync.OnceValues(func() (*contract, error) {
	validator, err := conformance.NewValidator()
	if err != nil {
		return nil, err
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	c := &contract{templates: map[string]string{}, examples: map[string]conformance.Vector{}}
	for _, operation := range validator.Operations() {
		c.templates[operation.ID] = operation.Path
	}
	for _, vector := range vectors {
		if vector.Request == nil || vector.Response == nil || vector.Request.Verdict != conformance.Valid {
			continue
		}
		known, ok := c.examples[vector.Operation]
		if !ok || len(vector.Request.Body) < len(known.Request.Body) {
			c.examples[vector.Operation] = vector
		}
	}
	return c, nil
})

// newTrials plans each vector. A vector that lacks a side borrows it from the operation's simplest exchange.
func newTrials(vectors []conformance.Vector) ([]*trial, error) {
	contract, err := sharedContract()
	if err != nil {
		return nil, err
	}
	var trials []*trial
	for _, vector := range vectors {
		example, ok := contract.examples[vector.Operation]
		if !ok {
			return nil, fmt.Errorf("there is no exchange of the operation %s to borrow from", vector.Operation)
		}
		t := &trial{vector: vector, request: *example.Request, template: contract.templates[vector.Operation]}
		response := *example.Response
		if vector.Request != nil {
			t.request = *vector.Request
		}
		if vector.Response != nil {
			response = *vector.Response
		}
		if t.request.Verdict == conformance.Valid {
			t.answer = newAnswer(response.Wire())
		}
		t.needs = needs(vector, t.request)
		trials = append(trials, t)
	}
	return trials, nil
}

// newAnswer has the fake say just what a vector says: also no Content-Type and no Correlation-Id, if it has none.
func newAnswer(response conformance.Response) *pingmfatest.Response {
	header := http.Header{"Content-Type": nil, "Correlation-Id": nil}
	for name, values := range response.Header {
		header[name] = values
	}
	return &pingmfatest.Response{Status: response.Status, Header: header, Body: string(response.Body)}
}

// choose keeps a trial from running when the client lacks what it needs.
func (t *trial) choose(features []string) {
	for _, name := range t.needs {
		if !slices.Contains(features, name) {
			t.missing = append(t.missing, name)
		}
	}
}

// message is what the adapter is told of a trial that is on a stage. It holds no verdict: judging is the client's.
func (t *trial) message(origin string) Case {
	authURL, apiURL := t.fake.URLs(origin)
	token := t.fake.Token()
	headers := map[string]string{}
	for name, value := range t.request.Headers {
		headers[name] = strings.ReplaceAll(value, "{{accessToken}}", token)
	}
	return Case{
		ID: t.vector.ID, Operation: t.vector.Operation,
		AuthURL: authURL, APIURL: apiURL,
		Token: token, ClientID: t.fake.ClientID, ClientSecret: t.fake.ClientSecret,
		Request: Request{
			Method: t.request.Method, Host: t.request.Host, Path: t.request.Path,
			Parameters: parameters(t.template, t.request.Path),
			Headers:    headers, Body: jsontext.Value(t.request.Body), Raw: t.request.Raw,
		},
	}
}

// parameters takes a path apart by its template, and gives nil for a path that has another form.
func parameters(template, path string) map[string]string {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil
	}
	found := map[string]string{}
	for i, segment := range want {
		name, isParameter := strings.CutPrefix(segment, "{")
		value, err := url.PathUnescape(got[i])
		switch {
		case isParameter && err == nil:
			found[strings.TrimSuffix(name, "}")] = value
		case segment != got[i]:
			return nil
		}
	}
	return found
}
