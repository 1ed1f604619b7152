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

// call converts the request of a case to the types of pingmfa, makes the call with a new client, and returns the result
// in the terms of the vectors. A request that these types cannot represent is not expressible: one with a member in the
// wrong place, an unknown type, or invalid JSON, for example.
func call(ctx context.Context, c adapter.Case) adapter.Result {
	request := c.Request.Wire()
	ids, ok := pathIDs(c.Operation, request)
	opts, expressible := options(request.Header)
	if !ok || !expressible {
		return adapter.Result{Class: adapter.NotExpressible}
	}
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: ids[0],
		AuthURL:       c.AuthURL,
		APIURL:        c.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: c.ClientID, Secret: c.ClientSecret},
	})
	if err != nil {
		return failure(err)
	}
	switch c.Operation {
	case "createDeviceAuthentication":
		input, ok := authenticationRequest(request.Body)
		if !ok {
			return adapter.Result{Class: adapter.NotExpressible}
		}
		auth, err := client.StartAuthentication(ctx, input, opts...)
		if err != nil {
			return failure(err)
		}
		return authentication(auth)
	case "createDevice":
		input, ok := newDevice(request.Body)
		if !ok {
			return adapter.Result{Class: adapter.NotExpressible}
		}
		device, err := client.CreateDevice(ctx, ids[1], input, opts...)
		if err != nil {
			return failure(err)
		}
		return created(device)
	}
	return adapter.Result{Class: adapter.NotExpressible}
}

// pathIDs returns the ids in the path of a request. It returns false if pingmfa does not send requests with this
// method, host or path.
func pathIDs(operation string, r conformance.Request) (ids []string, ok bool) {
	segments := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
	switch {
	case r.Method != http.MethodPost:
	case operation == "createDeviceAuthentication" && r.Host == conformance.HostAuth:
		if len(segments) == 2 && segments[1] == "deviceAuthentications" {
			return segments[:1], true
		}
	case operation == "createDevice" && r.Host == conformance.HostAPI:
		if len(segments) == 5 && segments[0] == "environments" && segments[2] == "users" && segments[4] == "devices" {
			return []string{segments[1], segments[3]}, true
		}
	}
	return nil, false
}

// options converts the headers that a caller can set to options. It returns false if pingmfa does not send these
// headers.
func options(header http.Header) (opts []pingmfa.CallOption, ok bool) {
	for name, values := range header {
		switch http.CanonicalHeaderKey(name) {
		case "X-Ping-External-Transaction-Id":
			opts = append(opts, pingmfa.WithTransactionID(values[0]))
		case "X-Ping-External-Session-Id":
			opts = append(opts, pingmfa.WithSessionID(values[0]))
		case "Content-Type":
			// pingmfa sends application/json, which is UTF-8.
			media, parameters, err := mime.ParseMediaType(values[0])
			if err != nil || media != "application/json" ||
				len(parameters) > 0 && !maps.EqualFunc(parameters, utf8, strings.EqualFold) {
				return nil, false
			}
		case "Authorization":
			if !strings.HasPrefix(values[0], "Bearer ") {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return opts, header.Get("Content-Type") != "" && header.Get("Authorization") != ""
}

var utf8 = map[string]string{"charset": "utf-8"}

// authentication returns the result of a successful StartAuthentication.
func authentication(a *pingmfa.Authentication) adapter.Result {
	values := map[string]any{"id": a.ID, "status": string(a.Status)}
	switch step := a.Next().(type) {
	case pingmfa.EnterOTP:
		values["step"] = "EnterOTP"
	case pingmfa.SelectDevice:
		values["step"] = "SelectDevice"
	case pingmfa.ConfirmPush:
		values["step"] = "ConfirmPush"
	case pingmfa.AssertFIDO2:
		values["step"] = "AssertFIDO2"
	case pingmfa.Done:
		values["step"] = "Done"
	case pingmfa.Failed:
		values["step"], values["code"] = "Failed", step.Code
	case pingmfa.UnknownStep:
		values["step"] = "UnknownStep"
	}
	setCorrelationID(values, a.CorrelationID)
	return adapter.Result{Class: "success", Values: values}
}

// created returns the result of a successful CreateDevice.
func created(d *pingmfa.Device) adapter.Result {
	values := map[string]any{"id": d.ID, "type": string(d.Type)}
	if d.Status != "" {
		values["status"] = string(d.Status)
	}
	setCorrelationID(values, d.CorrelationID)
	return adapter.Result{Class: "success", Values: values}
}

var classes = map[pingmfa.Outcome]string{
	pingmfa.OutcomeNotSent:  "not-sent",
	pingmfa.OutcomeRefused:  "refused",
	pingmfa.OutcomeUnknown:  "unknown",
	pingmfa.OutcomeAccepted: "accepted",
}

// failure returns the result of a failed call.
func failure(err error) adapter.Result {
	values := make(map[string]any)
	var (
		argument *pingmfa.ArgumentError
		refused  *pingmfa.Error
	)
	switch {
	case errors.As(err, &argument):
		values["field"] = field(argument.Field)
	case errors.As(err, &refused):
		values["httpStatus"] = refused.StatusCode
		if refused.Code != "" {
			values["code"] = refused.Code
		}
		if refused.RetryAfter > 0 {
			values["retryAfterSeconds"] = int(refused.RetryAfter.Seconds())
		}
		setCorrelationID(values, refused.CorrelationID)
	}
	return adapter.Result{Class: classes[pingmfa.OutcomeOf(err)], Values: values}
}

func setCorrelationID(values map[string]any, id string) {
	if id != "" {
		values["correlationId"] = id
	}
}
