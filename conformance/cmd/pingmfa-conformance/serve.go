package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

var serveCommand = command{
	name: "serve", arguments: "", summary: "serve a fake PingOne to develop and test against",
	about: `Serves a fake PingOne until it is interrupted, and prints what a client is to be configured with. It
holds every request to the contract. GET / is a page for people, GET /report what was asked and what
was wrong with it.

A scenario is chosen by a path in front of the base URLs' own, as in
http://127.0.0.1:8080/scenario/push/ping-auth. Each is a fake of its own, and with a label behind it
(/scenario/push@test-7) another one: tests that run at once don't meet.

In the end it prints the report. Exit code 1: a request broke the contract, or went to a place that
does not exist.`,
	run: serve,
}

// welcome is what a client has to know.
type welcome struct {
	URL       string  `json:"url"`
	Report    string  `json:"report"`
	Scenarios []place `json:"scenarios"`
	Faults    []place `json:"faults"`
	access
}

func serve(ctx context.Context, p program, c command, args []string) (int, error) {
	var addr, docs, format *string
	var seed *uint64
	rest, err := c.parse(p, args, func(flags *flag.FlagSet) {
		addr = flags.String("addr", "127.0.0.1:0", "the `address` to listen on; a port 0 is one that is free")
		seed = flags.Uint64("seed", 0, "a `number` that decides ids, the token and the order of keys (default random)")
		docs = flags.String("docs", "", "a `file` with the contract as an HTML page, to be served at /contract")
		format = outputFlag(flags, "json")
	})
	if err == nil && len(rest) > 0 {
		err = errors.New("there is nothing to name behind the flags")
	}
	if err != nil {
		return 0, err
	}
	var contract []byte
	if *docs != "" {
		if contract, err = os.ReadFile(*docs); err != nil {
			return 0, err
		}
	}
	for *seed == 0 {
		*seed = rand.Uint64() //nolint:gosec // it guards nothing
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return 0, err
	}
	origin, loopback := originOf(listener.Addr())
	if !loopback {
		p.complain("serve: listening for other machines, too: whoever reaches this one can use the fake\n")
	}
	hub := newHub(origin, *seed)
	server := &http.Server{Handler: hub.handler(contract), ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := p.welcome(hub, *format); err != nil {
		return 0, errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return 0, err
	case <-ctx.Done():
	}
	_ = server.Close() // a request under way is not waited for: a fault may hold it for ever
	report := hub.report("")
	if *format == "json" {
		err = p.printJSON(report)
	} else {
		p.print("\n%s", report)
	}
	if !report.ok() {
		return exitFailed, err
	}
	return exitOK, err
}

// originOf is how to reach a listener from this machine, and whether others can't.
func originOf(addr net.Addr) (origin string, loopback bool) {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || tcp.IP.IsLoopback() {
		return "http://" + addr.String(), true
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port), false
	}
	return "http://" + addr.String(), false
}

func (p program) welcome(h *hub, format string) error {
	w := welcome{
		URL: h.origin + "/", Report: h.origin + "/report",
		Scenarios: scenarioPlaces(), Faults: faultPlaces(), access: h.access(),
	}
	if format == "json" {
		return p.printJSON(w)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	row := func(columns ...string) { _, _ = io.WriteString(table, strings.Join(columns, "\t")+"\n") }
	row("page", w.URL)
	row("report", w.Report)
	row("auth host", w.AuthURL)
	row("api host", w.APIURL)
	row("environment", w.EnvironmentID)
	row("client id", w.ClientID)
	row("client secret", w.ClientSecret)
	row("access token", w.Token)
	row()
	row("SCENARIO", "USER", "WHO HAS")
	for _, s := range w.Scenarios {
		row(s.Path, s.UserID, s.Doc)
	}
	row("/fault/NAME", fmt.Sprintf("(%d faults: see the page)", len(w.Faults)))
	return table.Flush()
}
