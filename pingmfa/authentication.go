package pingmfa

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// AuthenticationRequest says who is to be authenticated and, where the service decides it, how.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize-device-authentication.html
type AuthenticationRequest struct {
	// UserID is the PingOne user: 8-4-4-4-12 hexadecimal digits. Required.
	UserID string
	// PolicyID is the MFA policy. Empty: the environment's default.
	PolicyID string
	// Device is where the message goes. Nil: PingOne decides by policy and by the user's devices, or asks.
	Device SelectedDevice
	// Notification is what the message says. Nil: the environment's default.
	Notification *Notification
	// MobilePayload is what the vendor's mobile SDK made on the user's phone. Nil: none.
	MobilePayload *MobilePayload
}

// Format writes the ids and what the request has, and nothing personal.
func (r AuthenticationRequest) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "AuthenticationRequest", "user", r.UserID, "policy", r.PolicyID,
		"device", fmt.Sprintf("%T", r.Device))
}

// MobilePayload is the payload of the vendor's mobile SDK, and the application that the SDK is part of.
type MobilePayload struct {
	ApplicationID string
	Payload       string `json:"-"`
}

// StartAuthentication asks PingOne to authenticate a user: POST {authPath}/{environmentID}/deviceAuthentications.
// Depending on policy and devices, a passcode or a push is on its way when it returns; [Authentication.Next] says what
// comes next.
//
// A wrong request is an [*ArgumentError], an answer of PingOne's an [*Error] or [*ResponseError], none a [*CallError];
// [OutcomeOf] says for each whether a message may have gone out. The result is nil then. An authentication that FAILED
// is no error.
//
// A context that ends once the request is written makes the outcome unknown. So a browser that goes away should not end
// it: think of context.WithoutCancel and a deadline of your own.
func (c *Client) StartAuthentication(
	ctx context.Context, req AuthenticationRequest, opts ...CallOption,
) (*Authentication, error) {
	call := &call{operation: "StartAuthentication", to: c.startURL, build: buildStart}
	if err := req.encode(call); err != nil {
		return nil, err
	}
	if err := call.options.apply(opts); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, c.authentication)
}

func buildStart(ctx context.Context, to *url.URL, options *callOptions, body *bytes.Reader) *http.Request {
	return gen.NewCreateDeviceAuthenticationRequest(ctx, to, &gen.CreateDeviceAuthenticationParams{
		XPingExternalTransactionID: options.transactionID,
		XPingExternalSessionID:     options.sessionID,
	}, body)
}

// authenticationBody is the generated request with the branch of the union in its place: through the union, each level
// would be encoded again.
type authenticationBody struct {
	gen.DeviceAuthenticationRequest

	SelectedDevice any `json:"selectedDevice,omitempty"`
}

// encode checks the request and makes it the call's body.
func (r AuthenticationRequest) encode(call *call) error {
	const self = "AuthenticationRequest."
	check := &call.check
	check.id(self, "UserID", r.UserID)
	check.optionalID(self, "PolicyID", r.PolicyID)
	var wire authenticationBody
	wire.User.ID, wire.Policy.ID = r.UserID, r.PolicyID
	wire.Notification = r.Notification.wire(check, "AuthenticationRequest")
	switch {
	case r.Device == nil:
	case isNil(r.Device):
		check.fail(self, "Device", "must not be a nil pointer")
	default:
		wire.SelectedDevice = r.Device.selected(check, self+"Device")
	}
	if p := r.MobilePayload; p != nil {
		check.id(self, "MobilePayload.ApplicationID", p.ApplicationID)
		if p.Payload == "" {
			check.fail(self, "MobilePayload.Payload", "is required")
		}
		wire.Application.ID, wire.MobilePayload = p.ApplicationID, p.Payload
	}
	if check.err != nil {
		return check.err
	}
	var err error
	call.body, err = json.Marshal(&wire)
	check.encoded(self, "Notification.ClientContext", err)
	return check.err
}

// Authentication is a device authentication that PingOne started. Members that an answer lacks, or has in a form that
// cannot be understood, are zero; [Authentication.Raw] has all of it.
type Authentication struct {
	// ID is the authentication's; the next steps name it.
	ID string
	// Status is what comes next, as PingOne says it. [Authentication.Next] says it in Go.
	Status        Status
	EnvironmentID string
	UserID        string
	PolicyID      string
	ApplicationID string
	// Devices are what the user can choose from, masked. In a one-time authentication it is the contact, without an id.
	Devices        []AuthenticationDevice
	BlockedDevices []AuthenticationDevice
	// SelectedDevice is the device that the message went to, or will go to. Zero: none is selected yet.
	SelectedDevice ChosenDevice
	// Failure says why, when Status is [StatusFailed]; nil when PingOne gives no reason.
	Failure *Failure
	// TestOTP is the passcode of a device or contact in test mode.
	TestOTP string `json:"-"`
	// PublicKeyCredentialRequestOptions is JSON for the browser's navigator.credentials.get, when Status is
	// [StatusAssertionRequired].
	PublicKeyCredentialRequestOptions string `json:"-"`
	// PingIDDesktopCredentialRequestOptions is JSON for the vendor's desktop application.
	PingIDDesktopCredentialRequestOptions string `json:"-"`
	// Authenticators is what the user proved himself with, when Status is [StatusCompleted]. Its shape is not documented.
	Authenticators []json.RawMessage
	// BypassAllowed, UserBypassEnabled and AggregateFIDO2Devices are nil when the answer does not say.
	BypassAllowed         *bool
	UserBypassEnabled     *bool
	AggregateFIDO2Devices *bool
	// CreatedAt and UpdatedAt are zero when the answer lacks them or has them in an unknown format.
	CreatedAt time.Time
	UpdatedAt time.Time
	// CorrelationID is the answer's Correlation-Id, the id that the vendor's support asks for.
	CorrelationID string `json:"-"`

	raw *raw
	url string
}

// authentication makes an Authentication of an answer; nil when it lacks what the contract requires.
func (c *Client) authentication(a *answer) *Authentication {
	both := &struct {
		Authentication
		raw raw
	}{raw: raw{a.body}}
	out := &both.Authentication
	out.Devices, out.BlockedDevices = []AuthenticationDevice{}, []AuthenticationDevice{}
	out.CorrelationID, out.raw, out.url = a.correlationID, &both.raw, c.nextURL
	if !read(a.body, "id", "status", out.take) || !readable(out.ID) || !readable(string(out.Status)) {
		return nil
	}
	return out
}

func (a *Authentication) take(name, value []byte) {
	switch string(name) {
	case "id":
		a.ID = text(value)
	case "status":
		a.Status = word(value, statuses)
	case "environment":
		a.EnvironmentID = textOf(value, "id")
	case "user":
		a.UserID = textOf(value, "id")
	case "policy":
		a.PolicyID = textOf(value, "id")
	case "application":
		a.ApplicationID = textOf(value, "id")
	case "_embedded":
		members(value, a.takeEmbedded)
	case "selectedDevice":
		a.SelectedDevice = chosenDevice(value)
	case "error":
		a.Failure = failure(value)
	case "test":
		a.TestOTP = passcode(lookup(value, "otp"))
	case "publicKeyCredentialRequestOptions":
		a.PublicKeyCredentialRequestOptions = text(value)
	case "pingIdDesktopCredentialRequestOptions":
		a.PingIDDesktopCredentialRequestOptions = text(value)
	case "authenticators":
		elements(value, func(one []byte) { a.Authenticators = append(a.Authenticators, slices.Clone(one)) })
	case "bypassAllowed":
		a.BypassAllowed = truth(value)
	case "userBypassEnabled":
		a.UserBypassEnabled = truth(value)
	case "aggregateFido2Devices":
		a.AggregateFIDO2Devices = truth(value)
	case "createdAt":
		a.CreatedAt = instant(value)
	case "updatedAt":
		a.UpdatedAt = instant(value)
	}
}

func (a *Authentication) takeEmbedded(name, value []byte) {
	switch string(name) {
	case "devices":
		a.Devices = authenticationDevices(value)
	case "blockedDevices":
		a.BlockedDevices = authenticationDevices(value)
	}
}

// Raw returns a copy of the answer's body as it came, with what this version does not know. It is as sensitive as the
// answer: keep it out of logs.
func (a *Authentication) Raw() json.RawMessage {
	if a == nil {
		return nil
	}
	return a.raw.clone()
}

// Format writes id and status, and nothing personal.
func (a Authentication) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "Authentication", "id", a.ID, "status", string(a.Status))
}

// LogValue is what log/slog gets.
func (a Authentication) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.String("status", string(a.Status)),
		slog.Int("devices", len(a.Devices)), slog.String("correlation_id", safeID(a.CorrelationID)))
}

// Format writes the application and not the payload.
func (p MobilePayload) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "MobilePayload", "application", p.ApplicationID)
}
