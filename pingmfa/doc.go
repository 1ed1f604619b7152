// Package pingmfa is a client for PingOne MFA: it starts device authentications and creates MFA devices.
//
//	client, err := pingmfa.New(pingmfa.Config{
//		EnvironmentID: "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
//		Region:        pingmfa.Europe,
//		Credentials:   pingmfa.ClientSecret{ID: id, Secret: secret},
//	})
//	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
//	device, err := client.CreateDevice(ctx, userID, pingmfa.SMS{Phone: "+12015550123"})
//
// In [Client.StartAuthentication], PingOne selects the device, or the request names a [PairedDevice] or a contact that
// PingOne does not store ([OneTimeSMS], [OneTimeVoice], [OneTimeEmail]). [Authentication.Next] returns the next step.
// [Client.CreateDevice] takes one of six kinds of [NewDevice].
//
// # After a failure
//
// PingOne has no idempotency key: a call that is repeated can send a second message. [OutcomeOf] says for every error
// whether a message may have been sent. After [OutcomeNotSent] and [OutcomeRefused] none was, after [OutcomeUnknown]
// one may have been, and after [OutcomeAccepted] PingOne acted. A call repeats a request only if PingOne certainly did
// not act on it; see [Retry].
//
// An error is an [*ArgumentError] (nothing was sent), an [*Error] (a response that is no usable success, with PingOne's
// codes) or a [*CallError] (no response). A [*TokenError] can be the cause of the last.
//
// # Responses
//
// PingOne adds members, links and values without notice. Device types and statuses are open strings with a Known
// method, a status that this version does not know is an [UnknownStep], an optional member in another form is left out,
// and Raw returns the body as it was received.
//
// # Privacy
//
// No error text and no log record of this package contains a token, a secret, a passcode, a phone number, an email
// address or a notification variable, even if PingOne repeats it in a response. The same is true of what fmt, log/slog
// and encoding/json write of a value of this package, or of one that an exported member of yours holds: an allow-list
// decides.
//
// It is not true of what you read from a member and write yourself, of the text of an error that Unwrap returns, and of
// what package fmt writes without asking the value: with the verb %p, with %w outside of fmt.Errorf, and of values in
// unexported members of your structs.
//
// # Testing
//
// Package [github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest] is a fake PingOne for the tests of a service. Set
// Config.AuthURL and Config.APIURL to its URLs.
//
// Facts about PingOne are from the vendor's API reference at https://developer.pingidentity.com/pingone-api/. This
// package is not the vendor's.
package pingmfa
