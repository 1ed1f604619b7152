// Package pingmfatest is a fake PingOne for tests. It serves the token endpoint and the two operations of the contract
// (openapi.yaml) on loopback, and sends no messages. It tests services that start device authentications or create
// devices, whatever client they use.
//
// In a test:
//
//	srv := pingmfatest.NewServer(t)
//	user := srv.UserWithEmailDevice()
//	// Configure the service with srv.AuthURL, srv.APIURL, srv.EnvironmentID, srv.ClientID and srv.ClientSecret,
//	// and let it authenticate user.UserID.
//	require.Len(t, srv.Messages(), 1)
//
// Outside a test, [New] returns a [Fake], which is an [http.Handler].
//
// # Failures
//
// A test fails if a request breaks the contract or is not part of it, for example if the client drops the path of the
// base URL. The failure names the operation and a JSON pointer, never a value. A test also fails if a scripted response
// or a fault is left over at its end.
//
// A test does not fail if the fake refuses a valid request, as PingOne does: an invalid, expired or revoked token, an
// unknown environment or user, too many devices.
//
// # Unknown properties
//
// PingOne adds properties and links to its responses without notice and does not promise an order of keys. So does the
// fake: every success has an unknown property in each object and an unknown link, and its keys are in an order that
// depends on the seed. A failed test logs the seed, which can be set in [Options]. Options.Plain disables all of this.
//
// # Scripted responses and faults
//
// [Fake.Script] queues responses in raw JSON. [Fake.Inject] queues faults; [Faults] lists them, from a refused
// connection to an endless response. The fake records whether it carried out a request ([Request].Acted,
// [Fake.Messages], [Fake.Devices]), so a test can compare that with the result that the service reports:
//
//	srv.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultGatewayPage.AfterActing())
//	// Let the service authenticate user.UserID. It gets a 502, but the message was sent:
//	require.Len(t, srv.Messages(), 1)
//
// # Sources
//
// Statuses, shapes and example values are those of the vendor's pages. Where the pages are silent the behavior is
// inferred, and the doc comments say so.
package pingmfatest
