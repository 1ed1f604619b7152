package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/gen"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

const (
	environmentID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	accessToken   = "eyJhbGciOiJub25lIn0.eyJub3RoaW5nIjoidG8gc2VlIn0." //nolint:gosec // made up
)

// The clients that are compared.
const (
	byHand      = "hand"
	byGenerated = "generated" // gen.ClientWithResponses
	byPingmfa   = "pingmfa"
)

var clients = []string{byHand, byGenerated, byPingmfa}

// page is one of the vendor's pages: its call by each client, its vector, and its response, indented as printed. The
// calls return a pointer to the decoded response. Each call makes its request anew.
type page struct {
	name      string
	vectorID  string
	hand      func(context.Context, *hand) (any, error)
	generated func(context.Context, *gen.ClientWithResponses) (any, error)
	pingmfa   func(context.Context, *pingmfa.Client) (any, error)
	vector    conformance.Vector
	response  []byte
}

// startPage returns a page of the operation createDeviceAuthentication.
func startPage(
	name, vectorID string,
	byHand func() startRequest, generated func() gen.DeviceAuthenticationRequest, wrapper func() pingmfa.AuthenticationRequest,
) page {
	return page{
		name: name, vectorID: "create-device-authentication/exchange/" + vectorID,
		hand: func(ctx context.Context, c *hand) (any, error) { return c.start(ctx, byHand()) },
		generated: func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
			resp, err := c.CreateDeviceAuthenticationWithResponse(ctx, environmentID, nil, generated())
			if err == nil && resp.JSON201 == nil {
				err = fmt.Errorf("status %d", resp.StatusCode())
			}
			if err != nil {
				return nil, err
			}
			return resp.JSON201, nil
		},
		pingmfa: func(ctx context.Context, c *pingmfa.Client) (any, error) {
			return c.StartAuthentication(ctx, wrapper())
		},
	}
}

// pages returns the four pages.
func pages() ([]page, error) {
	const (
		user      = "788d4931-6936-43f2-82ff-178f5762298a"
		smsUser   = "991776fd-145b-499e-8237-2c62aef35b2c"
		phone     = "+14135550150"
		otherUser = "b30ac647-e33e-464f-a6ea-0275082d4c26"
		newUser   = "8ce55f02-2077-4493-9a6d-0385df1f0772"
		newPhone  = "+1.5125201234"
		policy    = "5a0a0950-8a81-4739-b12a-f4d6a11c7a82"
	)
	list := []page{
		startPage("start", "initialize",
			func() startRequest { return startRequest{User: reference{user}} },
			func() gen.DeviceAuthenticationRequest {
				return gen.DeviceAuthenticationRequest{User: gen.UserReference{ID: user}}
			},
			func() pingmfa.AuthenticationRequest { return pingmfa.AuthenticationRequest{UserID: user} },
		),
		startPage("start-sms", "one-time-sms",
			func() startRequest {
				return startRequest{
					User: reference{smsUser}, SelectedDevice: &selection{OneTime: &oneTime{Type: "SMS", Phone: phone}},
				}
			},
			func() gen.DeviceAuthenticationRequest {
				return gen.DeviceAuthenticationRequest{
					User:           gen.UserReference{ID: smsUser},
					SelectedDevice: gen.OneTimeDevice{OneTime: gen.OneTimeSMS{Type: gen.OneTimeSMSTypeSMS, Phone: phone}},
				}
			},
			func() pingmfa.AuthenticationRequest {
				return pingmfa.AuthenticationRequest{UserID: smsUser, Device: pingmfa.OneTimeSMS{Phone: phone}}
			},
		),
		startPage("start-notification", "custom-notification",
			func() startRequest {
				return startRequest{User: reference{otherUser}, Notification: &message{template{
					Locale: "fr-CA", Name: "transaction", Variables: map[string]string{"account": "1234"},
				}}}
			},
			func() gen.DeviceAuthenticationRequest {
				return gen.DeviceAuthenticationRequest{
					User: gen.UserReference{ID: otherUser},
					Notification: gen.Notification{Template: gen.NotificationTemplate{
						Locale: "fr-CA", Name: "transaction", Variables: gen.TemplateVariables{"account": "1234"},
					}},
				}
			},
			func() pingmfa.AuthenticationRequest {
				return pingmfa.AuthenticationRequest{UserID: otherUser, Notification: &pingmfa.Notification{
					Locale: "fr-CA", Template: "transaction", Variables: map[string]string{"account": "1234"},
				}}
			},
		),
		{
			name: "device", vectorID: "create-device/exchange/sms",
			hand: func(ctx context.Context, c *hand) (any, error) {
				return c.createDevice(ctx, newUser, deviceRequest{Type: "SMS", Phone: newPhone, Policy: reference{policy}})
			},
			generated: func(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
				resp, err := c.CreateDeviceWithResponse(ctx, environmentID, newUser, nil, gen.CreateSMSDevice{
					Type: gen.CreateSMSDeviceTypeSMS, Phone: newPhone, Policy: gen.DevicePolicyReference{ID: policy},
				})
				if err == nil && resp.JSON201 == nil {
					err = fmt.Errorf("status %d", resp.StatusCode())
				}
				if err != nil {
					return nil, err
				}
				return resp.JSON201, nil
			},
			pingmfa: func(ctx context.Context, c *pingmfa.Client) (any, error) {
				return c.CreateDevice(ctx, newUser, pingmfa.SMS{Phone: newPhone, PolicyID: policy})
			},
		},
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	for i := range list {
		p := &list[i]
		for _, v := range vectors {
			if v.ID == p.vectorID {
				p.vector = v
			}
		}
		if p.vector.Response == nil {
			return nil, fmt.Errorf("no vector %s", p.vectorID)
		}
		var b bytes.Buffer
		if err := json.Indent(&b, p.vector.Response.Body, "", "    "); err != nil {
			return nil, err
		}
		p.response = b.Bytes()
	}
	return list, nil
}

// call makes one call.
type call func(context.Context) (any, error)

// call returns the page's call by one of the clients. Only pingmfa accepts a nil http.Client: it has its own then.
func (p page) call(client, baseURL string, httpClient *http.Client) (call, error) {
	switch client {
	case byHand:
		c := &hand{http: httpClient, baseURL: baseURL, token: accessToken}
		return func(ctx context.Context) (any, error) { return p.hand(ctx, c) }, nil
	case byGenerated:
		c, err := gen.NewClientWithResponses(baseURL, gen.WithHTTPClient(httpClient),
			gen.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
				req.Header.Set("Authorization", "Bearer "+accessToken)
				return nil
			}))
		return func(ctx context.Context) (any, error) { return p.generated(ctx, c) }, err
	default:
		c, err := pingmfa.New(pingmfa.Config{
			EnvironmentID: environmentID,
			AuthURL:       baseURL,
			APIURL:        baseURL,
			Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "secret"},
			HTTPClient:    httpClient,
		})
		return func(ctx context.Context) (any, error) { return p.pingmfa(ctx, c) }, err
	}
}
