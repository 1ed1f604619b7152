package pingmfa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// CreateDevice pairs a device with a user: POST {apiPath}/environments/{environmentID}/users/{userID}/devices. With
// [DeviceActivationRequired], PingOne sends a passcode to it.
//
// A wrong request is an [*ArgumentError], an answer of PingOne's an [*Error] or [*ResponseError], none a [*CallError];
// [OutcomeOf] says for each whether there may be a device now. The result is nil then. A user has at most 5 devices by
// default: past that the error is a 400 with [CodeLimitExceeded].
func (c *Client) CreateDevice(
	ctx context.Context, userID string, device NewDevice, opts ...CallOption,
) (*Device, error) {
	call := &struct {
		call
		to url.URL
	}{call: call{operation: "CreateDevice", build: buildDevice}}
	if err := encodeDevice(&call.call, userID, device); err != nil {
		return nil, err
	}
	if err := call.options.apply(opts); err != nil {
		return nil, err
	}
	call.to = gen.CreateDeviceURL(c.apiURL, c.environmentID, userID)
	call.call.to = &call.to
	return perform(ctx, c, &call.call, newlyCreated)
}

func buildDevice(ctx context.Context, to *url.URL, options *callOptions, body *bytes.Reader) *http.Request {
	return gen.NewCreateDeviceRequest(ctx, to, &gen.CreateDeviceParams{
		XPingExternalTransactionID: options.transactionID,
		XPingExternalSessionID:     options.sessionID,
	}, body)
}

// encodeDevice checks the arguments and makes the device the call's body.
func encodeDevice(call *call, userID string, device NewDevice) error {
	check := &call.check
	check.id("", "userID", userID)
	if isNil(device) {
		check.fail("", "device", "is required")
	}
	if check.err != nil {
		return check.err
	}
	body, err := json.Marshal(device.wire(check, "device"))
	check.encoded("", "device", err)
	call.body = body
	return check.err
}

// Device is an MFA device that PingOne created. Members that an answer lacks, or has in a form that cannot be
// understood, are zero; [Device.Raw] has all of it.
type Device struct {
	ID            string
	Type          DeviceType
	Status        DeviceStatus
	EnvironmentID string
	UserID        string
	PolicyID      string
	PolicyType    string
	Nickname      string `json:"-"`
	// Phone and Email come back as they were sent, not masked.
	Phone     string `json:"-"`
	Extension string `json:"-"`
	Email     string `json:"-"`
	// TestMode is nil when the answer does not say.
	TestMode *bool
	// TestOTP is the passcode of a device in test mode while its activation is required.
	TestOTP string `json:"-"`
	// Secret and KeyURI (otpauth) set up the authenticator application of a [TOTP] device.
	Secret string `json:"-"`
	KeyURI string `json:"-"`
	// PublicKeyCredentialCreationOptions is JSON for the browser's navigator.credentials.create, with [FIDO2].
	PublicKeyCredentialCreationOptions string `json:"-"`
	// PingIDDesktopCredentialCreationOptions is JSON for the vendor's desktop application.
	PingIDDesktopCredentialCreationOptions string `json:"-"`
	// RelyingPartyID and RelyingPartyName are what a [FIDO2] device is made for.
	RelyingPartyID   string
	RelyingPartyName string
	// Lock and Block are zero unless the answer has them.
	Lock  DeviceLock
	Block DeviceBlock
	// CreatedAt and UpdatedAt are zero when the answer lacks them or has them in an unknown format.
	CreatedAt time.Time
	UpdatedAt time.Time
	// CorrelationID is the answer's Correlation-Id, the id that the vendor's support asks for.
	CorrelationID string `json:"-"`

	raw *raw
}

// DeviceLock says whether too many wrong passcodes locked a device.
type DeviceLock struct {
	Status    string
	Reason    string
	ExpiresAt time.Time
}

// DeviceBlock says whether an administrator blocked a device.
type DeviceBlock struct {
	Status    string
	BlockedAt time.Time
}

// newlyCreated makes a Device of an answer; nil when it lacks what the contract requires.
func newlyCreated(a *answer) *Device {
	both := &struct {
		Device
		raw raw
	}{raw: raw{a.body}}
	out := &both.Device
	out.CorrelationID, out.raw = a.correlationID, &both.raw
	if !read(a.body, "id", "type", out.take) || !readable(out.ID) || !readable(string(out.Type)) {
		return nil
	}
	return out
}

func (d *Device) take(name, value []byte) {
	switch string(name) {
	case "id":
		d.ID = text(value)
	case "type":
		d.Type = word(value, deviceTypes)
	case "status":
		d.Status = word(value, deviceStatuses)
	case "environment":
		d.EnvironmentID = textOf(value, "id")
	case "user":
		d.UserID = textOf(value, "id")
	case "policy":
		d.PolicyID, d.PolicyType = textOf(value, "id"), textOf(value, "type")
	case "nickname":
		d.Nickname = text(value)
	case "phone":
		d.Phone = text(value)
	case "extension":
		d.Extension = text(value)
	case "email":
		d.Email = text(value)
	case "testMode":
		d.TestMode = truth(value)
	case "test":
		d.TestOTP = passcode(lookup(value, "otp"))
	case "secret":
		d.Secret = text(value)
	case "keyUri":
		d.KeyURI = text(value)
	case "publicKeyCredentialCreationOptions":
		d.PublicKeyCredentialCreationOptions = text(value)
	case "pingIdDesktopCredentialCreationOptions":
		d.PingIDDesktopCredentialCreationOptions = text(value)
	case "rp":
		d.RelyingPartyID, d.RelyingPartyName = textOf(value, "id"), textOf(value, "name")
	case "lock":
		d.Lock = DeviceLock{
			Status:    textOf(value, "status"),
			Reason:    textOf(value, "reason"),
			ExpiresAt: instant(lookup(value, "expiresAt")),
		}
	case "block":
		d.Block = DeviceBlock{Status: textOf(value, "status"), BlockedAt: instant(lookup(value, "blockedAt"))}
	case "createdAt":
		d.CreatedAt = instant(value)
	case "updatedAt":
		d.UpdatedAt = instant(value)
	}
}

// Raw returns a copy of the answer's body as it came, with what this version does not know. It is as sensitive as the
// answer: keep it out of logs.
func (d *Device) Raw() json.RawMessage {
	if d == nil {
		return nil
	}
	return d.raw.clone()
}

// ActivationURL is where the passcode of a device goes that was created with [DeviceActivationRequired]; empty when
// PingOne sent no link for it.
func (d *Device) ActivationURL() string {
	if d == nil {
		return ""
	}
	return cmp.Or(d.raw.link("activate"), d.raw.link("device.activate"))
}

// Format writes id, kind and status, and nothing personal.
func (d Device) Format(f fmt.State, verb rune) {
	writeFields(f, verb, "Device", "id", d.ID, "type", string(d.Type), "status", string(d.Status))
}

// LogValue is what log/slog gets.
func (d Device) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", d.ID), slog.String("type", string(d.Type)),
		slog.String("status", string(d.Status)), slog.String("correlation_id", safeID(d.CorrelationID)))
}
