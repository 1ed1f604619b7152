package pingmfa_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// fakeTenant is a fake PingOne for the examples, and a client for it.
func fakeTenant(configure ...func(*pingmfa.Config)) (*pingmfatest.Fake, *pingmfa.Client, func()) {
	fake := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(fake)
	authURL, apiURL := fake.URLs(server.URL)
	config := pingmfa.Config{
		EnvironmentID: fake.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.ClientSecret{ID: fake.ClientID, Secret: fake.ClientSecret},
	}
	for _, c := range configure {
		c(&config)
	}
	client, err := pingmfa.New(config)
	if err != nil {
		log.Fatal(err)
	}
	return fake, client, server.Close
}

func ExampleClient_StartAuthentication() {
	fake, client, stop := fakeTenant()
	defer stop()
	userID := fake.UserWithSeveralDevices().UserID

	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: userID,
		Notification: &pingmfa.Notification{
			Template:  "transaction",
			Locale:    "fr-CA",
			Variables: map[string]string{"account": "1234"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	switch next := auth.Next().(type) {
	case pingmfa.EnterOTP:
		fmt.Println("ask for the passcode that was sent to", next.Device.Phone, next.Device.Email)
	case pingmfa.SelectDevice:
		for _, d := range next.Devices {
			fmt.Println(d.Type, d.Phone)
		}
	case pingmfa.ConfirmPush:
		fmt.Println("wait for the push to", next.Device.Nickname)
	case pingmfa.AssertFIDO2:
		fmt.Println("navigator.credentials.get with", next.Options)
	case pingmfa.Done:
		fmt.Println("authenticated")
	case pingmfa.Failed:
		fmt.Println("failed:", next.Code)
	case pingmfa.UnknownStep:
		fmt.Println("unknown status:", next.Status)
	}
	// Output:
	// SMS *******50
	// VOICE *******11
}

// A contact that PingOne does not store gets the passcode.
func ExampleClient_StartAuthentication_oneTime() {
	fake, client, stop := fakeTenant()
	defer stop()
	userID := fake.OneTimeSMS().UserID

	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: userID,
		Device: pingmfa.OneTimeSMS{Phone: "+14135550150"},
	}, pingmfa.WithTransactionID("order-4711"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status, auth.SelectedDevice.Phone)
	fmt.Println(len(fake.Messages()), "message")
	// Output:
	// OTP_REQUIRED *******50
	// 1 message
}

func ExampleClient_CreateDevice() {
	fake, client, stop := fakeTenant()
	defer stop()
	userID := fake.AddUser(pingmfatest.User{})

	device, err := client.CreateDevice(context.Background(), userID, pingmfa.SMS{
		Phone:  "+1.5125201234",
		Status: pingmfa.DeviceActivationRequired,
		Notification: &pingmfa.PairingNotification{
			Locale: "fr-CA",
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(device.Type, device.Status)
	fmt.Println(fake.Messages()[0].Locale)
	// Output:
	// SMS ACTIVATION_REQUIRED
	// fr-CA
}

// The outcome decides on what a service does after a failure.
func ExampleOutcomeOf() {
	fake, client, stop := fakeTenant()
	defer stop()
	userID := fake.UserWithEmailDevice().UserID
	fake.Script(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.Response{Status: 502, Body: "<html>", Acted: true})

	_, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{UserID: userID})
	switch pingmfa.OutcomeOf(err) {
	case pingmfa.OutcomeNotSent:
		fmt.Println("nothing was sent: remove the cause and try again")
	case pingmfa.OutcomeRefused:
		fmt.Println("nothing was sent: PingOne refused")
	case pingmfa.OutcomeUnknown:
		fmt.Println("a message may have been sent: ask the user before you send another")
	case pingmfa.OutcomeAccepted:
		fmt.Println("a message may have been sent: start over with the user")
	}
	fmt.Println(len(fake.Messages()), "message")
	// Output:
	// a message may have been sent: ask the user before you send another
	// 1 message
}

// PingOne's codes are the reason of a refusal.
func ExampleError() {
	fake, client, stop := fakeTenant()
	defer stop()
	userID := fake.AddUser(pingmfatest.User{})

	var err error
	for range 6 {
		_, err = client.CreateDevice(context.Background(), userID, pingmfa.Email{Email: "person@example.com"})
	}
	var refused *pingmfa.Error
	if errors.As(err, &refused) && refused.Has(pingmfa.CodeLimitExceeded) {
		fmt.Println(refused.StatusCode, refused.Code, string(refused.Details[0].InnerError))
	}
	// Output:
	// 400 REQUEST_FAILED {"maximumAllowed":5}
}

// An invalid argument is an error before anything is sent.
func ExampleArgumentError() {
	_, client, stop := fakeTenant()
	defer stop()

	_, err := client.CreateDevice(context.Background(), "8ce55f02-2077-4493-9a6d-0385df1f0772", pingmfa.TOTP{
		Nickname: strings.Repeat("x", 101),
	})
	fmt.Println(err)
	// Output:
	// pingmfa: device.Nickname must have at most 100 characters
}

// A token function replaces the client secret.
func ExampleTokenFunc() {
	fake, client, stop := fakeTenant(func(c *pingmfa.Config) {
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "no-longer-good", nil })
	})
	defer stop()

	_, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithEmailDevice().UserID,
	})
	var refused *pingmfa.Error
	fmt.Println(errors.As(err, &refused) && refused.Has(pingmfa.CodeInvalidToken))
	// Output:
	// true
}

// Any http.RoundTripper in Config.HTTPClient can trace the requests. In the folder example/otel, OpenTelemetry does.
func ExampleConfig_tracing() {
	trace := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		operation, number, ok := pingmfa.AttemptOf(req.Context())
		if !ok {
			operation = "token"
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil {
			fmt.Println(operation, number, resp.Status)
		}
		return resp, err
	})
	fake, client, stop := fakeTenant(func(c *pingmfa.Config) { c.HTTPClient = &http.Client{Transport: trace} })
	defer stop()

	_, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithEmailDevice().UserID,
	})
	fmt.Println(err)
	// Output:
	// token 0 200 OK
	// StartAuthentication 1 201 Created
	// <nil>
}

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
