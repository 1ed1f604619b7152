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

// The test binary is also the adapter: TestMain runs the adapter that the arguments name.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "adapter" {
		os.Exit(adapt(os.Args[2]))
	}
	os.Exit(m.Run())
}

// command returns the command of the named adapter.
func command(t *testing.T, name string) []string {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return []string{program, "adapter", name}
}

// adapt runs an adapter and returns its exit code.
func adapt(name string) int {
	if violate, ok := violations[name]; ok {
		return violate(bufio.NewReader(os.Stdin), os.Stdout)
	}
	client, err := newOracle()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	hello := adapter.Hello{Name: "test " + name, Features: client.features}
	call := client.call
	if name == "wrong" {
		next := mistakeNames()
		call = func(ctx context.Context, c adapter.Case) adapter.Result {
			mistake := mistakes[next[0]]
			next = next[1:]
			return mistake.call(ctx, client, c)
		}
	}
	if variant, ok := variants[name]; ok {
		call = func(ctx context.Context, c adapter.Case) adapter.Result { return variant(ctx, client, c) }
	}
	var in io.Reader = os.Stdin
	if name == "echo" {
		in = io.TeeReader(os.Stdin, os.Stderr)
	}
	if err := adapter.Serve(context.Background(), in, os.Stdout, hello, call); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if client.atExit != nil {
		client.atExit()
	}
	return 0
}

// variants are clients that differ from the oracle. All but "always-success" and "fragile" are right.
var variants = map[string]func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result{
	"typed": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		result := o.call(ctx, c)
		if result.Class == "not-sent" {
			result = adapter.Result{Class: adapter.ClassNotExpressible}
		}
		return result
	},
	"free": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		if c.ID == limited || c.ID == denied || c.ID == failedGET {
			o.send(ctx, c, nil)
		}
		if c.ID == failedGET {
			return o.call(ctx, c)
		}
		c.Token = o.token(ctx, c)
		c.Request.Headers["Authorization"] = "bearer " + c.Token
		c.Request.Headers["Content-Type"] = "Application/JSON;charset=utf-8"
		o.send(ctx, c, func(_ *http.Request, body []byte) []byte {
			value, err := decodeBody(body) // encoding/json sorts its members
			if err != nil {
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
	"skips": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		if c.ID == refused {
			return adapter.Result{Class: adapter.ClassSkipped, Reason: "there is no time"}
		}
		return o.call(ctx, c)
	},
	"fragile": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		if c.ID == refused || c.ID == failed {
			os.Exit(9)
		}
		return o.call(ctx, c)
	},
	"always-success": func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		result := o.call(ctx, c)
		result.Class = "success"
		return result
	},
}

// decodeBody decodes JSON. Numbers keep their digits.
func decodeBody(data []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}

// token gets a token from the token endpoint.
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
	var response struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&response); err != nil {
		panic(err)
	}
	return response.Token
}

// oracle is a client that passes every vector: it sends the request byte for byte, and reports the result that the
// vector expects.
type oracle struct {
	vectors  map[string]conformance.Vector
	features []string
	atExit   func() // runs after bye
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
	vector := o.vectors[c.ID]
	result := adapter.Result{Class: vector.Expect.Class, Values: maps.Clone(vector.Expect.Values)}
	body, err := decodeBody(bytes.TrimPrefix(vector.Result(), []byte("\ufeff")))
	if object, ok := body.(map[string]any); ok && err == nil {
		if result.Body, err = json.Marshal(object); err != nil {
			panic(err)
		}
	}
	return result
}

// noRedirects does not follow redirects.
var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends the request of a case. If change is not nil, it changes the request first and returns the body.
func (o *oracle) send(ctx context.Context, c adapter.Case, change func(*http.Request, []byte) []byte) {
	o.sendBy(ctx, noRedirects, c, change)
}

// sendBy is send with another HTTP client.
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

// vectors returns the vectors with the given ids, or all vectors.
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
