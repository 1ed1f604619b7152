package pingmfa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

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
