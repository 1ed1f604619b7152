// A login with the client that ogen generates.
package main

import (
	"context"
	"fmt"

	"github.com/pingmfa/pingmfa-go/conformance/interop/generators/go/flow"
	"github.com/pingmfa/pingmfa-go/conformance/interop/generators/go/gen/ogen"
)

//go:generate go tool ogen --config ../ogen.yml --clean --package ogen --target ../gen/ogen ../../out/pack/openapi-auth.yaml

// token is the SecuritySource of the client.
type token string

func (t token) Bearer(context.Context, ogen.OperationName) (ogen.Bearer, error) {
	return ogen.Bearer{Token: string(t)}, nil
}

func main() {
	ctx := context.Background()
	client, err := ogen.NewClient(flow.AuthURL, token(flow.Token()))
	if err != nil {
		panic(err)
	}
	start := func(user string) ogen.DeviceAuthentication {
		response, err := client.CreateDeviceAuthentication(ctx,
			&ogen.DeviceAuthenticationRequest{User: ogen.UserReference{ID: ogen.ID(user)}},
			ogen.CreateDeviceAuthenticationParams{EnvironmentID: ogen.ID(flow.EnvironmentID)})
		return result(response, err)
	}
	auth := start(flow.EmailUser)
	response, err := client.ContinueDeviceAuthentication(ctx,
		&ogen.CheckOTPRequest{Otp: ogen.EnteredOTP(flow.Passcode(auth.ID))},
		ogen.ContinueDeviceAuthenticationParams{
			EnvironmentID: ogen.ID(flow.EnvironmentID), DeviceAuthenticationID: ogen.ID(auth.ID),
		})
	flow.Print(texts(result(response, err)), texts(start(flow.UnknownTypeUser)), texts(start(flow.UnknownStatusUser)))
}

// result returns the authentication in a response, whose type is an interface.
func result(response any, err error) ogen.DeviceAuthentication {
	success, ok := response.(*ogen.DeviceAuthenticationHeaders)
	if err != nil || !ok {
		panic(fmt.Sprintf("%v %+v", err, response))
	}
	return success.Response
}

func texts(auth ogen.DeviceAuthentication) []string {
	texts := []string{string(auth.Status)}
	for _, device := range auth.Embedded.Value.Devices {
		texts = append(texts, string(device.Type.Value))
	}
	return texts
}
