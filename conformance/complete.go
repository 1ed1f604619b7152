package conformance

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// vectorDefaults returns the defaults of vector.schema.json, by operation and side: objects with one member each.
var vectorDefaults = sync.OnceValues(func() (map[string]map[string][]json.RawMessage, error) {
	type object struct {
		Default    json.RawMessage
		Properties map[string]object
	}
	var schema struct {
		object
		AllOf []struct {
			If struct {
				Properties struct{ Operation struct{ Const string } }
			}
			Then object
		}
	}
	data, err := files.ReadFile("vector.schema.json")
	if err == nil {
		err = json.Unmarshal(data, &schema)
	}
	defaults := map[string]map[string][]json.RawMessage{}
	for _, of := range schema.AllOf {
		sides := map[string][]json.RawMessage{}
		for _, part := range []object{schema.object, of.Then} {
			for side, properties := range part.Properties {
				for name, property := range properties.Properties {
					if property.Default != nil {
						sides[side] = append(sides[side], fmt.Appendf(nil, `{%q: %s}`, name, property.Default))
					}
				}
			}
		}
		defaults[of.If.Properties.Operation.Const] = sides
	}
	return defaults, err
})

// readVector reads the file of a vector. It sets what the file leaves out: the defaults of vector.schema.json, and what
// follows from the rest of the vector. Null in headers and values means that there is no default.
func readVector(id string, data []byte) (v Vector, err error) {
	defaults, err := vectorDefaults()
	if err != nil {
		return Vector{}, err
	}
	// A key that Vector does not have is an error. A body may have a name twice.
	options := jsonv2.JoinOptions(jsonv2.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(true))
	var sides struct{ Request, Response json.RawMessage }
	if err := errors.Join(jsonv2.Unmarshal(data, &v, options), json.Unmarshal(data, &sides)); err != nil {
		return Vector{}, err
	}
	if v.ID != "" {
		return Vector{}, errors.New("it has an id: that is its path")
	}
	v.ID = id
	if r := v.Request; r != nil {
		*r = VectorRequest{Findings: []Place{}}
		err = unmarshalSide(r, &r.Headers, defaults[v.Operation]["request"], sides.Request)
	}
	if r := v.Response; r != nil {
		*r = VectorResponse{Findings: []Place{}}
		err = errors.Join(err, unmarshalSide(r, &r.Headers, defaults[v.Operation]["response"], sides.Response))
	}
	completeExpect(&v)
	return v, err
}

// unmarshalSide decodes the defaults of a side, and over them the side of a file. It deletes the headers that are null.
func unmarshalSide(target any, headers *map[string]string, defaults []json.RawMessage, side json.RawMessage) error {
	for _, object := range slices.Concat(defaults, []json.RawMessage{side}) {
		if err := json.Unmarshal(object, target); err != nil {
			return err
		}
	}
	var written struct{ Headers map[string]*string }
	err := json.Unmarshal(side, &written)
	maps.DeleteFunc(*headers, func(name, _ string) bool {
		value, found := written.Headers[name]
		return found && value == nil
	})
	return err
}

// completeExpect sets the class and the values that follow from the request and the response.
func completeExpect(v *Vector) {
	e := &v.Expect
	e.Class = cmp.Or(e.Class, classOf(v))
	values := map[string]any{}
	switch {
	case e.Class == "not-sent":
		if findings := v.Request.Findings; len(findings) == 1 && findings[0].Pointer != "" {
			values["field"] = findings[0].Pointer
		}
	case v.Response != nil && string(e.Result) != "null":
		responseValues(v, values)
	}
	for name, value := range e.Values {
		if values[name] = value; value == nil {
			delete(values, name)
		}
	}
	e.Values = values
}

// classOf returns the class that follows from the verdicts and the status.
func classOf(v *Vector) string {
	switch r := v.Response; {
	case v.Request != nil && v.Request.Verdict == Invalid:
		return "not-sent"
	case r == nil:
		return "success"
	case r.Status >= 500 || r.Status >= 300 && r.Status < 400:
		return "unknown"
	case r.Status >= 400:
		return "refused"
	case r.Verdict == Invalid || len(r.Wire().Body) == 0:
		return "accepted"
	}
	return "success"
}

// steps are the steps of the known statuses.
var steps = map[any]string{
	"OTP_REQUIRED": "EnterOTP", "DEVICE_SELECTION_REQUIRED": "SelectDevice", "PUSH_CONFIRMATION_REQUIRED": "ConfirmPush",
	"ASSERTION_REQUIRED": "AssertFIDO2", "COMPLETED": "Done", "FAILED": "Failed", "PUSH_CONFIRMATION_TIMED_OUT": "Failed",
}

// responseValues sets the values that follow from the response.
func responseValues(v *Vector, values map[string]any) {
	r := v.Response
	if id := r.Headers["Correlation-Id"]; id != "" {
		values["correlationId"] = id
	}
	if v.Expect.Class != "success" {
		values["httpStatus"] = float64(r.Status) // as encoding/json decodes it
		if seconds, err := strconv.Atoi(r.Headers["Retry-After"]); err == nil {
			values["retryAfterSeconds"] = float64(seconds)
		}
		return
	}
	if !strings.HasSuffix(v.Operation, "DeviceAuthentication") {
		return
	}
	result, _ := readJSON(v.Result()).value.(map[string]any) // a success is an object
	if values["step"] = "UnknownStep"; steps[result["status"]] != "" {
		values["step"] = steps[result["status"]]
	}
}
