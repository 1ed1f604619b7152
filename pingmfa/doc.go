// Package pingmfa makes PingOne MFA ask a person for a second factor: it starts device authentications and creates MFA
// devices, in two calls.
//
//	client, err := pingmfa.New(pingmfa.Config{
//		EnvironmentID: "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
//		Region:        pingmfa.Europe,
//		Credentials:   pingmfa.ClientSecret{ID: id, Secret: secret},
//	})
//	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
//	device, err := client.CreateDevice(ctx, userID, pingmfa.SMS{Phone: "+12015550123"})
//
// [Client.StartAuthentication] lets PingOne decide which device is used, or names a [PairedDevice], or brings a contact
// that PingOne does not store ([OneTimeSMS], [OneTimeVoice], [OneTimeEmail]). [Authentication.Next] says what comes
// next. [Client.CreateDevice] takes one of six kinds of [NewDevice].
//
// # After a failure
//
// A message costs money and a person's patience, and PingOne has no idempotency key. So [OutcomeOf] says of every error
// whether a message may have gone out: [OutcomeNotSent] and [OutcomeRefused] mean that none did, [OutcomeUnknown] that
// one may have, [OutcomeAccepted] that PingOne acted. A call repeats itself only where that is certain to send nothing
// twice; see [Retry].
//
// Errors are an [*ArgumentError] (nothing was sent), an [*Error] (PingOne's answer, with its codes), a [*ResponseError]
// (an answer that cannot be read) or a [*CallError] (no answer); a [*TokenError] may be the cause of the last.
//
// # What comes back
//
// PingOne adds properties, links and values without notice. Here types of devices and statuses are open strings with a
// Known method, a status that this version does not know is an [UnknownStep], an optional member in an odd form is left
// out, and Raw returns the answer's body as it came.
//
// # Privacy
//
// No text of this package holds a token, a secret, a passcode, a phone number, an email address or a notification
// variable, even when PingOne repeats it in an error: formatting a value with fmt, logging it with log/slog or
// marshalling it with encoding/json leaves them out. The fields that hold them are yours to read, and what Unwrap
// returns is not this package's text.
//
// # Testing
//
// Package [github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest] is a PingOne to test your service against. Point
// Config.AuthURL and Config.APIURL at it.
//
// Facts about PingOne are from the vendor's API reference at https://developer.pingidentity.com/pingone-api/; this
// package is not the vendor's.
package pingmfa
