package adapter

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Protocol is the version of the protocol. It changes if existing adapters must change.
const Protocol = 2

// Hello describes the adapter. It is the reply to the program's own hello.
type Hello struct {
	// Name is the client's name: 1 to 80 printable ASCII characters.
	Name string `json:"name"`
	// Features are the client's features. [Features] returns their names.
	Features []string `json:"features"`
	// Without are the members of results that the client does not have, such as "Device._links": a schema of the contract
	// and a path of properties. They are not compared, and the report lists them.
	Without []string `json:"without,omitzero"`
}

// Case describes a call for the client to make.
type Case struct {
	// ID is the id of the vector.
	ID string `json:"id"`
	// Operation is the operationId.
	Operation string `json:"operation"`
	// AuthURL and APIURL are the base URLs of the two hosts, without a slash at the end. They are different in each case.
	AuthURL string `json:"authURL"`
	APIURL  string `json:"apiURL"`
	// Token is an access token. A client that gets its own token uses ClientID and ClientSecret at
	// {AuthURL}/{environmentID}/as/token instead.
	Token        string  `json:"token"`
	ClientID     string  `json:"clientID"`
	ClientSecret string  `json:"clientSecret"`
	Request      Request `json:"request"`
}

// Request is the request for the client to send. It may be invalid: the client must refuse to send it then. It has no
// verdict and no findings.
type Request struct {
	conformance.VectorRequest
	// Parameters are the unescaped parameters of the path. A parameter may be empty or "..". Parameters is nil if the
	// path does not match that of the operation.
	Parameters map[string]string `json:"parameters,omitzero"`
}

// Result is the result of a case, as the client reported it to its caller.
type Result struct {
	// ID is the id of the case.
	ID string `json:"id"`
	// Class is one of the classes that conformance/README.md explains, [ClassNotExpressible] or [ClassSkipped].
	Class string `json:"class"`
	// Values are the strings and numbers that conformance/README.md lists.
	Values map[string]any `json:"values,omitzero"`
	// Body is what the client read from the response, with the names and types of the contract: an authentication, a
	// device or an error. It is nil or null if the client read nothing.
	Body jsontext.Value `json:"body,omitzero"`
	// Reason says why a case was skipped.
	Reason string `json:"reason,omitzero"`
}

const (
	// ClassNotExpressible is the class of a request that the client's types cannot represent. It is accepted for not-sent.
	ClassNotExpressible = "not-expressible"
	// ClassSkipped is the class of a case that the adapter did not run, for a Reason.
	ClassSkipped = "skipped"

	notSent = "not-sent"
)

var classes = []string{"success", notSent, "refused", "unknown", "accepted", ClassNotExpressible, ClassSkipped}

// valueTypes has a value of the right type for each name of a value.
var valueTypes = map[string]any{
	"step": "", "correlationId": "", "field": "", "httpStatus": 0.0, "retryAfterSeconds": 0.0,
}

// The messages in their JSON form.
type (
	programMessage struct { // hello and bye
		Type     string `json:"type"`
		Protocol int    `json:"protocol,omitzero"`
	}
	helloMessage struct {
		Type     string `json:"type"`
		Protocol int    `json:"protocol"`
		Hello    `json:",inline"`
	}
	caseMessage struct {
		Type string `json:"type"`
		Case `json:",inline"`
	}
	resultMessage struct {
		Type   string `json:"type"`
		Result `json:",inline"`
	}
)

// encode returns a message as a line.
func encode(message any) ([]byte, error) {
	line, err := json.Marshal(message)
	return append(line, '\n'), err
}

// decode decodes a line into a message of the given type. It rejects unknown and repeated names, as
// from-adapter.schema.json does. Its errors contain names, but no values.
func decode(line []byte, kind string, message any) error {
	var typed struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &typed, jsontext.AllowInvalidUTF8(true)); err != nil {
		return describe(err)
	}
	if typed.Type != kind {
		return fmt.Errorf("its type is not %q", kind)
	}
	// JSON of JavaScript and Python can contain half of a surrogate pair.
	options := json.JoinOptions(json.RejectUnknownMembers(true), jsontext.AllowInvalidUTF8(true))
	if err := json.Unmarshal(line, message, options); err != nil {
		return describe(err)
	}
	return nil
}

// describe returns an error without the values that the json package quotes.
func describe(err error) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("%s is repeated", syntactic.JSONPointer)
		}
		return errors.New("not one line of JSON (write logs to standard error)")
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("%s is unknown", semantic.JSONPointer)
	case errors.As(err, &semantic) && semantic.JSONPointer != "":
		return fmt.Errorf("%s has the wrong type", semantic.JSONPointer)
	}
	return errors.New("not an object")
}

var validName = regexp.MustCompile(`^[ -~]{1,80}$`)

func decodeHello(line []byte) (Hello, error) {
	var m helloMessage
	err := decode(line, "hello", &m)
	switch {
	case err != nil:
	case m.Protocol != Protocol:
		err = fmt.Errorf("unsupported protocol %d, want %d", m.Protocol, Protocol)
	case !validName.MatchString(m.Name):
		err = errors.New("/name is not 1 to 80 printable ASCII characters")
	case m.Features == nil:
		err = errors.New("/features is missing")
	default:
		err = errors.Join(checkFeatures(m.Features), checkMembers(m.Without))
	}
	return m.Hello, invalid(err)
}

func decodeResult(line []byte) (Result, error) {
	var m resultMessage
	err := decode(line, "result", &m)
	switch {
	case err != nil:
	case !slices.Contains(classes, m.Class):
		err = fmt.Errorf("/class is none of %s", strings.Join(classes, ", "))
	case m.ID == "":
		err = errors.New("/id is missing")
	case (m.Class == ClassSkipped) != (m.Reason != ""):
		err = errors.New("/reason belongs to the class skipped, and must not be empty")
	}
	for name, value := range m.Values {
		example, known := valueTypes[name]
		switch pointer := jsontext.Pointer("/values").AppendToken(name); {
		case !known:
			err = fmt.Errorf("%s is unknown", pointer)
		case reflect.TypeOf(value) != reflect.TypeOf(example):
			err = fmt.Errorf("%s has the wrong type", pointer)
		}
	}
	return m.Result, invalid(err)
}

// invalid returns the error of an invalid reply, or nil.
func invalid(err error) error {
	if err != nil {
		return fmt.Errorf("invalid reply: %w", err)
	}
	return nil
}

// normalize returns a result as if it had been decoded from a line.
func normalize(result Result) (Result, error) {
	line, err := encode(resultMessage{Type: "result", Result: result})
	if err != nil {
		return Result{}, err
	}
	return decodeResult(line)
}
