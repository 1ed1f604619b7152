package conformance_test

import (
	"fmt"
	"net/http"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// The findings of a request: their place, rule and message.
func ExampleValidator_ValidateRequest() {
	validator, err := conformance.NewValidator()
	if err != nil {
		panic(err)
	}
	report := validator.ValidateRequest("createDevice", conformance.Request{
		Method: http.MethodPost,
		Host:   conformance.HostAPI,
		Path:   "/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/8ce55f02-2077-4493-9a6d-0385df1f0772/devices",
		Header: http.Header{"Authorization": {"Bearer token"}, "Content-Type": {"application/json"}},
		Body:   []byte(`{"type": "SMS", "Phone": "+12015550123"}`),
	})
	fmt.Println(report.Verdict())
	for _, f := range report.Findings {
		fmt.Printf("%q %s: %s\n", f.Pointer, f.Rule, f.Message)
	}
	// Output:
	// invalid
	// "" required: the property "phone" is missing
	// "/Phone" additionalProperties: this property is not known here; names are case-sensitive, and "phone" is known
}

// The verdicts of the responses on the vendor's pages.
func ExampleVectors() {
	vectors, err := conformance.Vectors()
	if err != nil {
		panic(err)
	}
	validator, err := conformance.NewValidator()
	if err != nil {
		panic(err)
	}
	for _, vector := range vectors {
		if vector.Response != nil && vector.Source.Kind == "vendor" {
			report := validator.ValidateResponse(vector.Operation, vector.Response.Wire())
			fmt.Println(vector.ID, report.Verdict(), report.Findings)
		}
	}
	// Output:
	// create-device-authentication/exchange/custom-notification valid []
	// create-device-authentication/exchange/initialize valid []
	// create-device-authentication/exchange/one-time-sms valid []
	// create-device/exchange/sms valid []
}
