package main

import (
	"context"
	"errors"
	"maps"
	"mime"
	"net/http"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/conformance/adapter"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// call makes the call of a case and returns its result.
func call(ctx context.Context, c adapter.Case) adapter.Result {
	result, err := invoke(ctx, c)
	return report(c.Operation, result, err)
}

// invoke converts the request of a case to the types of pingmfa and makes the call with a new client. A request that
// these types cannot represent is not expressible: one with a member in the wrong place, an unknown type, or invalid
// JSON, for example.
func invoke(ctx context.Context, c adapter.Case) (result any, err error) {
	request := c.Request.Wire()
	ids, ok := pathIDs(c.Operation, request)
	if !ok {
		return nil, errNotExpressible
	}
	opts, contentType, ok := options(request.Header)
	if !ok {
		return nil, errNotExpressible
	}
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: ids[0],
		AuthURL:       c.AuthURL,
		APIURL:        c.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: c.ClientID, Secret: c.ClientSecret},
	})
	if err != nil {
		return nil, err
	}
	return perform(ctx, client, c.Operation+" "+contentType, ids[1:], request.Body, opts)
}

var errNotExpressible = errors.New("the types of pingmfa cannot represent the request")

// perform makes the call of an action: an operation and a Content-Type in lower case. The result is an authentication,
// a device, or nil.
func perform(ctx context.Context, client *pingmfa.Client, action string, ids []string, body []byte,
	opts []pingmfa.CallOption,
) (any, error) {
	const continuation = "continueDeviceAuthentication application/vnd.pingidentity."
	const activation = "activateDevice application/vnd.pingidentity."
	var o *object // It is nil if there is no body.
	if len(body) > 0 {
		o = parse(body)
	}
	switch {
	case action == "readDeviceAuthentication " && o == nil:
		return client.Authentication(ctx, ids[0], opts...)
	case action == activation+"device.sendactivationcode+json" && o == nil:
		return nil, client.ResendActivation(ctx, ids[0], ids[1], opts...)
	case o == nil:
		return nil, errNotExpressible
	}
	var send func() (any, error)
	switch action {
	case "createDeviceAuthentication application/json":
		input := authenticationRequest(o)
		send = func() (any, error) { return client.StartAuthentication(ctx, input, opts...) }
	case continuation + "device.select+json":
		device := o.object("device")
		deviceID := device.text("id")
		o.close(device)
		opts = append(opts, compatibility(o)...)
		send = func() (any, error) { return client.SelectDevice(ctx, ids[0], deviceID, opts...) }
	case continuation + "otp.check+json":
		otp := o.text("otp")
		send = func() (any, error) { return client.CheckOTP(ctx, ids[0], otp, opts...) }
	case continuation + "assertion.check+json":
		input := pingmfa.Assertion{Origin: o.text("origin"), Credential: []byte(o.text("assertion"))}
		opts = append(opts, compatibility(o)...)
		send = func() (any, error) { return client.CheckAssertion(ctx, ids[0], input, opts...) }
	case continuation + "cancel.push.authentication+json":
		o.invalid = o.text("reason") != "CHANGE_DEVICE"
		send = func() (any, error) { return client.ChangeDevice(ctx, ids[0], opts...) }
	case "createDevice application/json":
		input := newDevice(o)
		send = func() (any, error) { return client.CreateDevice(ctx, ids[0], input, opts...) }
	case activation + "device.activate+json":
		input := activationProof(o)
		send = func() (any, error) { return client.ActivateDevice(ctx, ids[0], ids[1], input, opts...) }
	}
	if send == nil || !o.done() {
		return nil, errNotExpressible
	}
	return send()
}

// route has the method, the host and the path of an operation. The segments ":id" of the path are ids.
type route struct {
	method string
	host   conformance.Host
	path   string
}

var routes = map[string]route{
	"createDeviceAuthentication":   {http.MethodPost, conformance.HostAuth, "/:id/deviceAuthentications"},
	"readDeviceAuthentication":     {http.MethodGet, conformance.HostAuth, "/:id/deviceAuthentications/:id"},
	"continueDeviceAuthentication": {http.MethodPost, conformance.HostAuth, "/:id/deviceAuthentications/:id"},
	"createDevice":                 {http.MethodPost, conformance.HostAPI, "/environments/:id/users/:id/devices"},
	"activateDevice":               {http.MethodPost, conformance.HostAPI, "/environments/:id/users/:id/devices/:id"},
}

// pathIDs returns the ids in the path of a request. It returns false if pingmfa does not send requests with this
// method, host or path.
func pathIDs(operation string, r conformance.Request) (ids []string, ok bool) {
	route := routes[operation]
	want, got := strings.Split(route.path, "/"), strings.Split(r.Path, "/")
	if r.Method != route.method || r.Host != route.host || len(got) != len(want) {
		return nil, false
	}
	for i, segment := range want {
		switch {
		case segment == ":id":
			ids = append(ids, got[i])
		case segment != got[i]:
			return nil, false
		}
	}
	return ids, true
}

// options converts the headers that a caller can set to options. It returns false if pingmfa does not send these
// headers.
func options(header http.Header) (opts []pingmfa.CallOption, contentType string, ok bool) {
	for name, values := range header {
		switch http.CanonicalHeaderKey(name) {
		case "X-Ping-External-Transaction-Id":
			opts = append(opts, pingmfa.WithTransactionID(values[0]))
		case "X-Ping-External-Session-Id":
			opts = append(opts, pingmfa.WithSessionID(values[0]))
		case "Content-Type":
			media, parameters, err := mime.ParseMediaType(values[0])
			// pingmfa sends JSON, which is UTF-8.
			if err != nil || len(parameters) > 0 && !maps.EqualFunc(parameters, utf8, strings.EqualFold) {
				return nil, "", false
			}
			contentType = media
		case "Authorization":
			if !strings.HasPrefix(values[0], "Bearer ") {
				return nil, "", false
			}
		default:
			return nil, "", false
		}
	}
	return opts, contentType, header.Get("Authorization") != ""
}

var utf8 = map[string]string{"charset": "utf-8"}
