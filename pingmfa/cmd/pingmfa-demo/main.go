// Pingmfa-demo gets a token, creates an SMS device, starts three kinds of device authentication, and prints the
// requests, the results and the next step of each.
//
// It uses a fake PingOne in its own process. If PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET,
// PINGONE_REGION (com, ca, eu, com.au, sg or asia) and PINGONE_USER_ID are set, it uses that tenant instead, and asks
// before each step. The steps that need a phone number use PINGONE_PHONE.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Getenv, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pingmfa-demo:", err)
		stop()
		os.Exit(1)
	}
}

type demo struct {
	target
	client *pingmfa.Client
	tracer *tracer
	short  *strings.Replacer // shortens URLs
	in     *bufio.Reader
	out    io.Writer
}

func run(ctx context.Context, env func(string) string, in io.Reader, out io.Writer) error {
	target, err := newTarget(env)
	if err != nil {
		return err
	}
	defer target.close()
	d := demo{target: target, in: bufio.NewReader(in), out: out}
	environmentID := target.config.EnvironmentID
	d.short = strings.NewReplacer(
		target.authURL, "{authURL}", target.apiURL, "{apiURL}", environmentID, "{environmentID}")
	target.config.HTTPClient, d.tracer = newTracedClient(target.config.HTTPClient)
	if d.client, err = pingmfa.New(target.config); err != nil {
		return err
	}
	d.printf("%s\n\n", target.title)
	d.printf("   environmentID  %s\n   authURL        %s\n   apiURL         %s\n",
		environmentID, target.authURL, target.apiURL)
	return d.steps(ctx)
}

func (d *demo) steps(ctx context.Context) error {
	if err := d.createDevice(ctx); err != nil {
		return err
	}
	authentications := []struct {
		title   string
		request pingmfa.AuthenticationRequest
		phone   bool
	}{
		{
			title:   "Start an authentication. PingOne selects the device",
			request: pingmfa.AuthenticationRequest{UserID: d.plainUser},
		},
		{
			title: "Start an authentication with a custom notification",
			request: pingmfa.AuthenticationRequest{
				UserID: d.notificationUser,
				Notification: &pingmfa.Notification{
					Template:  "transaction",
					Locale:    "fr-CA",
					Variables: map[string]string{"account": "1234"},
				},
			},
		},
		{
			title: "Start an authentication with a one-time phone number, which PingOne does not store",
			request: pingmfa.AuthenticationRequest{
				UserID: d.oneTimeUser,
				Device: pingmfa.OneTimeSMS{Phone: d.oneTimePhone},
			},
			phone: true,
		},
	}
	for i, a := range authentications {
		confirmed, err := d.begin(i+2, a.title, a.phone)
		if err != nil {
			return err
		}
		if !confirmed {
			continue
		}
		auth, err := d.client.StartAuthentication(ctx, a.request)
		d.printRequests()
		if err != nil {
			return withOutcome(err)
		}
		d.printf("   Status: %s\n   Next:   %s\n", auth.Status, d.short.Replace(advice(auth.Next())))
	}
	d.printf("\n%s\n", d.summary())
	return nil
}

func (d *demo) createDevice(ctx context.Context) error {
	confirmed, err := d.begin(1, "Create an SMS device", true)
	if err != nil || !confirmed {
		return err
	}
	device, err := d.client.CreateDevice(ctx, d.deviceUser, pingmfa.SMS{Phone: d.devicePhone, PolicyID: d.policyID})
	d.printRequests()
	if err != nil {
		return withOutcome(err)
	}
	d.printf("   Device: %s %s, id %s\n   Status: %s\n", device.Type, masked(device.Phone), device.ID, device.Status)
	return nil
}

// begin prints the title of a step. For a tenant, it asks for confirmation.
func (d *demo) begin(number int, title string, needsPhone bool) (confirmed bool, err error) {
	d.printf("\n%d. %s\n", number, title)
	if !d.real {
		return true, nil
	}
	if needsPhone && d.devicePhone == "" {
		d.printf("   Skipped: PINGONE_PHONE is not set.\n")
		return false, nil
	}
	d.printf("   This sends a request to your tenant, which may send a message to the user. Continue? [y/N] ")
	line, err := d.in.ReadString('\n')
	if err != nil && line == "" {
		d.printf("\n")
		return false, fmt.Errorf("no confirmation, so no request was sent: %w", err)
	}
	confirmed = strings.EqualFold(strings.TrimSpace(line), "y")
	if !confirmed {
		d.printf("   Skipped.\n")
	}
	return confirmed, nil
}

func (d *demo) printRequests() {
	for _, line := range d.tracer.take() {
		d.printf("   %s\n", d.short.Replace(line))
	}
}

func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// withOutcome adds to an error whether PingOne may have acted.
func withOutcome(err error) error {
	return fmt.Errorf("%w\n   outcome: %s", err, pingmfa.OutcomeOf(err))
}

// advice returns the next action of a service.
func advice(step pingmfa.Step) string {
	const post = "\n           POST %s\n           to %s\n           Content-Type: %s"
	switch next := step.(type) {
	case pingmfa.EnterOTP:
		return "A passcode was sent. Ask the user for it, then" +
			fmt.Sprintf(post, `{"otp": "..."}`, next.URL, next.ContentType)
	case pingmfa.SelectDevice:
		devices := make([]string, 0, len(next.Devices))
		for _, d := range next.Devices {
			devices = append(devices, fmt.Sprintf("%s %s%s", d.Type, d.Phone, d.Email))
		}
		return "No message was sent. Let the user select " + strings.Join(devices, " or ") + ", then" +
			fmt.Sprintf(post, `{"device": {"id": "..."}}`, next.URL, next.ContentType)
	case pingmfa.ConfirmPush:
		return "A push was sent. Read the status until it changes:\n           GET " + next.URL
	case pingmfa.AssertFIDO2:
		return "Get a WebAuthn assertion from the browser, then" +
			fmt.Sprintf(post, `{"origin": "...", "assertion": "..."}`, next.URL, next.ContentType)
	case pingmfa.Done:
		return "The authentication is complete."
	case pingmfa.Failed:
		return "The authentication has failed: " + next.Code
	case pingmfa.UnknownStep:
		return "This version does not know the status. Read the authentication:\n           GET " + next.URL
	}
	return fmt.Sprintf("a step of type %T", step)
}

// masked returns a phone number with all but the last two digits masked.
func masked(phone string) string {
	if len(phone) < 2 {
		return ""
	}
	return strings.Repeat("*", 7) + phone[len(phone)-2:]
}
