package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/internal/bench/generated"
)

const (
	environmentID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	accessToken   = "eyJhbGciOiJub25lIn0.eyJub3RoaW5nIjoidG8gc2VlIn0." //nolint:gosec // made up
)

// page is one of the vendor's pages: what it sends and gets. Bodies are indented as the pages print them.
type page struct {
	name, vector string
	answer       []byte
	path         string
	// start is the argument of StartAuthentication, or the user's id of CreateDevice with device.
	start  pingmfa.AuthenticationRequest
	device pingmfa.NewDevice
	// byHand is what the hand-written yardstick encodes, and into what it decodes.
	byHand func() (request, answer any)
	// plain fills the generated union.
	plain func(*generated.SelectedDevice) error
}

func pages() ([]page, error) {
	const (
		user   = "788d4931-6936-43f2-82ff-178f5762298a"
		policy = "5a0a0950-8a81-4739-b12a-f4d6a11c7a82"
		phone  = "+14135550150"
		start  = "/" + environmentID + "/deviceAuthentications"
	)
	variables := map[string]string{"account": "1234"}
	list := []page{
		{
			name: "start", vector: "create-device-authentication/exchange/initialize", path: start,
			start: pingmfa.AuthenticationRequest{UserID: user},
			byHand: func() (any, any) {
				return &handStartRequest{User: handRef{user}}, new(handAuthentication)
			},
		},
		{
			name: "start-sms", vector: "create-device-authentication/exchange/one-time-sms", path: start,
			start: pingmfa.AuthenticationRequest{UserID: user, Device: pingmfa.OneTimeSMS{Phone: phone}},
			byHand: func() (any, any) {
				return &handStartRequest{
					User:           handRef{user},
					SelectedDevice: &handSelected{OneTime: &handOneTime{"SMS", phone}},
				}, new(handAuthentication)
			},
			plain: func(selected *generated.SelectedDevice) error {
				var device generated.OneTimeDevice
				err := device.OneTime.FromOneTimeSMS(generated.OneTimeSMS{Phone: phone})
				return errors.Join(err, selected.FromOneTimeDevice(device))
			},
		},
		{
			name: "start-notification", vector: "create-device-authentication/exchange/custom-notification", path: start,
			start: pingmfa.AuthenticationRequest{UserID: user, Notification: &pingmfa.Notification{
				Template: "transaction", Locale: "fr-CA", Variables: variables,
			}},
			byHand: func() (any, any) {
				var n handNotification
				n.Template.Name, n.Template.Locale, n.Template.Variables = "transaction", "fr-CA", variables
				return &handStartRequest{User: handRef{user}, Notification: &n}, new(handAuthentication)
			},
		},
		{
			name: "device", vector: "create-device/exchange/sms",
			path:   "/environments/" + environmentID + "/users/" + user + "/devices",
			start:  pingmfa.AuthenticationRequest{UserID: user},
			device: pingmfa.SMS{Phone: "+1.5125201234", PolicyID: policy},
			byHand: func() (any, any) {
				return &handDeviceRequest{"SMS", "+1.5125201234", handRef{policy}}, new(handCreated)
			},
		},
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, v := range vectors {
			if v.ID == list[i].vector {
				var b bytes.Buffer
				if err := json.Indent(&b, v.Response.Body, "", "    "); err != nil {
					return nil, err
				}
				list[i].answer = b.Bytes()
			}
		}
		if list[i].answer == nil {
			return nil, fmt.Errorf("no vector %s", list[i].vector)
		}
	}
	return list, nil
}

// caller makes one call.
type caller func(ctx context.Context) error

// The names of the yardsticks, in the order of [yardsticks].
var names = []string{"hand", "generated", "floor", "pingmfa"}

// yardsticks are four ways to make the page's call at a base URL: ours sends pingmfa's requests, theirs the others'.
func yardsticks(p page, base string, theirs, ours *http.Client) ([]caller, error) {
	client, err := newClient(base, ours)
	if err != nil {
		return nil, err
	}
	plain, err := generated.NewClientWithResponses(base, generated.WithHTTPClient(theirs),
		generated.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
			req.Header.Set("Authorization", "Bearer "+accessToken)
			return nil
		}))
	if err != nil {
		return nil, err
	}
	h := hand{http: theirs, token: accessToken}
	return []caller{
		func(ctx context.Context) error {
			request, answer := p.byHand()
			return h.post(ctx, base+p.path, request, answer)
		},
		func(ctx context.Context) error { return callGenerated(ctx, plain, p) },
		func(ctx context.Context) error { return callFloor(ctx, theirs, base+p.path) },
		func(ctx context.Context) error { return callClient(ctx, client, p) },
	}, nil
}

// newClient is the client with all its safety on and its defaults.
func newClient(base string, transport *http.Client) (*pingmfa.Client, error) {
	return pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		AuthURL:       base,
		APIURL:        base,
		Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "secret"},
		HTTPClient:    transport,
	})
}

func callClient(ctx context.Context, client *pingmfa.Client, p page) error {
	if p.device != nil {
		_, err := client.CreateDevice(ctx, p.start.UserID, p.device)
		return err
	}
	_, err := client.StartAuthentication(ctx, p.start)
	return err
}

// callGenerated goes through oapi-codegen's client and its response parser, as it generates them by itself.
func callGenerated(ctx context.Context, c *generated.ClientWithResponses, p page) error {
	if sms, ok := p.device.(pingmfa.SMS); ok {
		var body generated.CreateDeviceRequest
		if err := body.FromCreateSMSDevice(generated.CreateSMSDevice{
			Phone: sms.Phone, Policy: generated.DevicePolicyReference{ID: sms.PolicyID},
		}); err != nil {
			return err
		}
		answer, err := c.CreateDeviceWithResponse(ctx, environmentID, p.start.UserID, nil, body)
		if err == nil && answer.JSON201 == nil {
			err = fmt.Errorf("status %d", answer.StatusCode())
		}
		return err
	}
	body := generated.DeviceAuthenticationRequest{User: generated.UserReference{ID: p.start.UserID}}
	if n := p.start.Notification; n != nil {
		body.Notification.Template = generated.NotificationTemplate{
			Name: n.Template, Locale: n.Locale, Variables: n.Variables,
		}
	}
	if p.plain != nil {
		if err := p.plain(&body.SelectedDevice); err != nil {
			return err
		}
	}
	answer, err := c.CreateDeviceAuthenticationWithResponse(ctx, environmentID, nil, body)
	if err == nil && answer.JSON201 == nil {
		err = fmt.Errorf("status %d", answer.StatusCode())
	}
	return err
}

// callFloor sends a body that is there already, and throws the answer away.
func callFloor(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader([]byte("{}")))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+accessToken)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
