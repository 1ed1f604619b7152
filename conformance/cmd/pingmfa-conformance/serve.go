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
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

var serveCommand = command{
	name: "serve", arguments: "", summary: "serve a fake PingOne to develop and test against",
	description: `Serves a fake PingOne until it is interrupted. It prints the configuration of a client, and checks every
request against the contract. GET / is an HTML page with an inbox: the messages that PingOne would have
sent, their passcodes, and buttons for pushes. Tests in any language use these paths:

  GET  /inbox                   the messages as JSON, newest first
  GET  /passcodes               the present passcodes of TOTP devices
  POST /pushes/ID/confirm       confirms the push of an authentication (or denies it: /pushes/ID/deny)
  POST /advance?seconds=60      moves the time of the fake forward
  GET  /report                  the received requests and their violations

To select a scenario, insert its path before the paths of the base URLs:
http://127.0.0.1:8080/scenario/push/ping-auth. Each scenario is a separate fake. A label selects
another one (/scenario/push@test-7), so that concurrent tests do not interfere. Before the paths above,
it selects one fake, as in /scenario/push@test-7/inbox. Without it, GET is for all fakes, and POST is
for the fake without a scenario.

At the end it prints the report. Exit code 1: a request violated the contract, had an unknown path, or was not
valid HTTP.`,
	run: serve,
}

// serverInfo is the output of serve when it has started.
type serverInfo struct {
	URL       string  `json:"url"`
	Inbox     string  `json:"inbox"`
	Report    string  `json:"report"`
	Scenarios []entry `json:"scenarios"`
	Faults    []entry `json:"faults"`
	// Labelled is an example of a separate fake. Replace its label, LABEL, by one for each test.
	Labelled labelledFake `json:"labelled"`
	clientConfig
}

// labelledFake has the URLs of a fake with a label.
type labelledFake struct {
	AuthURL string `json:"authURL"`
	APIURL  string `json:"apiURL"`
	Inbox   string `json:"inbox"`
	Report  string `json:"report"`
}

func serve(ctx context.Context, p program, c command, args []string) (int, error) {
	var addr, docs, format *string
	var seed *uint64
	_, err := c.parse(p, args, func(flags *flag.FlagSet) {
		addr = flags.String("addr", "127.0.0.1:0", "the `address` to listen on; port 0 selects a free port")
		seed = flags.Uint64("seed", 0, "a `number` that determines ids, the token and the order of members (default random)")
		docs = flags.String("docs", "", "an HTML `file` of the contract, to serve at /contract")
		format = outputFlag(flags, "json")
	})
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
		*seed = rand.Uint64() //nolint:gosec // not a secret
	}
	tcp, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return 0, err
	}
	origin, loopback := originOf(tcp.Addr())
	if !loopback {
		p.printError("serve: warning: other machines can use the fake\n")
	}
	router := newRouter(origin, *seed)
	server := &http.Server{
		Handler: router.handler(contract), ReadHeaderTimeout: time.Minute,
		DisableGeneralOptionsHandler: true, // the fake gets "OPTIONS *", too
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener{tcp, router}) }()
	if err := p.printInfo(router, *format); err != nil {
		return 0, errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return 0, err
	case <-ctx.Done():
	}
	_ = server.Close() // does not wait for requests: a fault may delay one without end
	report := router.report("")
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

// listener counts the requests that net/http refuses itself, because no handler gets them.
type listener struct {
	net.Listener
	router *router
}

// Accept waits for the next connection.
func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return serverConn{tcp, l.router}, nil
	}
	return conn, err
}

type serverConn struct {
	*net.TCPConn
	router *router
}

// refusal matches the responses of net/http itself. A handler sends no 417, and its other responses have a Date.
var refusal = regexp.MustCompile(`^HTTP/1\.1 (?:(417 Expectation Failed)|` +
	`(\d{3} [^\r\n]+)\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n)`)

// Write sends data, and counts a refusal.
func (c serverConn) Write(data []byte) (int, error) {
	if match := refusal.FindSubmatch(data); match != nil {
		c.router.mu.Lock()
		c.router.refused[string(match[1])+string(match[2])]++
		c.router.mu.Unlock()
	}
	return c.TCPConn.Write(data)
}

// originOf returns the origin of a listener's URLs on this machine, and whether only this machine can reach it.
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

func (p program) printInfo(rt *router, format string) error {
	const label = "/scenario/push@LABEL"
	fake := rt.origin + label
	info := serverInfo{
		URL: rt.origin + "/", Inbox: rt.origin + "/inbox", Report: rt.origin + "/report",
		Scenarios: scenarioEntries(), Faults: faultEntries(), clientConfig: rt.clientConfig(),
		Labelled: labelledFake{Inbox: fake + "/inbox", Report: fake + "/report"},
	}
	info.Labelled.AuthURL, info.Labelled.APIURL = pingmfatest.New(pingmfatest.Options{Prefix: label}).URLs(rt.origin)
	if format == "json" {
		return p.printJSON(info)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	row := func(columns ...string) { _, _ = io.WriteString(table, strings.Join(columns, "\t")+"\n") }
	row("page", info.URL)
	row("inbox", info.Inbox)
	row("report", info.Report)
	row("auth host", info.AuthURL)
	row("api host", info.APIURL)
	row("environment", info.EnvironmentID)
	row("client id", info.ClientID)
	row("client secret", info.ClientSecret)
	row("access token", info.Token)
	row()
	row("SCENARIO", "USER", "THE USER HAS")
	for _, s := range info.Scenarios {
		row(s.Path, s.UserID, s.Doc)
	}
	row("/fault/NAME", fmt.Sprintf("(%d faults: see the page)", len(info.Faults)))
	row()
	row("Insert such a path before the paths of both hosts. Each LABEL, such as test-7, selects a separate fake, so that")
	row("concurrent tests do not interfere:")
	row("labelled auth host", info.Labelled.AuthURL)
	row("labelled api host", info.Labelled.APIURL)
	row("labelled inbox", info.Labelled.Inbox)
	row("labelled report", info.Labelled.Report)
	return table.Flush()
}
