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
		wire wireDevice
		to   url.URL
	}{call: call{operation: "CreateDevice", build: buildDevice}}
	if err := encodeDevice(&call.call, userID, device); err != nil {
		return nil, err
	}
	if err := call.options.apply(opts); err != nil {
		return nil, err
	}
	call.to = gen.CreateDeviceURL(c.apiURL, c.environmentID, userID)
	call.call.to = &call.to
	return perform(ctx, c, &call.call, &call.wire, newlyCreated)
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

func newlyCreated(a *answer, wire *wireDevice) *Device {
	id, kind, ok := required(a.body, member{"id", wire.ID}, member{"type", string(wire.Type)})
	if !ok {
		return nil
	}
	both := &struct {
		Device
		raw raw
	}{raw: raw{a.body}}
	both.Device = Device{
		ID:                                     id,
		Type:                                   DeviceType(kind),
		Status:                                 DeviceStatus(wire.Status),
		EnvironmentID:                          wire.Environment.ID,
		UserID:                                 wire.User.ID,
		PolicyID:                               wire.Policy.ID,
		PolicyType:                             wire.Policy.Type,
		Nickname:                               wire.Nickname,
		Phone:                                  wire.Phone,
		Extension:                              wire.Extension,
		Email:                                  wire.Email,
		TestMode:                               wire.TestMode,
		TestOTP:                                passcode(wire.Test.OTP),
		Secret:                                 wire.Secret,
		KeyURI:                                 wire.KeyURI,
		PublicKeyCredentialCreationOptions:     wire.PublicKeyCredentialCreationOptions,
		PingIDDesktopCredentialCreationOptions: wire.PingIDDesktopCredentialCreationOptions,
		RelyingPartyID:                         orZero(wire.RP).ID,
		RelyingPartyName:                       orZero(wire.RP).Name,
		CreatedAt:                              wire.CreatedAt.Time,
		UpdatedAt:                              wire.UpdatedAt.Time,
		CorrelationID:                          a.correlationID,
		raw:                                    &both.raw,
	}
	if l := wire.Lock; l != nil {
		both.Lock = DeviceLock{Status: l.Status, Reason: l.Reason, ExpiresAt: timestamp(l.ExpiresAt)}
	}
	if b := wire.Block; b != nil {
		both.Block = DeviceBlock{Status: b.Status, BlockedAt: timestamp(b.BlockedAt)}
	}
	return &both.Device
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
