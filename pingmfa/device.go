package pingmfa

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// CreateDevice pairs a device with a user: POST {apiPath}/environments/{environmentID}/users/{userID}/devices. With
// [DeviceActivationRequired], the device can be used after [Client.ActivateDevice].
//
// If err is non-nil, the result is nil. An invalid argument is an [*ArgumentError], an unsuccessful response an
// [*Error], and a call without a response a [*CallError]. [OutcomeOf] says for each whether the device may have been
// created. No call lists devices: after [OutcomeUnknown], the same call can create a second one. A user has at most 5
// devices by default: for one more, the error is a 400 with [CodeLimitExceeded].
func (c *Client) CreateDevice(
	ctx context.Context, userID string, device NewDevice, opts ...CallOption,
) (*Device, error) {
	call, v := newCall("CreateDevice", opts)
	call.contentType, call.userID, call.send = "application/json", userID, (*Client).postDevice
	v.check("userID", requiredIDRule(userID))
	if isNil(device) {
		v.check("device", "is required")
		return nil, v.err()
	}
	var err error
	if call.payload, err = v.encode(device.model(v), "device", device); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, decodeDevice)
}

func (c *Client) postDevice(ctx context.Context, call *call, body io.Reader) (*http.Response, error) {
	return c.api.CreateDeviceWithBody(ctx, c.environmentID, call.userID, &call.options.headers, call.contentType, body)
}

// ActivationProof is the proof that a user has the device that [Client.ActivateDevice] activates: an [ActivationOTP] or
// an [Attestation].
//
//sumtype:decl
type ActivationProof interface {
	// activation checks the proof and returns the body of the request.
	activation(v *validator) gen.ActivateDeviceRequest
}

// ActivationOTP is the passcode that an SMS, voice, email or WhatsApp device received, or that a TOTP device shows. It
// consists of digits.
type ActivationOTP string

// Attestation is the proof of a FIDO2 device.
type Attestation struct {
	// Origin is the origin of the page in which the browser made the credential, such as "https://login.example.com".
	Origin string
	// Credential is the credential that the browser's navigator.credentials.create made from
	// [Device].PublicKeyCredentialCreationOptions: a JSON object.
	Credential json.RawMessage
}

func (otp ActivationOTP) activation(v *validator) gen.ActivateDeviceRequest {
	v.check("proof", otpRule(string(otp)))
	return gen.ActivationOTP{OTP: string(otp)}
}

func (a Attestation) activation(v *validator) gen.ActivateDeviceRequest {
	v.check("proof.Origin", requiredTextRule(a.Origin))
	v.check("proof.Credential", credentialRule(a.Credential))
	return gen.Attestation{Origin: a.Origin, Attestation: string(a.Credential)}
}

// ActivateDevice activates a device with [DeviceActivationRequired]: POST
// {apiPath}/environments/{environmentID}/users/{userID}/devices/{deviceID}. The device in the result has the status
// that PingOne returns: [DeviceActive].
//
// A wrong passcode is an [*Error] with [CodeInvalidOTP]. It uses up a try: see [Error.AttemptsRemaining] and
// [Error.LockedUntil]. Otherwise, errors are those of [Client.CreateDevice]. After [OutcomeUnknown], the device may be
// active, and the same call is refused then.
func (c *Client) ActivateDevice(
	ctx context.Context, userID, deviceID string, proof ActivationProof, opts ...CallOption,
) (*Device, error) {
	call, v := newDeviceCall("ActivateDevice", userID, deviceID, contentTypeActivate, opts)
	if isNil(proof) {
		v.check("proof", "is required")
		return nil, v.err()
	}
	var err error
	if call.payload, err = v.encode(proof.activation(v), "proof", proof); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, decodeDevice)
}

// ResendActivation sends another activation passcode to a device with [DeviceActivationRequired] that receives
// passcodes: a TOTP or FIDO2 device does not. Any 2xx is a success, because the body of the response is not
// documented. Errors are those of [Client.CreateDevice].
func (c *Client) ResendActivation(ctx context.Context, userID, deviceID string, opts ...CallOption) error {
	call, v := newDeviceCall("ResendActivation", userID, deviceID, contentTypeResend, opts)
	if err := v.err(); err != nil {
		return err
	}
	_, err := perform(ctx, c, call, decodeNothing)
	return err
}

const (
	contentTypeActivate = "application/vnd.pingidentity.device.activate+json"
	contentTypeResend   = "application/vnd.pingidentity.device.sendActivationCode+json"
)

// newDeviceCall returns a call for one device. Its Content-Type selects the action.
func newDeviceCall(operation, userID, deviceID, contentType string, opts []CallOption) (*call, *validator) {
	call, v := newCall(operation, opts)
	call.contentType, call.userID, call.id, call.send = contentType, userID, deviceID, (*Client).postActivation
	v.check("userID", requiredIDRule(userID))
	v.check("deviceID", requiredIDRule(deviceID))
	return call, v
}

func (c *Client) postActivation(ctx context.Context, call *call, body io.Reader) (*http.Response, error) {
	params := gen.ActivateDeviceParams(call.options.headers)
	return c.api.ActivateDeviceWithBody(
		ctx, c.environmentID, call.userID, call.id, &params, call.contentType, body)
}

// DeviceType is the kind of a device. It is an open set.
type DeviceType string

// The known device types. TypePlatform and TypeSecurityKey are older names of FIDO2 devices.
const (
	TypeSMS         DeviceType = "SMS"
	TypeVoice       DeviceType = "VOICE"
	TypeEmail       DeviceType = "EMAIL"
	TypeWhatsApp    DeviceType = "WHATSAPP"
	TypeTOTP        DeviceType = "TOTP"
	TypeFIDO2       DeviceType = "FIDO2"
	TypeOATHToken   DeviceType = "OATH_TOKEN"
	TypeDesktop     DeviceType = "PINGID_DESKTOP_GEN2"
	TypeMobile      DeviceType = "MOBILE"
	TypePlatform    DeviceType = "PLATFORM"
	TypeSecurityKey DeviceType = "SECURITY_KEY"
)

// Known reports whether t is one of the types above.
func (t DeviceType) Known() bool {
	switch t {
	case TypeSMS, TypeVoice, TypeEmail, TypeWhatsApp, TypeTOTP, TypeFIDO2, TypeOATHToken, TypeDesktop, TypeMobile,
		TypePlatform, TypeSecurityKey:
		return true
	}
	return false
}

// DeviceStatus is the state of a device. A request has one of the two below. In a response it is an open set.
type DeviceStatus string

// The known device statuses.
const (
	// DeviceActive: the device can be used at once. It is the default for a worker application.
	DeviceActive DeviceStatus = "ACTIVE"
	// DeviceActivationRequired: the device can be used after [Client.ActivateDevice]. PingOne sends a passcode to it,
	// except to a TOTP or FIDO2 device.
	DeviceActivationRequired DeviceStatus = "ACTIVATION_REQUIRED"
)

// Known reports whether s is one of the statuses above.
func (s DeviceStatus) Known() bool { return s == DeviceActive || s == DeviceActivationRequired }

// Device is an MFA device that PingOne created. A member that the response lacks, or has with another type, is zero; a
// boolean with another type is false. [Device.Raw] returns the whole response. To show it to the user, copy its members
// to a type of your own: encoding/json writes no personal data and no secret of it.
type Device struct {
	ID            string
	Type          DeviceType
	Status        DeviceStatus
	EnvironmentID string
	UserID        string
	PolicyID      string
	Nickname      string
	// Phone and Email are as they were sent, not masked.
	Phone     string
	Extension string
	Email     string
	// TestMode is nil if the response lacks it.
	TestMode *bool
	// TestOTP is the passcode of a device in test mode, with [DeviceActivationRequired].
	TestOTP string
	// Secret and KeyURI (otpauth) set up the authenticator application of a [TOTP] device.
	Secret string
	KeyURI string
	// PublicKeyCredentialCreationOptions is JSON for the browser's navigator.credentials.create, with [FIDO2].
	PublicKeyCredentialCreationOptions string
	// PingIDDesktopCredentialCreationOptions is JSON for the vendor's desktop application. This package cannot send its
	// result.
	PingIDDesktopCredentialCreationOptions string
	// RelyingPartyID and RelyingPartyName are those of a [FIDO2] device.
	RelyingPartyID   string
	RelyingPartyName string
	// LockStatus, LockReason and LockExpiresAt say whether too many wrong passcodes locked the device, BlockStatus and
	// BlockedAt whether an administrator blocked it. LockStatus is UNLOCKED if it is not locked, and BlockStatus UNBLOCKED
	// if it is not blocked. Other values are not documented.
	LockStatus    string
	LockReason    string
	LockExpiresAt time.Time
	BlockStatus   string
	BlockedAt     time.Time
	// CreatedAt and UpdatedAt are zero if the response lacks them or has them in another format than RFC 3339.
	CreatedAt time.Time
	UpdatedAt time.Time
	// CorrelationID is the Correlation-Id of the response. The vendor's support asks for it.
	CorrelationID string

	raw []byte
}

func decodeDevice(call *call, r *response) (*Device, error) { return decode(call, r, newDevice) }

// newDevice converts a response. It returns nil if a required member is missing.
func newDevice(r *response, m *gen.Device) (device *Device, id string) {
	if !isReadable(m.ID) || !isReadable(string(m.Type)) {
		return nil, ""
	}
	return &Device{
		ID:                                     m.ID,
		Type:                                   DeviceType(m.Type),
		Status:                                 DeviceStatus(m.Status),
		EnvironmentID:                          m.Environment.ID,
		UserID:                                 m.User.ID,
		PolicyID:                               m.Policy.ID,
		Nickname:                               m.Nickname,
		Phone:                                  m.Phone,
		Extension:                              m.Extension,
		Email:                                  m.Email,
		TestMode:                               m.TestMode,
		TestOTP:                                parsePasscode(m.Test.OTP),
		Secret:                                 m.Secret,
		KeyURI:                                 m.KeyURI,
		PublicKeyCredentialCreationOptions:     m.PublicKeyCredentialCreationOptions,
		PingIDDesktopCredentialCreationOptions: m.PingIDDesktopCredentialCreationOptions,
		RelyingPartyID:                         m.RP.ID,
		RelyingPartyName:                       m.RP.Name,
		LockStatus:                             m.Lock.Status,
		LockReason:                             m.Lock.Reason,
		LockExpiresAt:                          parseTime(m.Lock.ExpiresAt),
		BlockStatus:                            m.Block.Status,
		BlockedAt:                              parseTime(m.Block.BlockedAt),
		CreatedAt:                              parseTime(m.CreatedAt),
		UpdatedAt:                              parseTime(m.UpdatedAt),
		CorrelationID:                          r.correlationID,
		raw:                                    r.body,
	}, m.ID
}

// Raw returns a copy of the response's body as it was received, with members that this version does not know. It is as
// sensitive as the response: don't log it.
func (d *Device) Raw() json.RawMessage { return slices.Clone(d.raw) }
