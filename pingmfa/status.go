package pingmfa

import "slices"

// Status is what comes next in an authentication. It is an open set: PingOne adds values without notice.
type Status string

// The statuses that are known.
//
// Source:
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize-device-authentication.html
const (
	StatusOTPRequired              Status = "OTP_REQUIRED"
	StatusDeviceSelectionRequired  Status = "DEVICE_SELECTION_REQUIRED"
	StatusPushConfirmationRequired Status = "PUSH_CONFIRMATION_REQUIRED"
	StatusPushConfirmationTimedOut Status = "PUSH_CONFIRMATION_TIMED_OUT"
	StatusAssertionRequired        Status = "ASSERTION_REQUIRED"
	StatusCompleted                Status = "COMPLETED"
	StatusFailed                   Status = "FAILED"
)

// Known reports whether s is one of the statuses above.
func (s Status) Known() bool { return slices.Contains(statuses, s) }

var statuses = []Status{
	StatusOTPRequired, StatusDeviceSelectionRequired, StatusPushConfirmationRequired, StatusPushConfirmationTimedOut,
	StatusAssertionRequired, StatusCompleted, StatusFailed,
}

// DeviceType is the kind of a device. It is an open set.
type DeviceType string

// The device types that are known. Platform and SecurityKey are older names for FIDO2 devices.
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
func (t DeviceType) Known() bool { return slices.Contains(deviceTypes, t) }

var deviceTypes = []DeviceType{
	TypeSMS, TypeVoice, TypeEmail, TypeWhatsApp, TypeTOTP, TypeFIDO2, TypeOATHToken, TypeDesktop, TypeMobile,
	TypePlatform, TypeSecurityKey,
}

// DeviceStatus is whether a device can be used. In a request it is one of the two below, in an answer an open set.
type DeviceStatus string

// The device statuses that are known.
const (
	// DeviceActive can be used at once. It is what a worker application gets when it says nothing.
	DeviceActive DeviceStatus = "ACTIVE"
	// DeviceActivationRequired makes PingOne send a passcode to the device, which has to be entered within 24 hours.
	DeviceActivationRequired DeviceStatus = "ACTIVATION_REQUIRED"
)

// Known reports whether s is one of the statuses above.
func (s DeviceStatus) Known() bool { return slices.Contains(deviceStatuses, s) }

var deviceStatuses = []DeviceStatus{DeviceActive, DeviceActivationRequired}
