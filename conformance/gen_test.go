package conformance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/gen"
)

// genRoots are the generated structs that no field of another one leads to: bodies, and the branches of unions.
var genRoots = []any{
	gen.DeviceAuthenticationRequest{}, gen.DeviceAuthentication{}, gen.Device{}, gen.Error{},
	gen.SelectDeviceRequest{}, gen.CheckOTPRequest{}, gen.CheckAssertionRequest{}, gen.ChangeDeviceRequest{},
	gen.ActivationOTP{}, gen.Attestation{},
	gen.PairedDevice{}, gen.OneTimeDevice{}, gen.OneTimeSMS{}, gen.OneTimeVoice{}, gen.OneTimeEmail{},
	gen.CreateSMSDevice{}, gen.CreateVoiceDevice{}, gen.CreateEmailDevice{}, gen.CreateWhatsAppDevice{},
	gen.CreateTOTPDevice{}, gen.CreateFIDO2Device{},
}

// genStructs collects the generated structs that a type leads to, by name.
func genStructs(t reflect.Type, found map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		genStructs(t.Elem(), found)
	case reflect.Struct:
		if found[t.Name()] != nil {
			return
		}
		found[t.Name()] = t
		for _, field := range reflect.VisibleFields(t) {
			genStructs(field.Type, found)
		}
	default: // a value without fields
	}
}

// Every property of the contract is a field with exactly its name, and every field is a property. A round trip cannot
// show this, because encoding/json matches names without regard to case.
func TestGenHasTheContractsProperties(t *testing.T) {
	// The overlay keeps these as raw JSON.
	raw := []string{"InnerError", "Link"}
	structs := map[string]reflect.Type{}
	for _, root := range genRoots {
		genStructs(reflect.TypeOf(root), structs)
	}
	schemas := loadSpec(t).Components.Schemas
	for name, ref := range schemas {
		if len(ref.Value.Properties) > 0 && !slices.Contains(raw, name) {
			_, found := structs[name]
			assert.True(t, found, "%s is not below genRoots, or not generated", name)
		}
	}
	for name, model := range structs {
		require.Contains(t, schemas, name)
		var fields []string
		for _, field := range reflect.VisibleFields(model) {
			tag, ok := field.Tag.Lookup("json")
			require.True(t, ok, "%s.%s", name, field.Name)
			property, options, _ := strings.Cut(tag, ",")
			fields = append(fields, property)
			required := slices.Contains(schemas[name].Value.Required, property)
			assert.Equal(t, required, !strings.Contains(options, "omit"), "%s.%s", name, property)
		}
		assert.ElementsMatch(t, slices.Collect(maps.Keys(schemas[name].Value.Properties)), fields,
			`%s: run "make generate"`, name)
	}
}

// The bodies of the vectors are decoded into the generated models and encoded again. Those of the vendor's pages do not
// change. The others keep every member that the contract describes and that can be read.
func TestVectorsHoldForGen(t *testing.T) {
	doc, validator := loadSpec(t), newValidator(t)
	for _, vector := range loadVectors(t) {
		page := slices.Contains(vector.Flags, "VendorPage")
		operation := specOperations(doc)[vector.Operation]
		if r := vector.Request; r != nil && r.Verdict == conformance.Valid && r.Body != nil {
			t.Run(vector.ID+" request", func(t *testing.T) {
				mediaType, _, err := mime.ParseMediaType(r.Headers["Content-Type"])
				require.NoError(t, err)
				out := roundTripRequest(t, vector.Operation, mediaType, r.Body)
				if page {
					assert.JSONEq(t, string(r.Body), string(out))
				}
				schema := requestContent(operation)[mediaType].Schema
				assert.Equal(t, reduce(schema, decodeNumbers(t, r.Body)), reduce(schema, decodeNumbers(t, out)))
			})
		}
		r := vector.Response
		if r == nil || r.Verdict == conformance.Invalid {
			continue
		}
		body := bytes.TrimPrefix(r.Wire().Body, []byte("\ufeff"))
		if !json.Valid(body) {
			continue // a page, or the broken body of an error
		}
		t.Run(vector.ID+" response", func(t *testing.T) {
			out := roundTripResponse(t, vector, responseModel(vector), body)
			if page {
				assert.JSONEq(t, string(body), string(out))
			}
			// A time in another format is kept as text, and the comparison leaves it out.
			assert.Equal(t, validator.ComparableResult(vector, body, nil), validator.ComparableResult(vector, out, nil))
		})
	}
}

func decodeNumbers(tb testing.TB, data []byte) any {
	tb.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	require.NoError(tb, decoder.Decode(&value))
	return value
}

// reduce removes the empty properties ("", false, null, {}) of a request, which the models do not distinguish from
// absent ones.
func reduce(ref *openapi3.SchemaRef, value any) any {
	object, ok := value.(map[string]any)
	schema := branchOf(ref.Value, object)
	if !ok || len(schema.Properties) == 0 && schema.AdditionalProperties.Schema == nil {
		return value // free data
	}
	reduced := map[string]any{}
	for name, value := range object {
		if property := schema.Properties[name]; property != nil {
			if value = reduce(property, value); isEmpty(value) {
				continue
			}
		}
		reduced[name] = value
	}
	return reduced
}

func isEmpty(value any) bool {
	object, ok := value.(map[string]any)
	return value == nil || value == "" || value == false || ok && len(object) == 0
}

// branchOf returns the branch of a union that an object is valid for.
func branchOf(schema *openapi3.Schema, object map[string]any) *openapi3.Schema {
	for _, branch := range schema.OneOf {
		if branch.Value.VisitJSON(object) == nil {
			return branchOf(branch.Value, object)
		}
	}
	return schema
}

// roundTripRequest decodes into the models and encodes again. A union is an any in them: its branch is chosen here.
func roundTripRequest(t *testing.T, operation, mediaType string, body []byte) []byte {
	t.Helper()
	models := map[string]any{
		selectDevice: &gen.SelectDeviceRequest{}, checkOTP: &gen.CheckOTPRequest{},
		checkAssertion: &gen.CheckAssertionRequest{}, changeDevice: &gen.ChangeDeviceRequest{},
		activateDevice: &gen.ActivationOTP{},
	}
	if !bytes.Contains(body, []byte(`"otp"`)) {
		models[activateDevice] = &gen.Attestation{}
	}
	if model := models[mediaType]; model != nil {
		decodeStrictly(t, body, model)
		return []byte(jsonText(t, model))
	}
	if operation == devices {
		return []byte(jsonText(t, branch(t, body, map[any]any{
			"SMS": &gen.CreateSMSDevice{}, "VOICE": &gen.CreateVoiceDevice{}, "EMAIL": &gen.CreateEmailDevice{},
			"WHATSAPP": &gen.CreateWhatsAppDevice{}, "TOTP": &gen.CreateTOTPDevice{}, "FIDO2": &gen.CreateFIDO2Device{},
		})))
	}
	var request gen.DeviceAuthenticationRequest
	decodeStrictly(t, body, &request)
	selected, _ := request.SelectedDevice.(map[string]any)
	switch {
	case selected == nil:
	case selected["id"] != nil:
		paired := &gen.PairedDevice{}
		decodeStrictly(t, []byte(jsonText(t, selected)), paired)
		request.SelectedDevice = paired
	default:
		request.SelectedDevice = gen.OneTimeDevice{OneTime: branch(t, []byte(jsonText(t, selected["oneTime"])), map[any]any{
			"SMS": &gen.OneTimeSMS{}, "VOICE": &gen.OneTimeVoice{}, "EMAIL": &gen.OneTimeEmail{},
		})}
	}
	return []byte(jsonText(t, request))
}

// branch decodes an object into the model that its type names.
func branch(t *testing.T, body []byte, models map[any]any) any {
	t.Helper()
	var kind struct{ Type string }
	require.NoError(t, json.Unmarshal(body, &kind))
	require.Contains(t, models, kind.Type)
	decodeStrictly(t, body, models[kind.Type])
	return models[kind.Type]
}

func decodeStrictly(t *testing.T, body []byte, model any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(model))
}

// responseModel returns the model of a response.
func responseModel(vector conformance.Vector) any {
	switch {
	case vector.Response.Status >= 300:
		return &gen.Error{}
	case vector.Operation == devices || vector.Operation == activation:
		return &gen.Device{}
	}
	return &gen.DeviceAuthentication{}
}

// roundTripResponse decodes as a lenient client does: encoding/json goes on after a member of another type.
func roundTripResponse(t *testing.T, vector conformance.Vector, model any, body []byte) []byte {
	t.Helper()
	err := json.Unmarshal(body, model)
	valid, mismatch := vector.Response.Verdict == conformance.Valid, new(json.UnmarshalTypeError)
	if valid || !errors.As(err, &mismatch) {
		require.NoError(t, err)
	}
	return []byte(jsonText(t, model))
}
