package adapter_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// The adapters of these tests are this test binary itself, started again with the name of one.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "adapter" {
		os.Exit(adapt(os.Args[2]))
	}
	os.Exit(m.Run())
}

// command starts one of the adapters below.
func command(t *testing.T, name string) []string {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return []string{program, "adapter", name}
}

func adapt(name string) int {
	if speak, ok := rude[name]; ok {
		return speak(bufio.NewReader(os.Stdin), os.Stdout)
	}
	client, err := newOracle()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	hello := adapter.Hello{Name: "test " + name, Features: client.features}
	call := client.call
	if name == "wrong" {
		next := mistakes()
		call = func(ctx context.Context, c adapter.Case) adapter.Result {
			mistake := wrong[next[0]]
			next = next[1:]
			return mistake.call(ctx, client, c)
		}
	}
	if odd, ok := other[name]; ok {
		call = func(ctx context.Context, c adapter.Case) adapter.Result { return odd(ctx, client, c) }
	}
	var in io.Reader = os.Stdin
	if name == "chatty" {
		in = io.TeeReader(os.Stdin, os.Stderr)
	}
	if err := adapter.Serve(context.Background(), in, os.Stdout, hello, call); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if client.inTheEnd != nil {
		client.inTheEnd()
	}
	return 0
}

// other are clients with a way of their own. All but the last do nothing wrong.
var other = map[string]func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result{
	"typed": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		result := o.call(ctx, c)
		if result.Class == "not-sent" {
			result = adapter.Result{Class: adapter.NotExpressible}
		}
		return result
	},
	"free": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		if c.ID == limited || c.ID == denied {
			o.send(ctx, c, nil)
		}
		c.Token = o.token(ctx, c)
		c.Request.Headers["Authorization"] = "bearer " + c.Token
		c.Request.Headers["Content-Type"] = "Application/JSON;charset=utf-8"
		o.send(ctx, c, func(_ *http.Request, body []byte) []byte {
			var value map[string]any // whose members encoding/json sorts
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.UseNumber()
			if err := decoder.Decode(&value); err != nil {
				panic(err)
			}
			spaced, err := json.MarshalIndent(value, "", "\t")
			if err != nil {
				panic(err)
			}
			return bytes.Replace(spaced, []byte("12345678901234567890"), []byte("1.2345678901234567890e19"), 1)
		})
		result := o.report(c)
		if result.Class == "success" {
			result.Values["httpStatus"] = 201.0
		}
		return result
	},
	"boasting": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		result := o.call(ctx, c)
		result.Class = "success"
		return result
	},
}

// token gets a token like clients that need no other's.
func (o *oracle) token(ctx context.Context, c adapter.Case) string {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret},
	}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		c.AuthURL+"/"+c.Request.Parameters["environmentID"]+"/as/token", strings.NewReader(form))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := noRedirects.Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	return answer.Token
}

// oracle is a client that knows what is right: it sends what it is told to, byte for byte, and reports what the vector
// says a right client reports.
type oracle struct {
	vectors  map[string]conformance.Vector
	features []string
	inTheEnd func() // is done after bye
}

func newOracle() (*oracle, error) {
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	features, err := adapter.Features()
	if err != nil {
		return nil, err
	}
	o := &oracle{vectors: map[string]conformance.Vector{}, features: slices.Sorted(maps.Keys(features))}
	for _, vector := range vectors {
		o.vectors[vector.ID] = vector
	}
	return o, nil
}

func (o *oracle) call(ctx context.Context, c adapter.Case) adapter.Result {
	if o.vectors[c.ID].Expect.Class != "not-sent" {
		o.send(ctx, c, nil)
	}
	return o.report(c)
}

func (o *oracle) report(c adapter.Case) adapter.Result {
	expect := o.vectors[c.ID].Expect
	return adapter.Result{Class: expect.Class, Values: maps.Clone(expect.Values)}
}

// noRedirects is what a client of PingOne needs to be.
var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends the case's request, changed if there is something to change.
func (o *oracle) send(ctx context.Context, c adapter.Case, change func(*http.Request, []byte) []byte) {
	o.sendBy(ctx, noRedirects, c, change)
}

func (o *oracle) sendBy(
	ctx context.Context, client *http.Client, c adapter.Case, change func(*http.Request, []byte) []byte,
) {
	wire := c.Request.Wire()
	base := c.AuthURL
	if wire.Host == conformance.HostAPI {
		base = c.APIURL
	}
	req, err := http.NewRequestWithContext(ctx, wire.Method, base+wire.Path, nil)
	if err != nil {
		panic(err)
	}
	req.Header = wire.Header
	body := wire.Body
	if change != nil {
		body = change(req, body)
	}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := client.Do(req)
	if err != nil {
		panic(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// vectors are those with the ids.
func vectors(t *testing.T, ids ...string) []conformance.Vector {
	t.Helper()
	all, err := conformance.Vectors()
	require.NoError(t, err)
	if len(ids) == 0 {
		return all
	}
	found := slices.DeleteFunc(all, func(v conformance.Vector) bool { return !slices.Contains(ids, v.ID) })
	require.Len(t, found, len(ids))
	return found
}
