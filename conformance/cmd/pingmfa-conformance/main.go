// Pingmfa-conformance tests implementations of the contract of PingOne MFA in any language. It validates payloads,
// lists and exports the test vectors, serves a fake PingOne with an inbox, and runs the vectors against a client. With
// a real environment of PingOne, it tests the contract itself.
package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a payload, a request or a response is invalid, or a vector failed
	exitError  = 2 // the program could not do its work
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := program{in: os.Stdin, out: os.Stdout, errors: os.Stderr}.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program contains the standard streams.
type program struct {
	in          io.Reader
	out, errors io.Writer
}

// command is a command of the program.
type command struct {
	name, arguments, summary string
	// description is the text that -h prints before the flags.
	description string
	// runsProgram reports whether the arguments are a command line, with flags of its own.
	runsProgram bool
	// run returns the exit code. An error means exitError.
	run func(ctx context.Context, p program, c command, args []string) (code int, err error)
}

func commands() []command {
	return []command{validateCommand, listCommand, exportCommand, verifyCommand, serveCommand, runCommand, tenantCommand}
}

// run runs the command that the arguments name and returns the exit code.
func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.help(p.errors)
		return exitError
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		p.help(p.out)
		return exitOK
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		code, err := c.run(ctx, p, c, args[1:])
		switch {
		case errors.Is(err, flag.ErrHelp):
			return exitOK
		case err != nil:
			p.printError("%s: %s\n", c.name, err)
			return exitError
		}
		return code
	}
	p.printError("there is no command %q: see pingmfa-conformance -h\n", args[0])
	return exitError
}

func (p program) help(w io.Writer) {
	var b strings.Builder
	b.WriteString("pingmfa-conformance tests implementations of the contract of PingOne MFA (openapi.yaml).\n\n" +
		"Usage: pingmfa-conformance COMMAND [FLAGS] [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\npingmfa-conformance COMMAND -h describes a command.\n\n" +
		"Exit codes: 0 success; 1 a payload, a request, a response or a vector failed; 2 wrong usage or another error.\n")
	_, _ = io.WriteString(w, b.String())
}

// parse parses the flags that define defines, and returns the remaining arguments, as many as c has. Flags may follow
// an argument, unless the arguments are those of another program. It returns [flag.ErrHelp] after it has printed the
// help that the arguments ask for.
func (c command) parse(p program, args []string, define func(flags *flag.FlagSet)) ([]string, error) {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run prints the error
	define(flags)
	var rest []string
	err := flags.Parse(args)
	for err == nil && flags.NArg() > 0 && !c.runsProgram {
		left := flags.Args()
		if parsed := len(args) - len(left); parsed > 0 && args[parsed-1] == "--" { // only arguments follow
			break
		}
		rest, args = append(rest, left[0]), left[1:]
		err = flags.Parse(args)
	}
	if errors.Is(err, flag.ErrHelp) {
		p.print("Usage: pingmfa-conformance %s [FLAGS] %s\n\n%s\n\nFlags:\n  -h\tprint this help\n",
			c.name, c.arguments, c.description)
		flags.SetOutput(p.out)
		flags.PrintDefaults()
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: see pingmfa-conformance %s -h", err, c.name)
	}
	rest = append(rest, flags.Args()...)
	switch {
	case c.arguments == "" && len(rest) > 0:
		return nil, fmt.Errorf("unexpected argument %q", rest[0])
	case c.arguments == "DIR" && len(rest) != 1:
		return nil, errors.New("one argument DIR is required")
	}
	return rest, nil
}

// oneOf defines a flag with a fixed set of values. They replace %s in the usage.
func oneOf(flags *flag.FlagSet, name, byDefault, usage string, values ...string) *string {
	value := byDefault
	flags.Func(name, fmt.Sprintf(usage, "`"+strings.Join(values, "|")+"`"), func(s string) error {
		if !slices.Contains(values, s) {
			return errors.New("must be " + strings.Join(values, " or "))
		}
		value = s
		return nil
	})
	return &value
}

// outputFlag defines the flag for the output format.
func outputFlag(flags *flag.FlagSet, others ...string) *string {
	return oneOf(flags, "o", "text", "the output format: %s (default text)", append([]string{"text"}, others...)...)
}

// print writes to standard output. It ignores the error: the reader has closed the stream.
func (p program) print(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

func (p program) printError(format string, args ...any) {
	_, _ = fmt.Fprintf(p.errors, "pingmfa-conformance: "+format, args...)
}

// printJSON writes a value as indented JSON.
func (p program) printJSON(value any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// junitCase is a test case in the XML format of JUnit, which CI systems read. A failed or skipped one has a text.
type junitCase struct {
	Name    string `xml:"name,attr"`
	Class   string `xml:"classname,attr,omitempty"`
	Failure string `xml:"failure,omitempty"`
	Skipped string `xml:"skipped,omitempty"`
}

func (p program) printJUnit(name string, cases []junitCase) error {
	suite := struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}{Name: name, Tests: len(cases), Cases: cases}
	for _, c := range cases {
		if c.Failure != "" {
			suite.Failures++
		}
		if c.Skipped != "" {
			suite.Skipped++
		}
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	p.print("%s%s\n", xml.Header, text)
	return err
}
