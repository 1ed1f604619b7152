package pingmfa_test

import (
	"context"
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// matrixCall is a call that meets the faults.
type matrixCall struct {
	name      string
	operation string // the operation of the call
	token     bool   // the request for the token meets the fault, not the operation
	reads     bool
	nothing   bool // a success has no result, so that any body will do
	// prepare brings the fake into the state that the call needs, and returns the call.
	prepare func(x *faultCase) func(ctx context.Context) ending
}

func (c matrixCall) faulted() string {
	if c.token {
		return pingmfatest.OpToken
	}
	return c.operation
}

// expected returns the expected end and the expected number of requests. The number is 0 if net/http itself may repeat
// the request.
func (c matrixCall) expected(row faultRow) (end string, tries int) {
	switch {
	case c.token && row.atToken == "":
		return notSent, max(1, row.tokenTries)
	case c.token:
		return row.atToken, max(1, row.tokenTries)
	case c.nothing && row.want == accepted:
		return result, 1
	case !c.reads, row.want == result, row.want == accepted && !row.cut, row.want == refused, row.onlyOnce, row.always,
		row.hangs != "":
		if row.or != nil { // a race: the client or net/http may have sent the request again
			return row.want, 0
		}
		return row.want, max(1, row.tries)
	}
	return result, 0 // A read is repeated after everything that can pass.
}

// matrixCalls returns the calls, each with a canary in every sensitive member.
func matrixCalls() []matrixCall {
	start := func(x *faultCase) func(context.Context) ending {
		return func(ctx context.Context) ending {
			return authenticated(x.client.StartAuthentication(ctx, canaryRequest()))
		}
	}
	// repeated is a call that can be made twice: the first one gets the token and the connection.
	type preparation = func(x *faultCase) func(context.Context) ending
	repeated := func(call preparation) preparation {
		return func(x *faultCase) func(context.Context) ending {
			require.NoError(x, call(x)(x.Context()).err)
			return call(x)
		}
	}
	return []matrixCall{
		{name: "StartAuthentication", operation: pingmfatest.OpCreateDeviceAuthentication, prepare: repeated(start)},
		{name: "CreateDevice", operation: pingmfatest.OpCreateDevice, prepare: repeated(
			func(x *faultCase) func(context.Context) ending {
				return func(ctx context.Context) ending { return paired(x.client.CreateDevice(ctx, userID, canaryDevice())) }
			})},
		{
			name: "SelectDevice", operation: pingmfatest.OpContinueDeviceAuthentication,
			prepare: func(x *faultCase) func(context.Context) ending {
				auth := x.begin("SMS", "VOICE")
				return func(ctx context.Context) ending {
					return authenticated(x.client.SelectDevice(ctx, auth.ID, auth.Devices[0].ID))
				}
			},
		},
		{
			name: "CheckOTP", operation: pingmfatest.OpContinueDeviceAuthentication,
			prepare: func(x *faultCase) func(context.Context) ending {
				auth, otp := x.begin("SMS"), x.server.Messages()[0].Passcode
				return func(ctx context.Context) ending { return authenticated(x.client.CheckOTP(ctx, auth.ID, otp)) }
			},
		},
		{
			name: "CheckAssertion", operation: pingmfatest.OpContinueDeviceAuthentication,
			prepare: func(x *faultCase) func(context.Context) ending {
				auth := x.begin("FIDO2")
				return func(ctx context.Context) ending {
					return authenticated(x.client.CheckAssertion(ctx, auth.ID, pingmfa.Assertion{
						Origin: "https://login.example.com", Credential: json.RawMessage(`{"id":"` + canaryID + `"}`),
					}))
				}
			},
		},
		{
			name: "ChangeDevice", operation: pingmfatest.OpContinueDeviceAuthentication,
			prepare: func(x *faultCase) func(context.Context) ending {
				auth := x.begin("MOBILE")
				return func(ctx context.Context) ending { return authenticated(x.client.ChangeDevice(ctx, auth.ID)) }
			},
		},
		{
			name: "Authentication", operation: pingmfatest.OpReadDeviceAuthentication, reads: true,
			prepare: func(x *faultCase) func(context.Context) ending {
				auth := x.begin("MOBILE")
				return func(ctx context.Context) ending { return authenticated(x.client.Authentication(ctx, auth.ID)) }
			},
		},
		{
			name: "ActivateDevice", operation: pingmfatest.OpActivateDevice,
			prepare: func(x *faultCase) func(context.Context) ending {
				device, otp := x.pair()
				return func(ctx context.Context) ending {
					return paired(x.client.ActivateDevice(ctx, userID, device.ID, otp))
				}
			},
		},
		{
			name: "ResendActivation", operation: pingmfatest.OpActivateDevice, nothing: true,
			prepare: func(x *faultCase) func(context.Context) ending {
				device, _ := x.pair()
				return func(ctx context.Context) ending {
					return ending{id: device.ID, err: x.client.ResendActivation(ctx, userID, device.ID)}
				}
			},
		},
		{name: "at the token endpoint", operation: pingmfatest.OpCreateDeviceAuthentication, token: true, prepare: start},
	}
}

// begin starts an authentication of a user with devices of some types.
func (x *faultCase) begin(types ...string) *pingmfa.Authentication {
	x.Helper()
	for _, kind := range types {
		x.server.AddDevice(userID, pingmfatest.Device{"type": kind, "phone": canaryPhone, "nickname": canaryNickname})
	}
	auth, err := x.client.StartAuthentication(x.Context(), pingmfa.AuthenticationRequest{UserID: userID})
	require.NoError(x, err)
	return auth
}

// pair creates a device that waits for its activation, and returns the passcode.
func (x *faultCase) pair() (*pingmfa.Device, pingmfa.ActivationOTP) {
	x.Helper()
	device, err := x.client.CreateDevice(x.Context(), userID, pingmfa.SMS{
		Phone: canaryPhone, Nickname: canaryNickname, Status: pingmfa.DeviceActivationRequired,
	})
	require.NoError(x, err)
	return device, pingmfa.ActivationOTP(x.server.Messages()[0].Passcode)
}

func authenticated(auth *pingmfa.Authentication, err error) ending {
	if auth == nil {
		return ending{err: err}
	}
	return ending{auth, auth.ID, err}
}

func paired(device *pingmfa.Device, err error) ending {
	if device == nil {
		return ending{err: err}
	}
	return ending{device, device.ID, err}
}
