package adapter

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// testCase is a vector, completed to a request and its response, and the result of running it.
type testCase struct {
	validator *conformance.Validator
	vector    conformance.Vector
	request   conformance.VectorRequest
	// response is the scripted response. It is nil if the request is invalid: no request must arrive then.
	response *pingmfatest.Response
	missing  []string // the needed features that the client lacks; if any, the test case is not run
	without  []string // the members of results that the client lacks

	fake    *pingmfatest.Fake
	result  Result
	errored error // the adapter ended, did not reply, or violated the protocol
}

// maxRequests returns how many requests the client may send. It may repeat a GET, because that changes nothing. After a
// 401 or 429, PingOne certainly did not act, so the client may repeat any request.
func (t *testCase) maxRequests() int {
	status := t.response.Status
	if t.request.Method == http.MethodGet || status == http.StatusUnauthorized || status == http.StatusTooManyRequests {
		return 5
	}
	return 1
}

// contract is the part of the contract and the vectors that all test cases share.
type contract struct {
	validator *conformance.Validator
	examples  map[string]conformance.Vector // for each operation, the exchange with a result and the shortest request
}

// sharedContract reads the contract once for all runs, because this takes longer than running a test case.
var sharedContract = sync.OnceValues(func() (*contract, error) {
	validator, err := conformance.NewValidator()
	if err != nil {
		return nil, err
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	c := &contract{validator: validator, examples: map[string]conformance.Vector{}}
	for _, vector := range vectors {
		if vector.Request == nil || vector.Response == nil || vector.Response.Verdict != conformance.Valid ||
			vector.Response.Body == nil || vector.Expect.Class != "success" || vector.Expect.Result != nil {
			continue
		}
		known, ok := c.examples[vector.Operation]
		if !ok || len(vector.Request.Body) < len(known.Request.Body) {
			c.examples[vector.Operation] = vector
		}
	}
	return c, nil
})

// newTestCases returns a test case for each vector. A vector without a request or a response gets that of the
// operation's example.
func newTestCases(vectors []conformance.Vector) ([]*testCase, error) {
	contract, err := sharedContract()
	if err != nil {
		return nil, err
	}
	known, err := Features()
	if err != nil {
		return nil, err
	}
	var testCases []*testCase
	for _, vector := range vectors {
		example, ok := contract.examples[vector.Operation]
		if !ok {
			return nil, fmt.Errorf("vector %s: there is no example exchange of operation %s", vector.ID, vector.Operation)
		}
		t := &testCase{validator: contract.validator, vector: vector, request: *example.Request}
		response := *example.Response
		if vector.Request != nil {
			t.request = *vector.Request
		}
		if vector.Response != nil {
			response = *vector.Response
		}
		if t.request.Verdict == conformance.Valid {
			t.response = newResponse(response.Wire())
		}
		t.missing = neededFeatures(known, vector, t.request)
		testCases = append(testCases, t)
	}
	return testCases, nil
}

// newResponse returns the response for the fake to send. The fake adds no Content-Type and no Correlation-Id to it.
func newResponse(response conformance.Response) *pingmfatest.Response {
	header := http.Header{"Content-Type": nil, "Correlation-Id": nil}
	for name, values := range response.Header {
		header[name] = values
	}
	return &pingmfatest.Response{Status: response.Status, Header: header, Body: string(response.Body)}
}

// message returns the case for the adapter. It does not contain the verdict: the client must check the request itself.
// The test case must have a fake.
func (t *testCase) message(origin string) Case {
	authURL, apiURL := t.fake.URLs(origin)
	token := t.fake.Token()
	request := t.request
	request.Verdict, request.Findings, request.Headers = "", nil, map[string]string{}
	for name, value := range t.request.Headers {
		request.Headers[name] = strings.ReplaceAll(value, "{{accessToken}}", token)
	}
	return Case{
		ID: t.vector.ID, Operation: t.vector.Operation,
		AuthURL: authURL, APIURL: apiURL,
		Token: token, ClientID: t.fake.ClientID, ClientSecret: t.fake.ClientSecret,
		Request: Request{VectorRequest: request, Parameters: t.parameters()},
	}
}

// parameters returns the unescaped parameters of the path. It returns nil if the path is not that of the operation.
func (t *testCase) parameters() map[string]string {
	parameters, _ := t.validator.Parameters(t.vector.Operation, t.request.Path)
	for name, value := range parameters {
		var err error
		if parameters[name], err = url.PathUnescape(value); err != nil {
			return nil
		}
	}
	return parameters
}

// Features returns the description of each feature by its name. A vector is not run if it needs a feature that the
// adapter does not declare.
func Features() (map[string]string, error) {
	data, err := files.ReadFile("features.json")
	if err != nil {
		return nil, err
	}
	var features map[string]string
	return features, json.Unmarshal(data, &features)
}

// checkFeatures returns an error if one of the names is unknown.
func checkFeatures(names []string) error {
	known, err := Features()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("there is no feature %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// checkMembers returns an error if the contract does not describe one of the members.
func checkMembers(names []string) error {
	contract, err := sharedContract()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !contract.validator.HasMember(name) {
			return fmt.Errorf("the contract describes no member %q", name)
		}
	}
	return nil
}

// neededFeatures returns the sorted features, out of the known ones, that a client needs for a request. It derives them
// from the request, so that vectors need not list them.
func neededFeatures(known map[string]string, vector conformance.Vector, request conformance.VectorRequest) []string {
	operation, _, _ := strings.Cut(vector.ID, "/") // has the name of its feature
	found := map[string]bool{operation: true, "request-checks": request.Verdict != conformance.Valid}
	for name := range request.Headers {
		found["external-ids"] = found["external-ids"] || strings.HasPrefix(name, "X-Ping-External-")
	}
	var body map[string]any
	if json.Unmarshal(request.Wire().Body, &body) != nil {
		body = nil // The type is unknown, so the request needs no feature of a type.
	}
	switch vector.Operation {
	case "createDevice":
		found[typeFeature("device-", body["type"])] = true
	case "createDeviceAuthentication":
		selected, _ := body["selectedDevice"].(map[string]any)
		contact, _ := selected["oneTime"].(map[string]any)
		found[typeFeature("one-time-", contact["type"])] = true
		found["paired-device"] = selected["id"] != nil
		found["notification"] = body["notification"] != nil
		found["mobile-payload"] = body["mobilePayload"] != nil || body["application"] != nil
	default:
		_, found["oath-resync"] = body["oathResync"]
		found["pingid-desktop"] = isOtherText(body["assertion"]) || isOtherText(body["attestation"])
	}
	maps.DeleteFunc(found, func(name string, needed bool) bool { return !needed || known[name] == "" })
	return slices.Sorted(maps.Keys(found))
}

// typeFeature returns the feature of a type. There is none for a type that is not in the contract, and for one in lower
// case: every client must refuse it.
func typeFeature(prefix string, kind any) string {
	text, _ := kind.(string)
	if strings.ToUpper(text) != text {
		return ""
	}
	return prefix + strings.ToLower(text)
}

// isOtherText reports whether a credential is text other than a JSON object, as the JWT of PingID Desktop is.
func isOtherText(credential any) bool {
	text, _ := credential.(string)
	return text != "" && !strings.HasPrefix(text, "{")
}
