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

// AuthenticationRequest names the user to authenticate and, if the service decides it, the device and the message.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize-device-authentication.html
type AuthenticationRequest struct {
	// UserID is the id of the PingOne user: 8-4-4-4-12 hexadecimal digits. Required.
	UserID string
	// PolicyID is the id of the MFA policy. If empty, the environment's default applies.
	PolicyID string
	// Device is the device or contact that gets the message. If nil, PingOne decides by policy and by the user's devices,
	// or lets the user select.
	Device SelectedDevice
	// Notification is the content of the message. If nil, the environment's default applies.
	Notification *Notification
	// MobilePayload is the payload of the vendor's mobile SDK on the user's phone, and ApplicationID the application that
	// the SDK is part of. Both are set, or neither is.
	MobilePayload string
	ApplicationID string
}

// StartAuthentication starts a device authentication: POST {authPath}/{environmentID}/deviceAuthentications. Depending
// on the policy and the user's devices, PingOne has sent a passcode or a push when it returns. [Authentication.Next]
// returns the next step. An authentication with [StatusFailed] is not an error.
//
// If err is non-nil, the result is nil. An invalid argument is an [*ArgumentError], an unsuccessful response an
// [*Error], and a call without a response a [*CallError]. [OutcomeOf] says for each whether a message may have been
// sent.
//
// If the context ends after the request was sent, the outcome is unknown. To keep a browser that disconnects from
// ending it, use context.WithoutCancel and a deadline.
func (c *Client) StartAuthentication(
	ctx context.Context, req AuthenticationRequest, opts ...CallOption,
) (*Authentication, error) {
	call, v := newCall("StartAuthentication", opts)
	call.contentType, call.send = "application/json", (*Client).postAuthentication
	var err error
	if call.payload, err = req.encode(v); err != nil {
		return nil, err
	}
	return perform(ctx, c, call, decodeAuthentication)
}

func (c *Client) postAuthentication(ctx context.Context, call *call, body io.Reader) (*http.Response, error) {
	params := gen.CreateDeviceAuthenticationParams(call.options.headers)
	return c.auth.CreateDeviceAuthenticationWithBody(ctx, c.environmentID, &params, call.contentType, body)
}

// encode checks the request and returns the body.
func (r AuthenticationRequest) encode(v *validator) ([]byte, error) {
	const self = "AuthenticationRequest"
	v.check(self+".UserID", requiredIDRule(r.UserID))
	v.check(self+".PolicyID", idRule(r.PolicyID))
	body := gen.DeviceAuthenticationRequest{
		User:          gen.UserReference{ID: r.UserID},
		Policy:        gen.PolicyReference{ID: r.PolicyID},
		Notification:  r.Notification.model(v),
		Application:   gen.ApplicationReference{ID: r.ApplicationID},
		MobilePayload: r.MobilePayload,
	}
	switch {
	case r.Device == nil:
	case isNil(r.Device):
		v.check(contactField, "must not be a nil pointer")
	default:
		body.SelectedDevice = r.Device.selected(v)
	}
	v.check(self+".ApplicationID", idRule(r.ApplicationID))
	if r.MobilePayload != "" && r.ApplicationID == "" {
		v.check(self+".ApplicationID", "is required with MobilePayload")
	}
	if r.MobilePayload == "" && r.ApplicationID != "" {
		v.check(self+".MobilePayload", "is required with ApplicationID")
	}
	return v.encode(&body, self, &r)
}

// Status is the state of an authentication. It is an open set: PingOne adds values without notice.
type Status string

// The known statuses, with the [Step] that follows from each. The first three are documented on the vendor's page
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize-device-authentication.html,
// the others were seen elsewhere.
const (
	StatusOTPRequired              Status = "OTP_REQUIRED"                // EnterOTP
	StatusDeviceSelectionRequired  Status = "DEVICE_SELECTION_REQUIRED"   // SelectDevice: nothing was sent
	StatusPushConfirmationRequired Status = "PUSH_CONFIRMATION_REQUIRED"  // ConfirmPush
	StatusPushConfirmationTimedOut Status = "PUSH_CONFIRMATION_TIMED_OUT" // Failed
	StatusAssertionRequired        Status = "ASSERTION_REQUIRED"          // AssertFIDO2
	StatusCompleted                Status = "COMPLETED"                   // Done
	StatusFailed                   Status = "FAILED"                      // Failed, see Authentication.Failure
)

// Known reports whether s is one of the statuses above.
func (s Status) Known() bool {
	switch s {
	case StatusOTPRequired, StatusDeviceSelectionRequired, StatusPushConfirmationRequired,
		StatusPushConfirmationTimedOut, StatusAssertionRequired, StatusCompleted, StatusFailed:
		return true
	}
	return false
}

// Authentication is a device authentication that PingOne started. A member that the response lacks, or has with another
// type, is zero; a boolean with another type is false. [Authentication.Raw] returns the whole response.
type Authentication struct {
	// ID is the id of the authentication. It is all that a service has to keep for the calls that follow.
	ID string
	// Status is the state, as PingOne names it. [Authentication.Next] returns the step that follows from it.
	Status        Status
	EnvironmentID string
	UserID        string
	PolicyID      string
	ApplicationID string
	// Devices are the devices that the user can select, masked. In a one-time authentication it is the contact, without
	// an id.
	Devices        []AuthenticationDevice
	BlockedDevices []AuthenticationDevice
	// SelectedDevice is the device that PingOne uses, with its ID alone ([Authentication.Next] adds the other members), or
	// the contact of a one-time authentication. It is zero before one is selected, and can name a device to which nothing
	// was sent: a TOTP or FIDO2 device, or the one before a change of device.
	SelectedDevice AuthenticationDevice
	// Failure is the reason of [StatusFailed], or nil if PingOne gives none.
	Failure *Failed
	// TestOTP is the passcode of a device or contact in test mode.
	TestOTP string
	// PublicKeyCredentialRequestOptions is JSON for the browser, with [StatusAssertionRequired]. See [AssertFIDO2].
	PublicKeyCredentialRequestOptions string
	// PingIDDesktopCredentialRequestOptions is JSON for the vendor's desktop application. This package cannot send its
	// result.
	PingIDDesktopCredentialRequestOptions string
	// Authenticators are the factors that the user has proved, with [StatusCompleted]. Their form is not documented.
	Authenticators []json.RawMessage
	// BypassAllowed, UserBypassEnabled and AggregateFIDO2Devices are nil if the response lacks them.
	BypassAllowed         *bool
	UserBypassEnabled     *bool
	AggregateFIDO2Devices *bool
	// CreatedAt and UpdatedAt are zero if the response lacks them or has them in another format than RFC 3339.
	CreatedAt time.Time
	UpdatedAt time.Time
	// CorrelationID is the Correlation-Id of the response. The vendor's support asks for it.
	CorrelationID string

	raw []byte
}

// AuthenticationDevice is a device in an authentication: PingOne masks its number or address. In a one-time
// authentication it is the contact, and has neither an id nor a status.
type AuthenticationDevice struct {
	ID     string
	Type   DeviceType
	Status DeviceStatus
	// UsableStatus is "ENABLED" if the device can be used now. Otherwise, UsableReason is the reason. Both are empty if
	// the response lacks them.
	UsableStatus string
	UsableReason string
	Nickname     string
	// Phone and Email are masked, such as "*******50" and "j****@example.com".
	Phone     string
	Email     string
	Extension string
	// DisplayName is the name of a FIDO2 device.
	DisplayName string
	// TestMode is nil if the response lacks it.
	TestMode *bool
	// ApplicationID, PushEnabled, PushStatus, OTPStatus, OS and Model are those of a MOBILE device. The form of OS and
	// Model is not documented.
	ApplicationID string
	PushEnabled   *bool
	PushStatus    string
	OTPStatus     string
	OS            json.RawMessage
	Model         json.RawMessage
	// RelyingPartyID and RelyingPartyName are those of a FIDO2 device.
	RelyingPartyID   string
	RelyingPartyName string
}

func decodeAuthentication(call *call, r *response) (*Authentication, error) {
	return decode(call, r, newAuthentication)
}

// newAuthentication converts a response. It returns nil if a required member is missing.
func newAuthentication(r *response, m *gen.DeviceAuthentication) (auth *Authentication, id string) {
	if !isReadable(m.ID) || !isReadable(string(m.Status)) {
		return nil, ""
	}
	return &Authentication{
		ID:             m.ID,
		Status:         Status(m.Status),
		EnvironmentID:  m.Environment.ID,
		UserID:         m.User.ID,
		PolicyID:       m.Policy.ID,
		ApplicationID:  m.Application.ID,
		Devices:        newAuthenticationDevices(m.Embedded.Devices),
		BlockedDevices: newAuthenticationDevices(m.Embedded.BlockedDevices),
		SelectedDevice: AuthenticationDevice{
			ID:    m.SelectedDevice.ID,
			Type:  DeviceType(m.SelectedDevice.OneTime.Type),
			Phone: m.SelectedDevice.OneTime.Phone,
			Email: m.SelectedDevice.OneTime.Email,
		},
		Failure:                               newFailure(m.Error),
		TestOTP:                               parsePasscode(m.Test.OTP),
		PublicKeyCredentialRequestOptions:     m.PublicKeyCredentialRequestOptions,
		PingIDDesktopCredentialRequestOptions: m.PingIDDesktopCredentialRequestOptions,
		Authenticators:                        m.Authenticators,
		BypassAllowed:                         m.BypassAllowed,
		UserBypassEnabled:                     m.UserBypassEnabled,
		AggregateFIDO2Devices:                 m.AggregateFido2Devices,
		CreatedAt:                             parseTime(m.CreatedAt),
		UpdatedAt:                             parseTime(m.UpdatedAt),
		CorrelationID:                         r.correlationID,
		raw:                                   r.body,
	}, m.ID
}

func newAuthenticationDevices(models []gen.AuthenticationDevice) []AuthenticationDevice {
	devices := make([]AuthenticationDevice, len(models))
	for i, m := range models {
		devices[i] = AuthenticationDevice{
			ID:               m.ID,
			Type:             DeviceType(m.Type),
			Status:           DeviceStatus(m.Status),
			UsableStatus:     m.UsableStatus.Status,
			UsableReason:     m.UsableStatus.Reason,
			Nickname:         m.Nickname,
			Phone:            m.Phone,
			Email:            m.Email,
			Extension:        m.Extension,
			DisplayName:      m.DisplayName,
			TestMode:         m.TestMode,
			ApplicationID:    m.Application.ID,
			PushEnabled:      m.PushEnabled,
			PushStatus:       m.PushStatus.Status,
			OTPStatus:        m.OTPStatus.Status,
			OS:               m.OS,
			Model:            m.Model,
			RelyingPartyID:   m.RP.ID,
			RelyingPartyName: m.RP.Name,
		}
	}
	return devices
}

func newFailure(m gen.AuthenticationError) *Failed {
	if m.Code == "" && m.Message == "" && m.UnavailableDevices == nil {
		return nil
	}
	f := &Failed{Code: m.Code, Message: m.Message}
	for _, d := range m.UnavailableDevices {
		f.UnavailableDeviceIDs = append(f.UnavailableDeviceIDs, d.ID)
	}
	return f
}

// Raw returns a copy of the response's body as it was received, with members that this version does not know. It is as
// sensitive as the response: don't log it.
func (a *Authentication) Raw() json.RawMessage { return slices.Clone(a.raw) }
