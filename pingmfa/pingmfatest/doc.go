// Package pingmfatest is a fake PingOne for tests. It serves the token endpoint and the operations of the contract
// (openapi.yaml) on loopback, and sends no messages. It tests services that authenticate users or pair devices,
// whatever client they use.
//
// In a test of a service that uses package [github.com/pingmfa/pingmfa-go/pingmfa]:
//
//	srv := pingmfatest.NewServer(t)
//	client, err := pingmfa.New(pingmfa.Config{
//		EnvironmentID: srv.EnvironmentID, AuthURL: srv.AuthURL, APIURL: srv.APIURL,
//		Credentials: pingmfa.ClientSecret{ID: srv.ClientID, Secret: srv.ClientSecret},
//	})
//	user := pingmfa.AuthenticationRequest{UserID: srv.UserWithEmailDevice().UserID}
//	auth, err := client.StartAuthentication(ctx, user)
//	auth, err = client.CheckOTP(ctx, auth.ID, srv.Messages()[0].Passcode) // auth.Status is COMPLETED
//
// Outside a test, [New] returns a [Fake], which is an [http.Handler].
//
// # What a test does for the user
//
// A test reads the passcodes that were sent in [Fake.Messages]. [Fake.Passcode] returns those of authenticator
// applications, and [Fake.ConfirmPush] and [Fake.DenyPush] take the place of the user's phone. Any JSON object with an
// id is a valid assertion or attestation, or for PingID Desktop, any JWT: the fake cannot check signatures.
// [Fake.Advance] lets time pass: passcodes, pushes, locks and access tokens expire.
//
// # Failures
//
// A test fails if a request breaks the contract or is not part of it, for example if the client drops the path of the
// base URL. The failure names the operation and a JSON pointer, never a value. A test also fails if a scripted response
// or a fault is left over at its end.
//
// A test does not fail if the fake refuses a request that follows the contract, as PingOne does: an invalid, expired or
// revoked token, an unknown environment, user, device or authentication, a wrong passcode, a locked device, too many
// devices.
//
// # Unknown properties
//
// PingOne adds properties and links to its responses without notice, and the order of keys is not fixed. To test that a
// client accepts this, every success has an unknown property in each object and an unknown link, and the order of its
// keys depends on the seed. The media type of devices is application/json or application/hal+json, which depends on the
// seed, too. A failed test logs the seed, which can be set in [Options]. Options.Plain disables all of this.
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
// Statuses, shapes and example values are those of the vendor's pages, and the codes of errors are documented. Where
// the pages are silent the behavior is inferred:
//
//   - Which error a refused request gets. A wrong passcode is a 400 INVALID_DATA with the detail INVALID_OTP and
//     attemptsRemaining; a client of PingOne reads these. A locked device is a 400 REQUEST_FAILED with QUOTA_EXCEEDED
//     and coolDownExpiresAt; Options.FailAfterTries selects the other response that is possible. A blocked or disabled
//     device gets NO_USABLE_DEVICES, a disabled user ACCOUNT_NOT_USABLE, an unknown device or a credential without an
//     id INVALID_VALUE, and an action that the status does not allow CONSTRAINT_VIOLATION.
//   - A finished authentication can be read, and any action on it is a 404.
//   - An expired passcode is refused like a wrong one. The tries belong to the device: only a right passcode and a lock
//     reset them.
//   - A passcode of an authenticator application is accepted 30 seconds early or late, and more than once.
//   - A device of an unknown type leads to an unknown status, such as SMART_RING_REQUIRED.
//   - A denied push has the status FAILED and the code PUSH_DENIED.
//   - A device that is selected again gets another passcode, and the earlier one is no longer valid.
//   - A blocked device is in blockedDevices, and the usableStatus of a locked one is DISABLED with the reason LOCKED.
//   - Sending an activation passcode again is a 204; in test mode it is a 200 with the device.
//   - For a wrong path, a wrong method, and a wrong media type where this selects the action, a gateway was seen to
//     send a 403 with a message alone. The fake does so for paths under neither base URL, too.
package pingmfatest
