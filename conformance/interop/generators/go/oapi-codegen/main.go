// A login with the client that oapi-codegen generates without options.
package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pingmfa/pingmfa-go/conformance/interop/generators/go/flow"
	"github.com/pingmfa/pingmfa-go/conformance/interop/generators/go/gen/oapi"
)

//go:generate go tool oapi-codegen -generate types,client -package oapi -o ../gen/oapi/oapi.go ../../../../../openapi.yaml

func main() {
	ctx := context.Background()
	bearer := "Bearer " + flow.Token()
	client, err := oapi.NewClientWithResponses(flow.AuthURL, oapi.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", bearer)
			return nil
		}))
	if err != nil {
		panic(err)
	}
	start := func(user string) *oapi.DeviceAuthentication {
		response, err := client.CreateDeviceAuthenticationWithResponse(ctx, flow.EnvironmentID, nil,
			oapi.DeviceAuthenticationRequest{User: oapi.UserReference{Id: user}})
		if err != nil || response.JSON201 == nil {
			panic(fmt.Sprint(err, response))
		}
		return response.JSON201
	}
	auth := start(flow.EmailUser)
	response, err := client.ContinueDeviceAuthenticationWithApplicationVndPingidentityOtpCheckPlusJSONBodyWithResponse(
		ctx, flow.EnvironmentID, auth.Id, nil, oapi.CheckOTPRequest{Otp: flow.Passcode(auth.Id)})
	if err != nil || response.JSON200 == nil {
		panic(fmt.Sprint(err, response))
	}
	flow.Print(texts(response.JSON200), texts(start(flow.UnknownTypeUser)), texts(start(flow.UnknownStatusUser)))
}

func texts(auth *oapi.DeviceAuthentication) []string {
	texts := []string{auth.Status}
	for _, device := range *auth.UnderscoreEmbedded.Devices {
		texts = append(texts, *device.Type)
	}
	return texts
}
