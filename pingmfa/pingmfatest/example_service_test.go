package pingmfatest_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// newClient returns a fake and a client for it. In a test, NewServer starts the server, and stops it at the end.
func newClient() (*pingmfatest.Fake, *pingmfa.Client, func()) {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	authURL, apiURL := fake.URLs(server.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: fake.EnvironmentID, AuthURL: authURL, APIURL: apiURL,
		Credentials: pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
	})
	if err != nil {
		log.Fatal(err)
	}
	return fake, client, server.Close
}

// The gateway's page hides that the message was sent.
func ExampleFake_Inject() {
	fake, client, stop := newClient()
	defer stop()
	user := pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID}
	fake.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultGatewayPage.AfterActing())

	_, err := client.StartAuthentication(context.Background(), user)
	fmt.Println(pingmfa.OutcomeOf(err))
	fmt.Println(len(fake.Messages()), "message")
	// Output:
	// unknown
	// 1 message
}

// A scripted response is sent instead of that of the fake.
func ExampleFake_Script() {
	fake, client, stop := newClient()
	defer stop()
	user := pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID}
	fake.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{
		Status: 201,
		Body:   `{"id": "0c1f6b8e-6e5d-4c52-9d3b-7a1e0f5b2c4d", "status": "RETINA_SCAN_REQUIRED"}`,
	})

	auth, err := client.StartAuthentication(context.Background(), user)
	fmt.Printf("%T %v\n", auth.Next(), err)
	// Output:
	// pingmfa.UnknownStep <nil>
}

// After half an hour, a passcode is no longer valid.
func ExampleFake_Advance() {
	fake, client, stop := newClient()
	defer stop()
	user := pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID}
	auth, err := client.StartAuthentication(context.Background(), user)
	if err != nil {
		log.Fatal(err)
	}
	fake.Advance(31 * time.Minute)

	_, err = client.CheckOTP(context.Background(), auth.ID, fake.Messages()[0].Passcode)
	fmt.Println(pingmfa.OutcomeOf(err))
	// Output:
	// refused
}

// The user denies a push.
func ExampleFake_DenyPush() {
	fake, client, stop := newClient()
	defer stop()
	user := fake.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "MOBILE"}}})
	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{UserID: user})
	if err != nil {
		log.Fatal(err)
	}
	if err := fake.DenyPush(auth.ID); err != nil {
		log.Fatal(err)
	}

	auth, err = client.WaitForPush(context.Background(), auth.ID)
	fmt.Println(auth.Status, err)
	// Output:
	// FAILED <nil>
}
