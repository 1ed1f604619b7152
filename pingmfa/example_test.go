package pingmfa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
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

func ExampleNew() {
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
		Region:        pingmfa.Europe,
		Credentials:   pingmfa.ClientSecret{ID: "the client id", Secret: "the client secret"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client)
	// Output:
	// pingmfa.Client{"EnvironmentID":"abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"}
}

func ExampleClient_StartAuthentication() {
	fake, client, stop := fakeTenant()
	defer stop()

	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithEmailDevice().UserID,
		Notification: &pingmfa.Notification{
			Template:  "transaction",
			Locale:    "fr-CA",
			Variables: map[string]string{"account": "1234"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)
	fmt.Println(fake.Messages()[0].Template, fake.Messages()[0].Locale)
	// Output:
	// OTP_REQUIRED
	// transaction fr-CA
}

// The type of the step says what the service does next.
func ExampleAuthentication_Next() {
	fake, client, stop := fakeTenant()
	defer stop()
	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithSeveralDevices().UserID,
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
	userID := fake.UserWithoutDevices().UserID

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

// The user selects a device, which then gets the passcode.
func ExampleClient_SelectDevice() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{
		UserID: fake.UserWithSeveralDevices().UserID,
	})
	if err != nil {
		log.Fatal(err)
	}
	selected := auth.Devices[1]

	auth, err = client.SelectDevice(ctx, auth.ID, selected.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status, selected.Type)
	fmt.Println(len(fake.Messages()), "message")
	// Output:
	// OTP_REQUIRED VOICE
	// 1 message
}

// A wrong passcode is refused, and uses up a try. The right one completes the authentication.
func ExampleClient_CheckOTP() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID})
	if err != nil {
		log.Fatal(err)
	}

	for _, otp := range []string{"0000000000", fake.Messages()[0].Passcode} { // what the user enters
		checked, err := client.CheckOTP(ctx, auth.ID, otp)
		var refused *pingmfa.Error
		switch {
		case errors.As(err, &refused) && refused.Has(pingmfa.CodeInvalidOTP):
			tries, ok := refused.AttemptsRemaining()
			fmt.Println("wrong passcode, tries left:", tries, ok)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(checked.Status)
		}
	}
	// Output:
	// wrong passcode, tries left: 2 true
	// COMPLETED
}

// The user confirms a push while the service waits.
func ExampleClient_WaitForPush() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	userID := fake.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "MOBILE"}}})
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)
	go func(id string) { // the user's phone
		if err := fake.ConfirmPush(id); err != nil {
			log.Fatal(err)
		}
	}(auth.ID)

	auth, err = client.WaitForPush(ctx, auth.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)
	// Output:
	// PUSH_CONFIRMATION_REQUIRED
	// COMPLETED
}

// The browser makes a credential from the options of the step.
func ExampleClient_CheckAssertion() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	userID := fake.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{{"type": "FIDO2"}}})
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
	if err != nil {
		log.Fatal(err)
	}
	step, ok := auth.Next().(pingmfa.AssertFIDO2)
	if !ok {
		log.Fatal(auth.Status)
	}
	// The service sends step.Options to the page, whose script passes them to navigator.credentials.get, and returns the
	// credential.
	fmt.Println(json.Valid([]byte(step.Options)))
	credential := json.RawMessage(`{"id":"AQIDBA","rawId":"AQIDBA","type":"public-key","response":{
		"clientDataJSON":"e30","authenticatorData":"AQID","signature":"AQID"}}`)

	auth, err = client.CheckAssertion(ctx, auth.ID, pingmfa.Assertion{
		Origin:     "https://login.example.com",
		Credential: credential,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)
	// Output:
	// true
	// COMPLETED
}

// Reading the authentication says what PingOne did with a request whose response was lost.
func ExampleClient_Authentication() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: fake.UserWithEmailDevice().UserID})
	if err != nil {
		log.Fatal(err)
	}
	fake.Script(pingmfatest.OpContinueDeviceAuthentication, pingmfatest.Response{Status: 502, Acted: true})

	checked, err := client.CheckOTP(ctx, auth.ID, fake.Messages()[0].Passcode)
	if pingmfa.OutcomeOf(err) == pingmfa.OutcomeUnknown {
		fmt.Println("unknown outcome")
		checked, err = client.Authentication(ctx, auth.ID)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(checked.Status)
	// Output:
	// unknown outcome
	// COMPLETED
}

// A new phone number is active after the user has entered the passcode that was sent to it.
func ExampleClient_ActivateDevice() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	userID := fake.AddUser(pingmfatest.User{})
	device, err := client.CreateDevice(ctx, userID, pingmfa.SMS{
		Phone:  "+12015550123",
		Status: pingmfa.DeviceActivationRequired,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(device.Status)
	if err := client.ResendActivation(ctx, userID, device.ID); err != nil { // the user says that no message has come
		log.Fatal(err)
	}
	messages := fake.Messages()
	otp := messages[len(messages)-1].Passcode // what the user enters

	device, err = client.ActivateDevice(ctx, userID, device.ID, pingmfa.ActivationOTP(otp))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(device.Status)
	fmt.Println(len(messages), "messages")
	// Output:
	// ACTIVATION_REQUIRED
	// ACTIVE
	// 2 messages
}

// The user does not have the phone at hand that got the push, and selects another device.
func ExampleClient_ChangeDevice() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	userID := fake.AddUser(pingmfatest.User{})
	phone := fake.AddDevice(userID, pingmfatest.Device{"type": "MOBILE"})
	email := fake.AddDevice(userID, pingmfatest.Device{"type": "EMAIL", "email": "person@example.com"})
	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{
		UserID: userID, Device: pingmfa.PairedDevice(phone),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)

	if auth, err = client.ChangeDevice(ctx, auth.ID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status)
	if auth, err = client.SelectDevice(ctx, auth.ID, email); err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status, auth.SelectedDevice.ID == email)
	// Output:
	// PUSH_CONFIRMATION_REQUIRED
	// DEVICE_SELECTION_REQUIRED
	// OTP_REQUIRED true
}

// The user says that no message has come. Each call sends another one.
func ExampleClient_ResendActivation() {
	fake, client, stop := fakeTenant()
	defer stop()
	ctx := context.Background()
	userID := fake.AddUser(pingmfatest.User{})
	device, err := client.CreateDevice(ctx, userID, pingmfa.Email{
		Email: "person@example.com", Status: pingmfa.DeviceActivationRequired,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fake.Messages()))
	if err := client.ResendActivation(ctx, userID, device.ID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fake.Messages()))
	// Output:
	// 1
	// 2
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

// A token function replaces the client secret, for a service that gets its tokens elsewhere.
func ExampleTokenFunc() {
	var fake *pingmfatest.Fake
	fake, client, stop := fakeTenant(func(c *pingmfa.Config) {
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return fake.Token(), nil })
	})
	defer stop()

	auth, err := client.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{
		UserID: fake.UserWithEmailDevice().UserID,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(auth.Status, len(fake.Requests(pingmfatest.OpToken)), "requests for tokens")
	// Output:
	// OTP_REQUIRED 0 requests for tokens
}
