package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
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

// A service can detect that PingOne has changed a response, even if the client accepts it. The fake sends such a
// response here: two members have another type. The unknown member is not a finding, because PingOne may add members.
func ExampleValidator_ValidateResponse() {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	defer server.Close()
	fake.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{
		Status: http.StatusCreated,
		Body:   `{"id": "1", "status": "OTP_REQUIRED", "bypassAllowed": "no", "createdAt": 1770163446, "riskLevel": "LOW"}`,
	})
	authURL, apiURL := fake.URLs(server.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: fake.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
	})
	if err != nil {
		panic(err)
	}
	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: "788d4931-6936-43f2-82ff-178f5762298a",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(auth.Status)

	validator, err := conformance.NewValidator() // once: it parses the contract
	if err != nil {
		panic(err)
	}
	report := validator.ValidateResponse("createDeviceAuthentication", conformance.Response{
		Status: http.StatusCreated,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   auth.Raw(),
	})
	fmt.Println(report.Verdict())
	for _, f := range report.Findings {
		fmt.Printf("%s %s: %s\n", f.Pointer, f.Rule, f.Message)
	}
	// Output:
	// OTP_REQUIRED
	// tolerated
	// /bypassAllowed type: must have the type boolean
	// /createdAt type: must have the type string
}
