package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// scenario is a login or a pairing.
type scenario struct {
	title   string
	missing string // the variable that a tenant needs for it, if that is not set
	run     func(context.Context) error
}

// scenarios returns those of the vendor's pages (the first three logins, and the pairing), and what differs from them.
func (d *demo) scenarios() []scenario {
	noPhone, noPush := "", ""
	if d.phone == "" {
		noPhone = "PINGONE_PHONE"
	}
	if d.fake == nil && d.pushDevice == nil {
		noPush = "PINGONE_PUSH_DEVICE_ID"
	}
	return []scenario{{
		title: "Log in. The request names no device",
		run:   d.login(pingmfa.AuthenticationRequest{UserID: d.plainUser}, false),
	}, {
		title: "Log in with a custom notification",
		run: d.login(pingmfa.AuthenticationRequest{
			UserID: d.notificationUser,
			Notification: &pingmfa.Notification{
				Template:  "transaction",
				Locale:    "fr-CA",
				Variables: map[string]string{"account": "1234"},
			},
		}, false),
	}, {
		title:   "Log in with a one-time phone number, which PingOne does not store",
		missing: noPhone,
		run: d.login(pingmfa.AuthenticationRequest{
			UserID: d.oneTimeUser,
			Device: pingmfa.OneTimeSMS{Phone: d.phone},
		}, false),
	}, {
		title: "Log in after a wrong passcode",
		run:   d.login(pingmfa.AuthenticationRequest{UserID: d.plainUser}, true),
	}, {
		title:   "Log in by a push",
		missing: noPush,
		run:     d.login(pingmfa.AuthenticationRequest{UserID: d.pushUser, Device: d.pushDevice}, false),
	}, {
		title:   "Pair an SMS device, which stays with the user",
		missing: noPhone,
		run:     d.pair,
	}}
}

// login returns a function that starts an authentication and takes each step until the last. If wrong is true, the
// first passcode is a wrong one.
func (d *demo) login(request pingmfa.AuthenticationRequest, wrong bool) func(context.Context) error {
	return func(ctx context.Context) error {
		auth, err := d.client.StartAuthentication(ctx, request)
		err = d.report("StartAuthentication", err)
		for err == nil {
			d.printf("   Status: %s. %s\n", auth.Status, description(auth.Next()))
			switch step := auth.Next().(type) {
			case pingmfa.SelectDevice:
				auth, err = d.selectDevice(ctx, auth.ID, step.Devices)
			case pingmfa.EnterOTP:
				auth, err = d.checkOTP(ctx, auth, wrong)
			case pingmfa.ConfirmPush:
				auth, err = d.waitForPush(ctx, auth.ID)
			case pingmfa.AssertFIDO2, pingmfa.Done, pingmfa.Failed, pingmfa.UnknownStep:
				return nil
			}
		}
		return err
	}
}

func (d *demo) selectDevice(
	ctx context.Context, id string, devices []pingmfa.AuthenticationDevice,
) (*pingmfa.Authentication, error) {
	for i, device := range devices {
		d.printf("      %d: %s\n", i+1, contact(device))
	}
	number := len(devices)
	if d.fake != nil {
		d.printf("   The user selects device %d.\n", number)
	} else {
		for number = 0; number < 1 || number > len(devices); {
			line, err := d.ask(fmt.Sprintf("Select a device [1-%d]:", len(devices)))
			if err != nil {
				return nil, err
			}
			number, _ = strconv.Atoi(line) // 0 if it is no number
		}
	}
	auth, err := d.client.SelectDevice(ctx, id, devices[number-1].ID)
	return auth, d.report("SelectDevice", err)
}

func (d *demo) checkOTP(
	ctx context.Context, auth *pingmfa.Authentication, wrong bool,
) (checked *pingmfa.Authentication, err error) {
	err = d.enterPasscode(auth.TestOTP, wrong, func(otp string) error {
		checked, err = d.client.CheckOTP(ctx, auth.ID, otp)
		return d.report("CheckOTP", err)
	})
	return checked, err
}

// enterPasscode lets the user enter passcodes until one is neither malformed nor refused as wrong.
func (d *demo) enterPasscode(testOTP string, wrong bool, check func(otp string) error) error {
	for {
		otp, err := d.passcode(testOTP, wrong)
		if err != nil {
			return err
		}
		var (
			malformed *pingmfa.ArgumentError
			refused   *pingmfa.Error
		)
		switch err = check(otp); {
		case errors.As(err, &malformed) && otp != testOTP:
			d.printf("   %v\n", malformed)
		case errors.As(err, &refused) && refused.Has(pingmfa.CodeInvalidOTP):
			wrong = false
			d.printf("   Refused: the passcode is wrong.")
			if tries, ok := refused.AttemptsRemaining(); ok {
				d.printf(" Tries left: %d.", tries)
			}
			d.printf("\n")
		default:
			return err
		}
	}
}

// passcode returns what the user enters: the passcode in the inbox of the fake, or what the person at the terminal
// says. In test mode, PingOne sends no message, and the response has the passcode.
func (d *demo) passcode(testOTP string, wrong bool) (string, error) {
	switch {
	case testOTP != "" && !wrong:
		d.printf("   The device is in test mode: the response has the passcode.\n")
		return testOTP, nil
	case d.fake == nil && wrong:
		return d.ask("Enter a wrong passcode, which uses up a try:")
	case d.fake == nil:
		return d.ask("Enter the passcode:")
	}
	messages := d.fake.Messages()
	message := messages[len(messages)-1]
	if wrong {
		otp := "000000"
		if message.Passcode == otp {
			otp = "111111"
		}
		d.printf("   The user enters a wrong passcode: %s\n", otp)
		return otp, nil
	}
	content := ""
	if message.Template != "" {
		content = fmt.Sprintf(", template %s, locale %s", message.Template, message.Locale)
	}
	d.printf("   The fake's inbox: %s to %s%s, passcode %s\n",
		message.Channel, masked(message.Recipient), content, message.Passcode)
	return message.Passcode, nil
}

func (d *demo) waitForPush(ctx context.Context, id string) (*pingmfa.Authentication, error) {
	confirmed := make(chan error, 1)
	if d.fake != nil {
		d.printf("   The user confirms the push after a second.\n")
		time.AfterFunc(time.Second, func() { confirmed <- d.fake.ConfirmPush(id) })
	} else {
		d.printf("   Confirm the push on the phone.\n")
		confirmed <- nil
	}
	auth, err := d.client.WaitForPush(ctx, id)
	if err = d.report("WaitForPush", err); err != nil {
		return nil, err
	}
	return auth, <-confirmed
}

// pair creates an SMS device and activates it with the passcode that it gets.
func (d *demo) pair(ctx context.Context) error {
	device, err := d.client.CreateDevice(ctx, d.pairingUser, pingmfa.SMS{
		Phone: d.phone, PolicyID: d.policyID, Status: pingmfa.DeviceActivationRequired,
	})
	if err = d.report("CreateDevice", err); err != nil {
		return err
	}
	d.printf("   Device: %s %s. Status: %s\n", device.Type, masked(device.Phone), device.Status)
	var activated *pingmfa.Device
	err = d.enterPasscode(device.TestOTP, false, func(otp string) error {
		activated, err = d.client.ActivateDevice(ctx, d.pairingUser, device.ID, pingmfa.ActivationOTP(otp))
		return d.report("ActivateDevice", err)
	})
	if err != nil {
		return err
	}
	d.printf("   Device: %s %s. Status: %s\n", activated.Type, masked(activated.Phone), activated.Status)
	return nil
}
