// Pingmfa-conformance proves that a client, a server or a payload of the two PingOne MFA operations speaks as the
// contract says, in any language: it judges payloads, gives out the test vectors, serves a fake PingOne, and puts
// a client through every vector.
package main

import (
	"context"
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
	exitFailed = 1 // something was found, or failed
	exitBadUse = 2 // nothing could be judged
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := program{in: os.Stdin, out: os.Stdout, errors: os.Stderr}.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is where a run of this program reads and writes.
type program struct {
	in          io.Reader
	out, errors io.Writer
}

// command is one of the program's.
type command struct {
	name, arguments, summary string
	// about is what -h says before the flags.
	about string
	run   func(ctx context.Context, p program, c command, args []string) (code int, err error)
}

func commands() []command {
	return []command{validateCommand, listCommand, exportCommand, serveCommand, runCommand}
}

// run returns the exit code. An error is bad use of the program, or of what it is given.
func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.help(p.errors)
		return exitBadUse
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
			p.complain("%s: %s\n", c.name, err)
			return exitBadUse
		}
		return code
	}
	p.complain("there is no command %q: see pingmfa-conformance -h\n", args[0])
	return exitBadUse
}

// print writes what the user asked for. That it cannot be written is for him to notice: he closed it.
func (p program) print(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

func (p program) complain(format string, args ...any) {
	_, _ = fmt.Fprintf(p.errors, "pingmfa-conformance: "+format, args...)
}

func (p program) help(w io.Writer) {
	var b strings.Builder
	b.WriteString("pingmfa-conformance proves payloads and clients of the PingOne MFA operations createDevice and\n" +
		"createDeviceAuthentication.\n\nUsage: pingmfa-conformance COMMAND [FLAGS] [ARGUMENTS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\npingmfa-conformance COMMAND -h says more.\n\n" +
		"Exit codes: 0 all is well; 1 something was found, or failed; 2 bad use, nothing could be judged.\n")
	_, _ = io.WriteString(w, b.String())
}

// parse reads the flags that define describes, and returns the arguments behind them. The error is [flag.ErrHelp] when
// the user asked for help, and has it.
func (c command) parse(p program, args []string, define func(flags *flag.FlagSet)) ([]string, error) {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the package's own complaint would come twice
	define(flags)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		p.print("Usage: pingmfa-conformance %s [FLAGS] %s\n\n%s\n\nFlags:\n", c.name, c.arguments, c.about)
		flags.SetOutput(p.out)
		flags.PrintDefaults()
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: see pingmfa-conformance %s -h", err, c.name)
	}
	return flags.Args(), nil
}

// oneOf makes a flag that takes one of a few words. They stand in its usage where %s does.
func oneOf(flags *flag.FlagSet, name, byDefault, usage string, words ...string) *string {
	value := byDefault
	flags.Func(name, fmt.Sprintf(usage, "`"+strings.Join(words, "|")+"`"), func(s string) error {
		if !slices.Contains(words, s) {
			return errors.New("must be " + strings.Join(words, " or "))
		}
		value = s
		return nil
	})
	return &value
}

// outputFlag makes the flag for the form of the output, which is text if it is not given.
func outputFlag(flags *flag.FlagSet, others ...string) *string {
	return oneOf(flags, "o", "text", "the form of the output: %s (default text)", append([]string{"text"}, others...)...)
}
