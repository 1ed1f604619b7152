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
  POST /inject?operation=createDeviceAuthentication&fault=rate-limited
                                the next request of the operation (or for a token: token) meets the fault
  GET  /report                  the received requests and their violations

To select a scenario, insert its path before the paths of the base URLs:
http://127.0.0.1:8080/scenario/push/ping-auth. Each scenario is a separate fake. A label selects
another one (/scenario/push@test-7), so that concurrent tests do not interfere. Before the paths above,
it selects one fake, as in /scenario/push@test-7/inbox. Without it, GET is for all fakes, and POST is
for the fake without a scenario, which has the users of all scenarios.

A path such as /fault/gateway-page selects a fake in which every valid request meets a fault. The page
lists the faults. With one whose name ends in -acted, the fake acts before it sends the fault.

It prints each request that violates the contract with the reason. One with a wrong path, method or media
type gets a 403 with only a message, as from PingOne's gateway. At the end it prints the report. Exit
code 1: a request violated the contract, had an unknown path, or was not valid HTTP.`,
	run: serve,
}

// serverConfig is the output of serve when it has started.
type serverConfig struct {
	URL string `json:"url"`
	// The URLs are those of the fake at the root. Labelled is an example of a separate fake, which differs only in them.
	// Replace its label, LABEL, by one for each test.
	fakeURLs
	Labelled      fakeURLs `json:"labelled"`
	EnvironmentID string   `json:"environmentID"`
	ClientID      string   `json:"clientID"`
	ClientSecret  string   `json:"clientSecret"`
	Token         string   `json:"token"`
	// Examples are the commands of a login. PASSCODE is in the inbox, and ID in the response to the command before.
	Examples  []string `json:"examples"`
	Scenarios []entry  `json:"scenarios"`
	Faults    []entry  `json:"faults"`
}

// fakeURLs are the URLs of a fake.
type fakeURLs struct {
	AuthURL string `json:"authURL"`
	APIURL  string `json:"apiURL"`
	Inbox   string `json:"inbox"`
	Report  string `json:"report"`
}

func (rt *router) config() serverConfig {
	fake := rt.newFake("")
	urls, scenarios, token := rt.urls(""), scenarioEntries(), fake.Token()
	post := func(mediaType, body, path string) string {
		return fmt.Sprintf("curl -H 'Authorization: Bearer %s' -H 'Content-Type: %s' -d '%s' %s/%s/deviceAuthentications%s",
			token, mediaType, body, urls.AuthURL, fake.EnvironmentID, path)
	}
	return serverConfig{
		URL: rt.origin + "/", fakeURLs: urls, Labelled: rt.urls("/scenario/push@LABEL"),
		EnvironmentID: fake.EnvironmentID, ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, Token: token,
		Examples: []string{
			fmt.Sprintf("curl -u %s:%s -d grant_type=client_credentials %s/%s/as/token",
				fake.ClientID, fake.ClientSecret, urls.AuthURL, fake.EnvironmentID),
			post("application/json", `{"user":{"id":"`+scenarios[0].UserID+`"}}`, ""),
			post("application/vnd.pingidentity.otp.check+json", `{"otp":"PASSCODE"}`, "/ID"),
		},
		Scenarios: scenarios, Faults: faultEntries(),
	}
}

// urls returns the URLs of the fake at a prefix.
func (rt *router) urls(prefix string) fakeURLs {
	authURL, apiURL := rt.newFake(prefix).URLs(rt.origin)
	return fakeURLs{authURL, apiURL, rt.origin + prefix + "/inbox", rt.origin + prefix + "/report"}
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
	router := newRouter(origin, *seed, func(v pingmfatest.Violation) { p.printError("serve: %s\n", v) })
	server := &http.Server{
		Handler: router.handler(contract), ReadHeaderTimeout: time.Minute,
		DisableGeneralOptionsHandler: true, // the fake gets "OPTIONS *", too
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener{tcp, router}) }()
	if *format == "json" {
		err = p.printJSON(router.config())
	} else {
		err = p.printConfig(router.config())
	}
	if err != nil {
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

func (p program) printConfig(config serverConfig) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	row := func(columns ...string) { _, _ = io.WriteString(table, strings.Join(columns, "\t")+"\n") }
	row("page", config.URL)
	row("inbox", config.Inbox)
	row("report", config.Report)
	row("auth host", config.AuthURL)
	row("api host", config.APIURL)
	row("environment", config.EnvironmentID)
	row("client id", config.ClientID)
	row("client secret", config.ClientSecret)
	row("access token", config.Token)
	row()
	row("SCENARIO", "USER", "THE USER HAS")
	for _, s := range config.Scenarios {
		row(s.Path, s.UserID, s.Doc)
	}
	row("/fault/NAME", fmt.Sprintf("(%d faults: see the page)", len(config.Faults)))
	row()
	row("The hosts above have the users of all scenarios. For one scenario or fault alone, insert its path before")
	row("those of both hosts. Each LABEL, such as test-7, selects a separate fake for each of several concurrent tests:")
	row("labelled auth host", config.Labelled.AuthURL)
	row("labelled api host", config.Labelled.APIURL)
	row("labelled inbox", config.Labelled.Inbox)
	row("labelled report", config.Labelled.Report)
	row()
	row("A login by curl. The inbox has the PASSCODE, and the response to the second command the ID:")
	for _, example := range config.Examples {
		row(example)
	}
	return table.Flush()
}
