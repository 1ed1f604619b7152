package pingmfatest

import (
	"fmt"
	"slices"
	"time"
)

// User is a user of the environment.
type User struct {
	// ID has PingOne's form, 8-4-4-4-12 hexadecimal digits. If empty, it is generated.
	ID string
	// PolicyID is the MFA policy of authentications that name none. If empty, it is that of [Options].
	PolicyID string
	// Disabled marks a user who cannot be used. The fake refuses to start or continue their authentications with the
	// detail ACCOUNT_NOT_USABLE (inferred).
	Disabled bool
	// Devices are the paired devices. Options.DeviceLimit does not apply to them.
	Devices []Device
}

// Device is the JSON object of a device, with PingOne's property names. It may have any other property.
//
//	pingmfatest.Device{"type": "SMS", "phone": "+12015550123"}
//	pingmfatest.Device{"type": "MOBILE"} // gets pushes
//	pingmfatest.Device{"type": "FIDO2"}  // a passkey
//
// Email addresses and phone numbers are not masked; the fake masks them in authentications as PingOne does. If there is
// no "id", it is generated; if there is no "status", it is ACTIVE. A device is usable if its status is ACTIVE, its
// usableStatus, if any, is {"status": "ENABLED"}, and it is neither blocked nor locked:
//
//	"block": {"status": "BLOCKED"}
//	"lock":  {"status": "LOCKED", "expiresAt": "2026-02-03T04:05:06.789Z"}
//
// Wrong passcodes lock a device. A lock without "expiresAt" has no end.
//
// A device of the type TOTP or OATH_TOKEN can have a "secret" in base32. If it has none, the secret is generated; only
// the response of createDevice has it. [Fake.Passcode] returns the passcode.
type Device map[string]any

type user struct {
	policyID string
	disabled bool
	devices  []*device
}

// device is a paired device, or a one-time contact, which has no id.
type device struct {
	Device
	secret       []byte   // of TOTP devices and OATH tokens
	notification object   // of the request that created it
	passcode     passcode // that was sent for its activation
	failures     int      // wrong passcodes since the last right one
	createdAt    time.Time
	updatedAt    time.Time
}

// AddUser adds a user, or replaces the user with the same id, and returns the id.
func (f *Fake) AddUser(u User) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if u.ID == "" {
		u.ID = f.newID()
	}
	setDefault(&u.PolicyID, f.options.PolicyID)
	added := &user{policyID: u.PolicyID, disabled: u.Disabled}
	for _, device := range u.Devices {
		f.pair(added, device)
	}
	f.users[u.ID] = added
	return u.ID
}

// AddDevice pairs a device with a user, or replaces the user's device with the same id, for example to block it. It
// returns the id, and panics if there is no such user.
func (f *Fake) AddDevice(userID string, device Device) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.users[userID]
	if !ok {
		panic(fmt.Sprintf("pingmfatest: AddDevice: no user with the id %s", userID))
	}
	return f.pair(u, device).text("id")
}

// Devices returns the devices of a user, including those of createDevice, in the order in which they were added.
func (f *Fake) Devices(userID string) []Device {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.users[userID]
	if !ok {
		return nil
	}
	var devices []Device
	for _, device := range u.devices {
		devices = append(devices, f.copyOf(device))
	}
	return devices
}

// pair stores a copy of a device: the caller may modify theirs. It replaces a device with the same id in place, because
// authentications refer to it.
func (f *Fake) pair(u *user, properties Device) *device {
	stored := device{Device: clone(object(properties)), createdAt: f.now(), updatedAt: f.now()}
	if stored.Device["id"] == nil {
		stored.Device["id"] = f.newID()
	}
	if stored.Device["status"] == nil {
		stored.Device["status"] = "ACTIVE"
	}
	if stored.text("type") == "TOTP" || stored.text("type") == "OATH_TOKEN" {
		stored.secret = f.newBytes(20)
		if secret := stored.text("secret"); secret != "" {
			var err error
			if stored.secret, err = decodeSecret(secret); err != nil {
				panic("pingmfatest: the secret of a device must be base32")
			}
		}
		delete(stored.Device, "secret")
	}
	d := u.device(stored.text("id"))
	if d == nil {
		d = new(device)
		u.devices = append(u.devices, d)
	}
	*d = stored
	return d
}

// device returns the device with an id, or nil if the user has none.
func (u *user) device(id string) *device {
	i := slices.IndexFunc(u.devices, func(d *device) bool { return d.text("id") == id })
	if i < 0 {
		return nil
	}
	return u.devices[i]
}

// active returns the devices that are activated, even if they are blocked or locked.
func (u *user) active() []*device {
	return slices.DeleteFunc(slices.Clone(u.devices), func(d *device) bool { return d.text("status") != "ACTIVE" })
}

// usable reports whether an active device can be used.
func (f *Fake) usable(d *device) bool {
	_, locked := f.lockedUntil(d)
	return !locked && !d.isBlocked() && !d.isDisabled()
}

func (d *device) isBlocked() bool { return text(object(d.Device), "block", "status") == "BLOCKED" }

func (d *device) isDisabled() bool {
	usable := text(object(d.Device), "usableStatus", "status")
	return usable != "" && usable != "ENABLED"
}

func (d *device) isOneTime() bool { return d.text("id") == "" }

func (d *device) isFIDO2() bool {
	return slices.Contains([]string{"FIDO2", "PLATFORM", "SECURITY_KEY"}, d.text("type"))
}

func (d *device) isDesktop() bool { return d.text("type") == "PINGID_DESKTOP_GEN2" }

func (d *device) inTestMode() bool { return d.Device["testMode"] == true }

// contact returns a one-time contact in the form that it has in authentications.
func (d *device) contact() Device {
	contact := Device{}
	for _, name := range []string{"type", "phone", "email"} {
		if value, ok := d.Device[name]; ok {
			contact[name] = value
		}
	}
	return contact
}

// copyOf returns a copy of a device in its present state.
func (f *Fake) copyOf(d *device) Device {
	shown := Device(clone(object(d.Device)))
	if _, locked := f.lockedUntil(d); !locked && shown["lock"] != nil {
		shown["lock"] = object{"status": "UNLOCKED"}
	}
	return shown
}

func (d Device) text(name string) string { return text(object(d), name) }

// Scenario is the user and the request of one of the vendor's pages, with the same ids and contact data. With
// Options.Plain, the response differs from that of the page only in hosts, times and the id of the authentication.
type Scenario struct {
	UserID string
	// Request is the body of a createDeviceAuthentication request.
	Request string
	// Status is the status of the authentication in the response.
	Status string
}

// UserWithEmailDevice adds the user of the page "Initialize Device Authentication". They have one device, for email,
// and the request sends a passcode to it.
//
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize-device-authentication.html
func (f *Fake) UserWithEmailDevice() Scenario {
	// The page shows only the masked address.
	id := f.AddUser(User{
		ID: "788d4931-6936-43f2-82ff-178f5762298a", PolicyID: "9761c24a-208d-0499-1bf6-39905184a4e1",
		Devices: []Device{{
			"id": "ea055ca3-2b5b-4766-9628-95fc03f4ec9b", "type": "EMAIL", "status": "ACTIVE",
			"email": "j.fictional@pingidentity.com",
		}},
	})
	return Scenario{
		UserID: id, Status: "OTP_REQUIRED",
		Request: `{"user":{"id":"` + id + `"}}`,
	}
}

// UserWithSeveralDevices adds the user of the page "Device Authentication (Custom Notification)". They have two
// devices, and the request sends no message, because one must be selected first. The SMS device is in test mode: its
// passcode is in test.otp of the response, and not in [Fake.Messages]. The voice device gets a message.
//
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/initialize_device_authentication_custom_notification.html
func (f *Fake) UserWithSeveralDevices() Scenario {
	usable := map[string]any{"status": "ENABLED"}
	id := f.AddUser(User{
		ID: "b30ac647-e33e-464f-a6ea-0275082d4c26", PolicyID: "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
		Devices: []Device{{
			"id": "6697f628-7712-4e71-b52b-920ba0635020", "type": "SMS", "status": "ACTIVE", "usableStatus": usable,
			"phone": "+14135550150", "testMode": true,
		}, {
			"id": "37df7055-5fc8-4850-8391-dc2af4289345", "type": "VOICE", "status": "ACTIVE", "usableStatus": usable,
			"phone": "+12015550111", "extension": "#313",
		}},
	})
	return Scenario{
		UserID: id, Status: "DEVICE_SELECTION_REQUIRED",
		Request: `{"user":{"id":"` + id + `"},"notification":{"template":{"locale":"fr-CA","name":"transaction",` +
			`"variables":{"account":"1234"}}}}`,
	}
}

// UserWithoutDevices adds the user of the page "Device Authentication (One-time SMS)". They have no device; the phone
// number is in the request. The response of the page has another number than its request; that of the fake has the
// same.
//
// https://developer.pingidentity.com/pingone-api/mfa/mfa-authentication/mfa-device-authentications/onetime-authentication-sms.html
func (f *Fake) UserWithoutDevices() Scenario {
	id := f.AddUser(User{
		ID: "991776fd-145b-499e-8237-2c62aef35b2c", PolicyID: "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
	})
	return Scenario{
		UserID: id, Status: "OTP_REQUIRED",
		Request: `{"user":{"id":"` + id + `"},"selectedDevice":{"oneTime":{"type":"SMS","phone":"+14135550150"}}}`,
	}
}

// text returns the string at a path in a document, or "" if there is none.
func text(document object, path ...string) string {
	value, _ := at(document, path...).(string)
	return value
}

// at returns the value at a path in a document, or nil if there is none.
func at(document object, path ...string) any {
	var value any = document
	for _, name := range path {
		members, _ := value.(object)
		value = members[name]
	}
	return value
}
