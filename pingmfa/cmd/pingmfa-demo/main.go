// Pingmfa-demo logs users in and pairs a device with PingOne MFA. It prints each call with its requests, and the status
// and the next step that follow from it.
//
// It uses a fake PingOne in its own process. If PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET,
// PINGONE_REGION (com, ca, eu, com.au, sg or asia) and PINGONE_USER_ID are set, it uses that tenant instead: it asks
// before each scenario, and it asks for the passcodes. PINGONE_PHONE is the phone number of the scenarios that need
// one, and PINGONE_PUSH_DEVICE_ID is the id of the user's MOBILE device, for a push.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: pingmfa-demo\n\nIt uses a fake PingOne, or your tenant if PINGONE_ENVIRONMENT_ID, "+
			"_CLIENT_ID, _CLIENT_SECRET, _REGION and _USER_ID are set.")
	}
	if flag.Parse(); flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), os.Getenv, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pingmfa-demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string, in io.Reader, out io.Writer) error {
	target, err := newTarget(env)
	if err != nil {
		return err
	}
	defer target.close()
	d, err := newDemo(target, in, out)
	if err != nil {
		return err
	}
	return d.run(ctx)
}

type demo struct {
	target
	client *pingmfa.Client
	tracer *tracer
	short  *strings.Replacer // shortens URLs
	in     *bufio.Reader
	out    io.Writer
}

func newDemo(target target, in io.Reader, out io.Writer) (*demo, error) {
	d := &demo{target: target, in: bufio.NewReader(in), out: out}
	d.short = strings.NewReplacer(
		target.authURL, "{authURL}", target.apiURL, "{apiURL}", target.config.EnvironmentID, "{environmentID}")
	d.config.HTTPClient, d.tracer = newTracedClient(target.config.HTTPClient)
	var err error
	d.client, err = pingmfa.New(d.config)
	return d, err
}

// run runs the scenarios that the target has the data for.
func (d *demo) run(ctx context.Context) error {
	d.printf("%s\n\n", d.title)
	d.printf("   environmentID  %s\n   authURL        %s\n   apiURL         %s\n",
		d.config.EnvironmentID, d.authURL, d.apiURL)
	for i, s := range d.scenarios() {
		d.printf("\n%d. %s\n", i+1, s.title)
		if s.missing != "" {
			d.printf("   Skipped: %s is not set.\n", s.missing)
			continue
		}
		if confirmed, err := d.confirm(); err != nil {
			return err
		} else if !confirmed {
			d.printf("   Skipped.\n")
			continue
		}
		if err := s.run(ctx); err != nil {
			return err
		}
	}
	d.printf("\n%s\n", d.summary())
	return nil
}

// confirm asks whether to send requests to a tenant.
func (d *demo) confirm() (confirmed bool, err error) {
	if d.fake != nil {
		return true, nil
	}
	line, err := d.ask("This sends requests to your tenant, which may send messages to the user. Continue? [y/N]")
	if err != nil {
		return false, fmt.Errorf("no confirmation, so no request was sent: %w", err)
	}
	return strings.EqualFold(line, "y"), nil
}

// ask returns the line that the person at the terminal enters.
func (d *demo) ask(prompt string) (string, error) {
	d.printf("   %s ", prompt)
	line, err := d.in.ReadString('\n')
	if err != nil && line == "" {
		d.printf("\n")
		return "", err
	}
	return strings.TrimSpace(line), nil
}

// ids matches the ids in URLs.
var ids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// report prints a call and its requests. To the error of the call, it adds whether PingOne may have acted.
func (d *demo) report(call string, err error) error {
	d.printf("   %s\n", call)
	for _, line := range d.tracer.take() {
		d.printf("      %s\n", ids.ReplaceAllLiteralString(d.short.Replace(line), "{id}"))
	}
	if err != nil {
		return fmt.Errorf("%w\n   outcome: %s", err, pingmfa.OutcomeOf(err))
	}
	return nil
}

func (d *demo) printf(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

// description says what a step means for the user.
func description(step pingmfa.Step) string {
	switch next := step.(type) {
	case pingmfa.EnterOTP:
		if next.Device.Type == pingmfa.TypeTOTP || next.Device.Type == pingmfa.TypeOATHToken {
			return "The user's " + string(next.Device.Type) + " device shows a passcode."
		}
		return "A passcode was sent to " + contact(next.Device) + "."
	case pingmfa.SelectDevice:
		return "No message was sent. The user selects a device:"
	case pingmfa.ConfirmPush:
		return "A push was sent."
	case pingmfa.AssertFIDO2:
		return "The browser makes a WebAuthn assertion, which this demo cannot do."
	case pingmfa.Done:
		return "The user is logged in."
	case pingmfa.Failed:
		return "The login has failed: " + next.Code + "."
	case pingmfa.UnknownStep:
		return "This version does not know the status."
	}
	return fmt.Sprintf("a step of type %T", step)
}

// contact returns the type of a device and its phone number or email address.
func contact(device pingmfa.AuthenticationDevice) string {
	return strings.TrimSpace(string(device.Type) + " " + masked(device.Phone) + masked(device.Email))
}

// masked returns a phone number or an email address in the form that it has in authentications: PingOne masks it there,
// but not in devices.
func masked(contact string) string {
	mailbox, domain, isEmail := strings.Cut(contact, "@")
	switch {
	case isEmail:
		_, first := utf8.DecodeRuneInString(mailbox)
		return mailbox[:first] + "****@" + domain
	case len(contact) < 2:
		return ""
	}
	return strings.Repeat("*", 7) + contact[len(contact)-2:]
}
