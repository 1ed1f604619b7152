package pingmfa_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// traced prints the requests of a client.
type traced struct{}

func (traced) RoundTrip(req *http.Request) (*http.Response, error) {
	operation, number, ok := pingmfa.AttemptOf(req.Context())
	if !ok {
		operation = "token"
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil {
		fmt.Println(operation, number, resp.Status)
	}
	return resp, err
}

// Any http.RoundTripper in Config.HTTPClient can trace the requests. In the folder example/otel, OpenTelemetry does.
func ExampleAttemptOf() {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	defer server.Close()
	authURL, apiURL := fake.URLs(server.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: fake.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
		HTTPClient:    &http.Client{Transport: traced{}},
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithEmailDevice().UserID,
	})
	fmt.Println(err)
	// Output:
	// token 0 200 OK
	// StartAuthentication 1 201 Created
	// <nil>
}
