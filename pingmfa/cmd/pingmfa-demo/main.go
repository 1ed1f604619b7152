// Pingmfa-demo shows the package's main job: it gets a token, creates an SMS device, starts the three kinds of device
// authentication and says what comes next in each.
//
// It runs against a fake PingOne inside this process. With PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID,
// PINGONE_CLIENT_SECRET, PINGONE_REGION (com, ca, eu, com.au, sg or asia) and PINGONE_USER_ID set it talks to that
// tenant instead, and asks before each request; PINGONE_PHONE is then the phone of the steps that need one.
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

// demo is one run: where it sends to, and whether a person has to agree first.
type demo struct {
	stage
	client *pingmfa.Client
	wire   *wire
	in     *bufio.Reader
	out    io.Writer
}

func run(ctx context.Context, env func(string) string, in io.Reader, out io.Writer) error {
	stage, err := newStage(env)
	if err != nil {
		return err
	}
	defer stage.close()
	d := demo{stage: stage, wire: newWire(stage.config.HTTPClient), in: bufio.NewReader(in), out: out}
	stage.config.HTTPClient = d.wire.client()
	if d.client, err = pingmfa.New(stage.config); err != nil {
		return err
	}
	d.printf("%s\n", stage.title)
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
			title:   "Start an authentication: PingOne decides which device is used",
			request: pingmfa.AuthenticationRequest{UserID: d.plainUser},
		},
		{
			title: "Start one with a notification of your own",
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
			title: "Start a one-time authentication: PingOne does not store the phone",
			request: pingmfa.AuthenticationRequest{
				UserID: d.oneTimeUser,
				Device: pingmfa.OneTimeSMS{Phone: d.oneTimePhone},
			},
			phone: true,
		},
	}
	for i, a := range authentications {
		agreed, err := d.announce(i+2, a.title, a.phone)
		if err != nil {
			return err
		}
		if !agreed {
			continue
		}
		auth, err := d.client.StartAuthentication(ctx, a.request)
		d.wire.print(d.out)
		if err != nil {
			return failure(err)
		}
		d.printf("   %s: %s\n", auth.Status, advice(auth.Next()))
	}
	d.printf("\n%s\n", d.closing())
	return nil
}

func (d *demo) createDevice(ctx context.Context) error {
	agreed, err := d.announce(1, "Create an SMS device", true)
	if err != nil || !agreed {
		return err
	}
	device, err := d.client.CreateDevice(ctx, d.deviceUser, pingmfa.SMS{Phone: d.devicePhone, PolicyID: d.policyID})
	d.wire.print(d.out)
	if err != nil {
		return failure(err)
	}
	d.printf("   %s: device %s, %s, phone %s\n", device.Status, device.ID, device.Type, masked(device.Phone))
	return nil
}

// announce prints a step's title and, at a real tenant, asks whether to go on with it.
func (d *demo) announce(number int, title string, needsPhone bool) (agreed bool, err error) {
	d.printf("\n%d. %s\n", number, title)
	if !d.real {
		return true, nil
	}
	if needsPhone && d.devicePhone == "" {
		d.printf("   left out: PINGONE_PHONE is not set\n")
		return false, nil
	}
	d.printf("   This sends a request to your tenant, and may send a message to a person. Go on? [y/N] ")
	line, err := d.in.ReadString('\n')
	if err != nil && line == "" {
		d.printf("\n")
		return false, fmt.Errorf("nobody answered, so nothing was sent: %w", err)
	}
	agreed = strings.EqualFold(strings.TrimSpace(line), "y")
	if !agreed {
		d.printf("   left out\n")
	}
	return agreed, nil
}

func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// failure adds what a person has to know after an error: whether a message may have gone out.
func failure(err error) error {
	return fmt.Errorf("%w\n   outcome: %s", err, pingmfa.OutcomeOf(err))
}
