// Package pingmfatest is a PingOne to test against: the token endpoint and the two operations of the contract, on
// loopback, with nothing sent to anybody. It is for the tests of services that start device authentications or create
// devices, whatever client they use, and for programs that show or try such a service.
//
// In a test:
//
//	srv := pingmfatest.NewServer(t)
//	person := srv.UserWithEmailDevice()
//	// Point your service at srv.AuthURL and srv.APIURL, with srv.EnvironmentID, srv.ClientID and srv.ClientSecret,
//	// and let it authenticate person.UserID.
//	require.Len(t, srv.Messages(), 1)
//
// Outside a test, [New] makes a [Fake], which is an [http.Handler].
//
// # What fails a test
//
// A request that breaks the contract (openapi.yaml), and a request that is no part of it, such as one whose path has
// lost the path of the base URL. The failure names the operation and a JSON pointer, never a value. What PingOne
// refuses in its own time does not fail a test, so that a test can expect it: a token that is bad, expired or revoked,
// an environment or a user that does not exist, a device too many. Answers that were scripted and never asked for
// fail the test, too.
//
// # What it does on purpose
//
// PingOne adds properties and links to its answers without notice and promises no order of keys. So does the fake:
// every success carries an unknown property in each object and an unknown link, and its keys come in an order that the
// seed decides. A failing test prints the seed; [Options] takes it. Options.Plain turns all of that off.
//
// # What it does when told to
//
// Answers can be scripted in raw JSON ([Fake.Script]), and faults injected ([Fake.Inject]): [Faults] lists what can go
// wrong between a client and PingOne, from a refused connection to an answer without end. The fake knows whether it
// acted ([Request].Acted, [Fake.Messages], [Fake.Devices]), so a test can hold a service to the truth:
//
//	srv.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultGatewayPage.AfterActing())
//	// Let the service authenticate person.UserID. It got a 502, and yet:
//	require.Len(t, srv.Messages(), 1)
//
// # How true it is
//
// Statuses, shapes and example values are those of the vendor's pages, as far as they show them. What they do not show
// is inferred, and the doc comments here say so.
package pingmfatest
