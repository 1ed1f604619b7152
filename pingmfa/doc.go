// Package pingmfa is a client for PingOne MFA: it logs users in with a second factor, and pairs the devices for it.
//
//	client, err := pingmfa.New(pingmfa.Config{
//		EnvironmentID: "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
//		Region:        pingmfa.Europe,
//		Credentials:   pingmfa.ClientSecret{ID: id, Secret: secret},
//	})
//	auth, err := client.StartAuthentication(ctx, pingmfa.AuthenticationRequest{UserID: userID})
//	auth, err = client.CheckOTP(ctx, auth.ID, otp) // if auth.Next() is an EnterOTP
//
// [Client.StartAuthentication] starts an authentication. Its request names a [PairedDevice], or a contact that PingOne
// does not store: [OneTimeSMS], [OneTimeVoice] or [OneTimeEmail]. If it names none, PingOne selects a device, or lets
// the user select one. [Authentication.Next] returns the next [Step]. Continue with [Client.SelectDevice],
// [Client.CheckOTP], [Client.WaitForPush] or [Client.CheckAssertion]. Between these calls, a service keeps only the id
// of the authentication.
//
// [Client.CreateDevice] pairs a device with a user: [SMS], [Voice], [Email], [WhatsApp], [TOTP] or [FIDO2].
// [Client.ActivateDevice] activates one that was created with [DeviceActivationRequired].
//
// # After a failure
//
// PingOne has no idempotency key: a call that is repeated can send a second message or use up a second try. [OutcomeOf]
// says for every error whether PingOne may have acted. After [OutcomeNotSent] and [OutcomeRefused] it did not, except
// that it counts a wrong passcode; after [OutcomeUnknown] it may have, and after [OutcomeAccepted] it did. A call
// repeats a request only if PingOne certainly did not act on it, or if it only reads; see [Retry]. After an unknown
// outcome, [Client.Authentication] reads the state that an authentication has now.
//
// An error is an [*ArgumentError] (nothing was sent), an [*Error] (an unsuccessful response, with PingOne's codes) or a
// [*CallError] (no response). A [*TokenError] can be the cause of a CallError.
//
// # Responses
//
// PingOne adds members, links and values without notice. Device types and statuses are open strings with a Known
// method, a status that this version does not know is an [UnknownStep], an optional member in another form is left out,
// and Raw returns the body as it was received. As in encoding/json, the case of a member's name does not matter.
//
// # Privacy
//
// No error text and no log record of this package contains a token, a secret, a passcode, a WebAuthn credential, a
// phone number, an email address or a notification variable, even if PingOne repeats it in a response. The same is true
// of what fmt, log/slog and encoding/json write of a value of this package, or of one that an exported member of yours
// holds: an allow-list decides. The methods Format and MarshalJSON of the types do this. There is no need to call them.
//
// It is not true of a member that you read and write yourself, of the text of an error that Unwrap returns, or where
// fmt does not call Format: with the verb %p, with %w outside of fmt.Errorf, and for values in unexported members of
// your structs. Nor is it true where encoding/json does not call MarshalJSON: for a struct of yours that embeds two of
// the types, and for the keys of a map.
//
// # Testing
//
// Package [github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest] is a fake PingOne for the tests of a service. Set
// Config.AuthURL and Config.APIURL to its URLs.
//
// # Sources
//
// Most facts about PingOne are from the vendor's API reference, https://developer.pingidentity.com/pingone-api/. Others
// were seen elsewhere or are inferred: openapi.yaml names the source of each. This package is not a product of Ping
// Identity.
package pingmfa
