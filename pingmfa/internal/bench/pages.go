package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/gen"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

const (
	environmentID = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
	policyID      = "5a0a0950-8a81-4739-b12a-f4d6a11c7a82"
	oneTimePhone  = "+14135550150"
	devicePhone   = "+1.5125201234"
	accessToken   = "eyJhbGciOiJub25lIn0.eyJub3RoaW5nIjoidG8gc2VlIn0." //nolint:gosec // made up
)

// page is one of the vendor's pages.
type page struct {
	name, userID string
	vector       conformance.Vector
	response     []byte // that of the vector, indented as printed
}

// pages returns the four pages.
func pages() (list []page, err error) {
	known := map[string]page{
		"initialize":          {name: "start", userID: "788d4931-6936-43f2-82ff-178f5762298a"},
		"one-time-sms":        {name: "start-sms", userID: "991776fd-145b-499e-8237-2c62aef35b2c"},
		"custom-notification": {name: "start-notification", userID: "b30ac647-e33e-464f-a6ea-0275082d4c26"},
		"sms":                 {name: "device", userID: "8ce55f02-2077-4493-9a6d-0385df1f0772"},
	}
	vectors, err := conformance.Vectors()
	for _, v := range vectors {
		if p, ok := known[path.Base(v.ID)]; ok && slices.Contains(v.Flags, "VendorPage") {
			var b bytes.Buffer
			err = errors.Join(err, json.Indent(&b, v.Response.Body, "", "    "))
			p.vector, p.response = v, b.Bytes()
			list = append(list, p)
		}
	}
	return list, err
}

// call makes one call and returns a pointer to the decoded response.
type call func(context.Context) (any, error)

// The clients that are compared.
const (
	byHand = iota
	byGenerated
	byPingmfa
)

var clients = [...]string{"hand", "generated", "pingmfa"}

// call returns the call of the page by one of the clients. If httpClient is nil, hand uses http.DefaultTransport, and
// pingmfa the transport that it makes by default.
func (p page) call(client int, baseURL string, httpClient *http.Client) (call, error) {
	switch client {
	case byHand:
		c := &hand{http: cmp.Or(httpClient, &http.Client{Timeout: time.Minute}), baseURL: baseURL, token: accessToken}
		return func(ctx context.Context) (any, error) { return p.byHand(ctx, c) }, nil
	case byGenerated:
		c, err := gen.NewClientWithResponses(baseURL, gen.WithHTTPClient(httpClient),
			gen.WithRequestEditorFn(func(_ context.Context, req *http.Request) error {
				req.Header.Set("Authorization", "Bearer "+accessToken)
				return nil
			}))
		return func(ctx context.Context) (any, error) { return p.byGenerated(ctx, c) }, err
	}
	c, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		AuthURL:       baseURL,
		APIURL:        baseURL,
		Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "secret"},
		HTTPClient:    httpClient,
	})
	return func(ctx context.Context) (any, error) { return p.byPingmfa(ctx, c) }, err
}

func (p page) byHand(ctx context.Context, c *hand) (any, error) {
	request := startRequest{User: reference{p.userID}}
	switch p.name {
	case "device":
		created, body := new(createdDevice), deviceRequest{contact{"SMS", devicePhone}, reference{policyID}}
		return created, c.post(ctx, c.baseURL+"/environments/"+environmentID+"/users/"+p.userID+"/devices", body, created)
	case "start-sms":
		request.SelectedDevice = &selection{OneTime: &contact{"SMS", oneTimePhone}}
	case "start-notification":
		request.Notification = new(message)
		t := &request.Notification.Template
		t.Name, t.Locale, t.Variables = "transaction", "fr-CA", map[string]string{"account": "1234"}
	}
	auth := new(authentication)
	return auth, c.post(ctx, c.baseURL+"/"+environmentID+"/deviceAuthentications", request, auth)
}

func (p page) byGenerated(ctx context.Context, c *gen.ClientWithResponses) (any, error) {
	request := gen.DeviceAuthenticationRequest{User: gen.UserReference{ID: p.userID}}
	switch p.name {
	case "device":
		resp, err := c.CreateDeviceWithResponse(ctx, environmentID, p.userID, nil, gen.CreateSMSDevice{
			Type: gen.CreateSMSDeviceTypeSMS, Phone: devicePhone, Policy: gen.DevicePolicyReference{ID: policyID},
		})
		if err != nil {
			return nil, err
		}
		return resp.JSON201, nil
	case "start-sms":
		sms := gen.OneTimeSMS{Type: gen.OneTimeSMSTypeSMS, Phone: oneTimePhone}
		request.SelectedDevice = gen.OneTimeDevice{OneTime: sms}
	case "start-notification":
		request.Notification.Template = gen.NotificationTemplate{
			Name: "transaction", Locale: "fr-CA", Variables: gen.TemplateVariables{"account": "1234"},
		}
	}
	resp, err := c.CreateDeviceAuthenticationWithResponse(ctx, environmentID, nil, request)
	if err != nil {
		return nil, err
	}
	return resp.JSON201, nil
}

func (p page) byPingmfa(ctx context.Context, c *pingmfa.Client) (any, error) {
	request := pingmfa.AuthenticationRequest{UserID: p.userID}
	switch p.name {
	case "device":
		return c.CreateDevice(ctx, p.userID, pingmfa.SMS{Phone: devicePhone, PolicyID: policyID})
	case "start-sms":
		request.Device = pingmfa.OneTimeSMS{Phone: oneTimePhone}
	case "start-notification":
		request.Notification = &pingmfa.Notification{
			Template: "transaction", Locale: "fr-CA", Variables: map[string]string{"account": "1234"},
		}
	}
	return c.StartAuthentication(ctx, request)
}
