package adapter_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

const (
	sms       = "create-device/exchange/sms"
	notified  = "create-device-authentication/request/notification-complete"
	free      = "create-device-authentication/request/client-context-free"
	noPolicy  = "create-device/request/policy-without-id"
	garbled   = "create-device-authentication/response/not-utf8-id"
	misspelt  = "create-device-authentication/request/misspelt"
	redirect  = "create-device-authentication/response/redirect-302"
	refused   = "create-device-authentication/response/error-400-invalid-value"
	limited   = "create-device/response/error-429-rate"
	denied    = "create-device/response/error-401-invalid-token"
	failed    = "create-device/response/error-500"
	failedGET = "read-device-authentication/response/error-500"
	resend    = "activate-device/exchange/resend"
	resent    = "activate-device/exchange/resend-200-device"
	sessionID = "create-device-authentication/request/session-id"
)

// mistake is a mistake of a client with one vector, and the expected reasons.
type mistake struct {
	vector string
	call   func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result
	want   []string
}

// sending returns a mistake in the request.
func sending(vector string, change func(r *http.Request, body []byte) []byte, want ...string) mistake {
	return mistake{vector: vector, want: want, call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		o.send(ctx, c, change)
		return o.report(c)
	}}
}

// reporting returns a mistake in the result.
func reporting(vector string, change func(r *adapter.Result), want ...string) mistake {
	return mistake{vector: vector, want: want, call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
		result := o.call(ctx, c)
		change(&result)
		return result
	}}
}

// replace replaces a part of the body. It panics if the body does not contain it.
func replace(before, after string) func(*http.Request, []byte) []byte {
	return func(_ *http.Request, body []byte) []byte {
		if !bytes.Contains(body, []byte(before)) {
			panic("the body does not contain " + before)
		}
		return bytes.Replace(body, []byte(before), []byte(after), 1)
	}
}

func header(name, value string) func(*http.Request, []byte) []byte {
	return func(r *http.Request, body []byte) []byte {
		r.Header.Set(name, value)
		return body
	}
}

func path(change func(path string) string) func(*http.Request, []byte) []byte {
	return func(r *http.Request, body []byte) []byte {
		r.URL.Path = change(r.URL.Path)
		return body
	}
}

const smsPath = "/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/users/8ce55f02-2077-4493-9a6d-0385df1f0772/devices"

var mistakes = map[string]mistake{
	"method": sending(sms, func(r *http.Request, body []byte) []byte {
		r.Method = http.MethodPut
		return body
	}, "method: is not POST"),
	"host": sending(sms, path(func(p string) string { return strings.Replace(p, "ping-api/v1", "ping-auth", 1) }),
		"host: is the auth host, want the api host"),
	"base path": sending(sms, path(func(p string) string { return p[strings.Index(p, "/environments"):] }),
		"path: does not start with the path of the base URL"),
	"other user": sending(sms, path(func(p string) string { return strings.Replace(p, "8ce55f02", "9ce55f02", 1) }),
		"path: is not "+smsPath),
	"query": sending(sms, func(r *http.Request, body []byte) []byte {
		r.URL.RawQuery = url.Values{"expand": {"all"}}.Encode()
		return body
	}, "query: must be absent"),
	"content type": sending(sms, header("Content-Type", "text/json"), "header:Content-Type: has a different value"),
	"no header": sending(sessionID, func(r *http.Request, body []byte) []byte {
		r.Header.Del("X-Ping-External-Session-ID")
		return body
	}, "header:X-Ping-External-Session-ID: is missing"),
	"other header": sending(sessionID, header("X-Ping-External-Session-ID", "t"),
		"header:X-Ping-External-Session-ID: has a different value"),
	"forbidden header": sending(sms, header("Idempotency-Key", "1"), "header:Idempotency-Key: must be absent"),
	"no token": sending(sms, func(r *http.Request, body []byte) []byte {
		r.Header.Del("Authorization")
		return body
	}, "header:Authorization: is missing"),
	"other token": sending(sms, header("Authorization", "Bearer of news"),
		"header:Authorization: the token is not one of this case"),
	"other token at a 401": sending(denied, header("Authorization", "Bearer of news"),
		"header:Authorization: the token is not one of this case"),
	"a body":      sending(resend, func(*http.Request, []byte) []byte { return []byte(`{}`) }, "body: must be absent"),
	"no body":     sending(sms, func(*http.Request, []byte) []byte { return nil }, "body: is not JSON"),
	"lost member": sending(sms, replace(`"type":"SMS",`, ``), "/type: is missing"),
	"lost beside an empty member": sending(noPolicy, replace(`"phone"`, `"fone"`),
		"/phone: is missing", "/fone: is unexpected"),
	"lost object": sending(notified, replace(`"notification"`, `"notice"`),
		"/notification: is missing", "/notice: is unexpected"),
	"member added": sending(sms, replace(`{`, `{"testMode":false,`), "/testMode: is unexpected"),
	"other text":   sending(sms, replace(`+1.5125201234`, `+15125201234`), "/phone: has a different value"),
	"other type":   sending(sms, replace(`"SMS"`, `null`), "/type: has a different type"),
	"lost digits": sending(free, replace("12345678901234567890", "12345678901234567000"),
		"/notification/clientContext/n: is a different number"),
	"shorter list": sending(free, replace(`[1,`, `[`),
		"/notification/clientContext/list: has 2 elements, want 3"),
	"other element": sending(free, replace(`[1,`, `[2,`), "/notification/clientContext/list/0: is a different number"),
	"other body": sending(sms, func(*http.Request, []byte) []byte { return []byte(`[]`) },
		"body: has a different type"),
	"repeated name": sending(sms, replace(`{`, `{"type":"SMS",`),
		"/type: the name stands twice in its object (duplicate)"),
	"trailing bytes": sending(sms, replace(`}}`, `}}{}`), "body: bytes follow the JSON value (trailing)"),
	"two lines of a header": sending(sms, func(r *http.Request, body []byte) []byte {
		r.Header.Add("Content-Type", "application/json")
		return body
	}, "header:Content-Type: is repeated"),

	"nothing sent": {
		vector: sms, want: []string{"no request was sent"},
		call: func(_ context.Context, o *oracle, c adapter.Case) adapter.Result { return o.report(c) },
	},
	"sent twice": {
		vector: failed, want: []string{"2 requests were sent, want 1: each may send a message to the user"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			o.send(ctx, c, nil)
			return o.call(ctx, c)
		},
	},
	"sends late": {
		vector: sms, want: []string{"2 requests were sent, want 1: each may send a message to the user"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			o.atExit = func() { o.send(ctx, c, nil) }
			return o.call(ctx, c)
		},
	},
	"never gives up": {
		vector: limited, want: []string{"6 requests were sent, want at most 5"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			for range 5 {
				o.send(ctx, c, nil)
			}
			return o.call(ctx, c)
		},
	},
	"never gives up reading": {
		vector: failedGET, want: []string{"6 requests were sent, want at most 5"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			for range 5 {
				o.send(ctx, c, nil)
			}
			return o.call(ctx, c)
		},
	},
	"invalid sent": {
		vector: misspelt, want: []string{"an invalid request was sent: /selectedDevise (additionalProperties)"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			o.send(ctx, c, nil)
			return o.report(c)
		},
	},
	"redirect followed": {
		vector: redirect, want: []string{"the client followed the redirect"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			o.sendBy(ctx, &http.Client{}, c, nil)
			return o.report(c)
		},
	},
	"own token refused": {
		vector: sms, want: []string{"the token endpoint refused the client's token request"},
		call: func(ctx context.Context, o *oracle, c adapter.Case) adapter.Result {
			token := c
			token.Request = adapter.Request{VectorRequest: conformance.VectorRequest{
				Method: http.MethodPost, Host: "auth", Path: "/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6/as/token",
			}}
			o.send(ctx, token, nil)
			return o.call(ctx, c)
		},
	},

	"class": reporting(refused, func(r *adapter.Result) { r.Class = "success" },
		"class: is success, want refused"),
	"class of an invalid response": reporting(garbled, func(r *adapter.Result) { r.Class = "success" },
		"class: is success, want accepted; findings in the response: /id (utf8)"),
	"not expressible": reporting(sms, func(r *adapter.Result) { r.Class = adapter.ClassNotExpressible },
		"class: is not-expressible, want success"),
	"no value": reporting(limited, func(r *adapter.Result) { delete(r.Values, "retryAfterSeconds") },
		"value retryAfterSeconds: is missing, want 30"),
	"other number": reporting(limited, func(r *adapter.Result) { r.Values["retryAfterSeconds"] = 30000.0 },
		"value retryAfterSeconds: is different, want 30"),
	"other value": reporting(refused, func(r *adapter.Result) { r.Values["correlationId"] = "+14155552671" },
		"value correlationId: is different, want 5f2c4c1e-9f0b-4c55-8f6c-3f1f6a7f2f10"),
	"no result": reporting(refused, func(r *adapter.Result) { r.Body = nil }, "result body: is missing"),
	"result of an action without one": reporting(resent, func(r *adapter.Result) {
		r.Body = jsontext.Value(`{"id":"4ca9eb79-be29-4a1f-9a23-b29d58606e18"}`)
	}, "result body: must be absent"),
	"other member of the result": reporting(refused, func(r *adapter.Result) {
		r.Body = bytes.Replace(r.Body, []byte(`"INVALID_DATA"`), []byte(`"+14155552671"`), 1)
	}, "result body /code: has a different value"),
	"lost member of the result": reporting(refused, func(r *adapter.Result) {
		r.Body = bytes.Replace(r.Body, []byte(`"target"`), []byte(`"goal"`), 1)
	}, "result body /details/0/target: is missing"),
	"two members of the result": reporting(sms, func(r *adapter.Result) {
		r.Body = bytes.Replace(r.Body, []byte(`"environment":{"id"`), []byte(`"rp":{"id"`), 1)
	}, "result body /environment: is missing", "result body /rp: is unexpected"),
	"no field": reporting(misspelt, func(r *adapter.Result) { r.Values = nil },
		"value field: is missing, want /selectedDevise"),
}

// One adapter makes all mistakes, one after the other.
func TestMistakesAreFound(t *testing.T) {
	var order []conformance.Vector
	for _, name := range mistakeNames() {
		order = append(order, vectors(t, mistakes[name].vector)...)
	}
	report, err := adapter.Run(t.Context(), adapter.Options{Command: command(t, "wrong"), Vectors: order})
	require.NoError(t, err)
	require.Len(t, report.Vectors, len(mistakes))
	for i, name := range mistakeNames() {
		assert.Equal(t, adapter.Failed, report.Vectors[i].State, name)
		assert.Equal(t, mistakes[name].want, report.Vectors[i].Reasons, name)
	}
	assert.False(t, report.Score.OK())
}

func mistakeNames() []string { return slices.Sorted(maps.Keys(mistakes)) }
