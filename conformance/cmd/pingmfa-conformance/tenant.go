package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance"
)

var tenantCommand = command{
	name: "tenant", arguments: "", summary: "compare a real environment of PingOne with the contract",
	description: `Logs a user in, in the vendor's test mode: PingOne delivers no message, and returns the passcode. With
-pair it also pairs a device, which stays with the user. It says first what it will do, and asks.

PINGONE_ENVIRONMENT_ID, PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET, PINGONE_REGION (com, ca, eu, com.au,
sg or asia) and PINGONE_USER_ID select the environment and the user. PINGONE_PHONE replaces the
fictitious phone number; PINGONE_AUTH_URL and PINGONE_API_URL replace the base URLs, for a gateway.

It prints where a response differs from the contract, and the rule, and the members that the contract
does not describe, which are allowed. It prints no value of a response. Exit code 1: a response is
invalid, or not the expected one.`,
	run: tenant,
}

// tenantVariables are the environment variables without PINGONE_, and their patterns. A base URL is https, or loopback.
var tenantVariables = [][2]string{
	{"ENVIRONMENT_ID", "."}, {"CLIENT_ID", "."}, {"CLIENT_SECRET", "."}, {"REGION", `^(com|ca|eu|com\.au|sg|asia)$`},
	{"USER_ID", "."}, {"AUTH_URL", baseURLForm}, {"API_URL", baseURLForm},
}

const baseURLForm = `^$|^(https://[^/?#@]+|http://(127\.0\.0\.1|\[::1\])(:[0-9]+)?)(/[^?#]*)?$`

// tenantStep is a request to a tenant. In Body, and in the path of the operation, {name} stands for a value.
type tenantStep struct {
	Operation, Name, Words, ContentType string // Name is that of the vector
	Body                                json.RawMessage
	Expect                              string // the status of the resource, or "2xx" or "4xx"
	Pair                                bool   // only with -pair
}

//go:embed tenant.json
var tenantSteps []byte

// tenantClient sends the requests.
type tenantClient struct {
	http      http.Client
	validator *conformance.Validator
	base      map[conformance.Host]string
	token     string
	values    map[string]string // by their names in a step
}

func tenant(ctx context.Context, p program, c command, args []string) (code int, err error) {
	var pair, post, yes *bool
	var dir *string
	if _, err := c.parse(p, args, func(flags *flag.FlagSet) {
		pair = flags.Bool("pair", false, "also pair a device")
		post = flags.Bool("post", false, "send the client secret in the body of the token request, not by HTTP Basic")
		yes = flags.Bool("yes", false, "do not ask")
		dir = flags.String("write", "", "write the exchanges to a new `directory` as vectors, in which ids, phone numbers, "+
			"email addresses, passcodes, links and free texts are replaced")
	}); err != nil {
		return 0, err
	}
	var steps []tenantStep
	client, err := newTenantClient() //nolint:contextcheck // reads embedded files
	if err = cmp.Or(err, json.Unmarshal(tenantSteps, &steps), requireEmpty(*dir)); err != nil {
		return 0, err
	}
	steps = slices.DeleteFunc(steps, func(s tenantStep) bool { return s.Pair && !*pair })
	if _, err := client.request(steps[0]); err != nil { // a variable is malformed
		return 0, err
	}
	p.print("These requests go to a REAL environment of PingOne, in test mode:\n  token: requests an access token\n")
	for _, step := range steps {
		p.print("  %s (%s): %s\n", step.Operation, step.Name, step.Words)
	}
	if !*yes {
		p.print("Continue? [y/N] ")
		if line, _ := bufio.NewReader(p.in).ReadString('\n'); !strings.EqualFold(strings.TrimSpace(line), "y") {
			return 0, errors.New("not confirmed, so no request was sent")
		}
	}
	p.print("\n")
	if err := client.requestToken(ctx, *post); err != nil {
		return 0, err
	}
	recorder := recorder{p, client.validator, map[string]string{}, fstest.MapFS{}}
	for i := 0; i < len(steps) && err == nil; i++ {
		request, notSent := client.request(steps[i])
		if notSent != nil { // a response before it lacks a value
			p.print("%s\n", notSent)
			code = exitFailed
			break
		}
		var response conformance.Response
		if response, err = client.send(ctx, request); err == nil {
			client.learn(steps[i].Operation, response)
			code = max(code, recorder.record(steps[i], request.Body, response, client.values))
		}
	}
	if *dir != "" { // after an error, too
		err = errors.Join(err, os.CopyFS(*dir, recorder.files))
		p.print("%s: %d vectors. Review them before you publish them.\n", *dir, len(recorder.files))
	}
	return code, err
}

func newTenantClient() (*tenantClient, error) {
	env := map[string]string{"PHONE": cmp.Or(os.Getenv("PINGONE_PHONE"), "+12015550123")}
	for _, variable := range tenantVariables {
		name := variable[0]
		if env[name] = os.Getenv("PINGONE_" + name); !regexp.MustCompile(variable[1]).MatchString(env[name]) {
			return nil, fmt.Errorf("PINGONE_%s is not set, or is wrong", name)
		}
	}
	validator, err := conformance.NewValidator()
	return &tenantClient{
		http: http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
		validator: validator,
		base: map[conformance.Host]string{
			conformance.HostAuth: strings.TrimRight(cmp.Or(env["AUTH_URL"], "https://auth.pingone."+env["REGION"]), "/"),
			conformance.HostAPI:  strings.TrimRight(cmp.Or(env["API_URL"], "https://api.pingone."+env["REGION"]+"/v1"), "/"),
		},
		values: map[string]string{"environmentID": env["ENVIRONMENT_ID"], "userID": env["USER_ID"], "phone": env["PHONE"]},
	}, err
}

// requestToken requests an access token (RFC 6749, sections 2.3.1 and 4.4).
func (c *tenantClient) requestToken(ctx context.Context, post bool) error {
	id, secret := os.Getenv("PINGONE_CLIENT_ID"), os.Getenv("PINGONE_CLIENT_SECRET")
	form := url.Values{"grant_type": {"client_credentials"}}
	basic := http.Request{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	if post {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	} else {
		basic.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	response, err := c.send(ctx, conformance.Request{
		Method: http.MethodPost, Host: conformance.HostAuth, Path: "/" + c.values["environmentID"] + "/as/token",
		Header: basic.Header, Body: []byte(form.Encode()),
	})
	var body struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal(response.Body, &body) // without a token, it is not JSON, or refused
	if err == nil && (response.Status != http.StatusOK || body.Token == "") {
		err = fmt.Errorf("no token: the status is %d", response.Status)
	}
	c.token = body.Token
	return err
}

// request returns the request of a step. It returns an error if the contract does not allow it.
func (c *tenantClient) request(step tenantStep) (conformance.Request, error) {
	operations := c.validator.Operations()
	o := operations[slices.IndexFunc(operations, func(o conformance.Operation) bool { return o.ID == step.Operation })]
	header := http.Header{"Authorization": {"Bearer " + cmp.Or(c.token, "none")}}
	if step.ContentType != "" {
		header.Set("Content-Type", step.ContentType)
	}
	fill := func(text string) string {
		for name, value := range c.values {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
		return text
	}
	request := conformance.Request{
		Method: o.Method, Host: o.Host, Path: fill(o.Path), Header: header, Body: []byte(fill(string(step.Body))),
	}
	for _, f := range c.validator.ValidateRequest(o.ID, request).Findings {
		return request, fmt.Errorf("%s: not sent: %s: %s", o.ID, f.Pointer, f.Message)
	}
	return request, nil
}

// send sends a request. Its errors contain no URL, which has ids, and no part of a response, which net/http quotes.
func (c *tenantClient) send(ctx context.Context, r conformance.Request) (conformance.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, c.base[r.Host]+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return conformance.Response{}, errors.New("a base URL is malformed")
	}
	req.Header = r.Header
	resp, err := c.http.Do(req)
	if failure, ok := errors.AsType[*url.Error](err); ok {
		reason, _, _ := strings.Cut(failure.Err.Error(), `"`)
		return conformance.Response{}, fmt.Errorf("no response, so PingOne may have acted: %s", reason)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode < http.StatusOK {
		err = errors.New("the response is of another protocol")
	}
	return conformance.Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// learn keeps what the next requests need of a response.
func (c *tenantClient) learn(operation string, response conformance.Response) {
	var resource struct {
		ID   string
		Test struct{ OTP json.RawMessage }
	}
	_ = json.Unmarshal(response.Body, &resource) // a member of another type is a finding
	if strings.HasPrefix(operation, "create") && response.Status < 300 {
		c.values[strings.Replace(operation, "createD", "d", 1)+"ID"], c.values["otp"] = resource.ID, ""
	}
	if otp := strings.Trim(string(resource.Test.OTP), `"`); otp != "" && strings.Trim(otp, "0123456789") == "" {
		last := len(otp) - 1
		c.values["otp"], c.values["wrongOTP"] = otp, otp[:last]+string('0'+(otp[last]-'0'+1)%10)
	}
}
