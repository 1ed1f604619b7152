package adapter

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Protocol is the version of the protocol that this package speaks. It changes when an adapter has to.
const Protocol = 1

// Hello introduces the adapter. It answers the program's own hello, which holds the protocol alone.
type Hello struct {
	// Name says which client this is, in printable ASCII.
	Name string
	// Features are what the client can do; [Features] has the names.
	Features []string
}

// Case is a call to make.
type Case struct {
	// ID is the vector's.
	ID string `json:"id"`
	// Operation is the operationId.
	Operation string `json:"operation"`
	// AuthURL and APIURL are the base URLs of the two hosts, for this case alone. Neither ends with a slash.
	AuthURL string `json:"authURL"`
	APIURL  string `json:"apiURL"`
	// Token is an access token. ClientID and ClientSecret are for clients that get their own, from
	// {AuthURL}/{environmentID}/as/token.
	Token        string  `json:"token"`
	ClientID     string  `json:"clientID"`
	ClientSecret string  `json:"clientSecret"`
	Request      Request `json:"request"`
}

// Request is what the client is to send, if it may: whether it is right is for the client to say.
type Request struct {
	Method string `json:"method"`
	// Host is the role of the host: {authURL} or {apiURL} goes before the path.
	Host conformance.Host `json:"host"`
	// Path is what follows the base URL, escaped.
	Path string `json:"path"`
	// Parameters are the parts of the path that the operation names, without escapes; nil when the path has not the
	// operation's form. They may be empty, or "..".
	Parameters map[string]string `json:"parameters,omitzero"`
	// Headers are complete but for what every HTTP request has.
	Headers map[string]string `json:"headers"`
	// Body is the body as JSON, Raw as bytes; without both there is none.
	Body jsontext.Value   `json:"body,omitzero"`
	Raw  *conformance.Raw `json:"raw,omitzero"`
}

// Wire returns the request as it is to go over the wire.
func (r Request) Wire() conformance.Request {
	return conformance.VectorRequest{
		Method: r.Method, Host: r.Host, Path: r.Path, Headers: r.Headers, Body: stdjson.RawMessage(r.Body), Raw: r.Raw,
	}.Wire()
}

// Result is what the client made of a case.
type Result struct {
	// ID is the case's.
	ID string `json:"id"`
	// Class is one of the classes that conformance/README.md explains, or [NotExpressible].
	Class string `json:"class"`
	// Values are text or numbers by the names that conformance/README.md lists.
	Values map[string]any `json:"values"`
}

// NotExpressible is the class of a request that the client's types cannot say. It stands for not-sent.
const NotExpressible = "not-expressible"

const notSent = "not-sent"

var classes = []string{"success", notSent, "refused", "unknown", "accepted", NotExpressible}

// valueIsNumber has every name that a value may have.
var valueIsNumber = map[string]bool{
	"id": false, "status": false, "type": false, "step": false, "code": false, "correlationId": false, "field": false,
	"httpStatus": true, "retryAfterSeconds": true,
}

// The messages as they are on the wire. Their order of members is for people who read along.
type (
	programHello struct {
		Type     string `json:"type"`
		Protocol int    `json:"protocol"`
	}
	adapterHello struct {
		Type     string   `json:"type"`
		Protocol int      `json:"protocol"`
		Name     string   `json:"name"`
		Features []string `json:"features"`
	}
	caseMessage struct {
		Type string `json:"type"`
		Case `json:",inline"`
	}
	resultMessage struct {
		Type   string `json:"type"`
		Result `json:",inline"`
	}
	bye struct {
		Type string `json:"type"`
	}
)

// encode makes a line.
func encode(message any) ([]byte, error) {
	line, err := json.Marshal(message)
	return append(line, '\n'), err
}

// decode reads a line as a message of one type. It takes what from-adapter.schema.json takes of the form: names have
// case, stand once, and are known. Its errors say nothing of what the line holds but names.
func decode(line []byte, kind string, message any) error {
	var typed struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &typed); err != nil {
		return describe(err)
	}
	if typed.Type != kind {
		return fmt.Errorf("its type is not %q", kind)
	}
	if err := json.Unmarshal(line, message, json.RejectUnknownMembers(true)); err != nil {
		return describe(err)
	}
	return nil
}

// describe says what is wrong with a line, without what json's own errors quote of it.
func describe(err error) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("%s stands twice", syntactic.JSONPointer)
		}
		return errors.New("it is not one line of JSON (what is for people belongs on standard error)")
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("%s is not known", semantic.JSONPointer)
	case errors.As(err, &semantic) && semantic.JSONPointer != "":
		return fmt.Errorf("%s has the wrong type", semantic.JSONPointer)
	}
	return errors.New("it is not an object")
}

var printable = regexp.MustCompile(`^[ -~]{1,80}$`)

func decodeHello(line []byte) (Hello, error) {
	var m adapterHello
	if err := decode(line, "hello", &m); err != nil {
		return Hello{}, err
	}
	switch {
	case m.Protocol != Protocol:
		return Hello{}, fmt.Errorf("it speaks protocol %d, and this program %d", m.Protocol, Protocol)
	case !printable.MatchString(m.Name):
		return Hello{}, errors.New("/name is not 1 to 80 printable ASCII characters")
	case m.Features == nil:
		return Hello{}, errors.New("/features is missing")
	}
	return Hello{Name: m.Name, Features: m.Features}, checkFeatures(m.Features)
}

func decodeResult(line []byte) (Result, error) {
	var m resultMessage
	if err := decode(line, "result", &m); err != nil {
		return Result{}, err
	}
	if !slices.Contains(classes, m.Class) {
		return Result{}, fmt.Errorf("/class is none of %s", strings.Join(classes, ", "))
	}
	if m.Values == nil || m.ID == "" {
		return Result{}, errors.New("/id or /values is missing")
	}
	for name, value := range m.Values {
		number, known := valueIsNumber[name]
		_, isNumber := value.(float64)
		_, isText := value.(string)
		switch pointer := jsontext.Pointer("").AppendToken("values").AppendToken(name); {
		case !known:
			return Result{}, fmt.Errorf("%s is not known: leave out what the protocol does not name", pointer)
		case number && !isNumber:
			return Result{}, fmt.Errorf("%s is not a number", pointer)
		case !number && !isText:
			return Result{}, fmt.Errorf("%s is not text", pointer)
		}
	}
	return m.Result, nil
}
