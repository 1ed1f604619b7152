package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// vectorDefaults returns the defaults of vector.schema.json, by operation.
var vectorDefaults = sync.OnceValues(func() (map[string]Vector, error) {
	type object struct {
		Default    json.RawMessage
		Properties map[string]object
	}
	type schema struct {
		object
		AllOf []struct {
			If struct {
				Properties struct{ Operation struct{ Const string } }
			}
			Then object
		}
	}
	data, err := files.ReadFile("vector.schema.json")
	if err != nil {
		return nil, err
	}
	var root schema
	if err := json.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("read vector.schema.json: %w", err)
	}
	defaults := map[string]Vector{}
	for _, of := range root.AllOf {
		v := Vector{Request: &VectorRequest{}, Response: &VectorResponse{}}
		for _, properties := range []map[string]object{root.Properties, of.Then.Properties} {
			for side, target := range map[string]any{"request": v.Request, "response": v.Response} {
				values := map[string]json.RawMessage{}
				for name, property := range properties[side].Properties {
					if property.Default != nil {
						values[name] = property.Default
					}
				}
				data, err := json.Marshal(values)
				if err == nil {
					err = json.Unmarshal(data, target)
				}
				if err != nil {
					return nil, fmt.Errorf("read vector.schema.json: %w", err)
				}
			}
		}
		defaults[of.If.Properties.Operation.Const] = v
	}
	return defaults, nil
})

// readVector reads the file of a vector. It sets what the file leaves out: the defaults of vector.schema.json, and what
// follows from the rest of the vector. Null in headers and values means that there is no default.
func readVector(id string, data []byte) (v Vector, err error) {
	defaults, err := vectorDefaults()
	if err != nil {
		return Vector{}, err
	}
	var nulls struct {
		Request, Response struct{ Headers map[string]*string }
	}
	if err := unmarshalStrict(data, &v); err != nil {
		return Vector{}, err
	}
	if err := json.Unmarshal(data, &nulls); err != nil {
		return Vector{}, err
	}
	if v.ID != "" {
		return Vector{}, errors.New("it has an id: that is its path")
	}
	v.ID = id
	if r, byDefault := v.Request, defaults[v.Operation].Request; r != nil && byDefault != nil {
		setDefault(&r.Method, byDefault.Method)
		setDefault(&r.Host, byDefault.Host)
		setDefault(&r.Path, byDefault.Path)
		setDefault(&r.Verdict, byDefault.Verdict)
		r.Headers = mergeHeaders(byDefault.Headers, nulls.Request.Headers)
		if r.Findings == nil {
			r.Findings = []Place{}
		}
	}
	if r, byDefault := v.Response, defaults[v.Operation].Response; r != nil && byDefault != nil {
		setDefault(&r.Status, byDefault.Status)
		setDefault(&r.Verdict, byDefault.Verdict)
		r.Headers = mergeHeaders(byDefault.Headers, nulls.Response.Headers)
		if r.Findings == nil {
			r.Findings = []Place{}
		}
	}
	completeExpect(&v)
	return v, nil
}

func setDefault[T comparable](value *T, byDefault T) {
	var zero T
	if *value == zero {
		*value = byDefault
	}
}

// mergeHeaders returns the headers of a file and the defaults of others. A header without a value is left out.
func mergeHeaders(byDefault map[string]string, written map[string]*string) map[string]string {
	merged := map[string]string{}
	for name, value := range byDefault {
		merged[name] = value
	}
	for name, value := range written {
		delete(merged, name)
		if value != nil {
			merged[name] = *value
		}
	}
	return merged
}

// completeExpect sets the class and the values that follow from the request and the response.
func completeExpect(v *Vector) {
	e := &v.Expect
	setDefault(&e.Class, classOf(v))
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
