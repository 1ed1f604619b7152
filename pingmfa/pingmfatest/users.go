package pingmfatest

import "fmt"

// User is somebody whom the fake knows.
type User struct {
	// ID has PingOne's form, 8-4-4-4-12 hexadecimal digits. Empty: one is made up.
	ID string
	// PolicyID is the MFA policy that the user's authentications come under when they name none. Empty: the environment's.
	PolicyID string
	// Devices are paired with the user already. The limit of Options does not apply to them.
	Devices []Device
}

// Device is a device in PingOne's own terms: a JSON object with the vendor's property names, unknown ones included.
//
//	pingmfatest.Device{"type": "SMS", "phone": "+12015550123"}
//
// Addresses and numbers are not masked; the fake masks them where PingOne does. Without "id" one is made up, without
// "status" the device is ACTIVE. A device can be used when its status is ACTIVE and its usableStatus, if it has one, is
// {"status": "ENABLED"}.
type Device map[string]any

type user struct {
	policyID string
	devices  []Device
}

// AddUser adds a user, or replaces the one with the same id, and returns the id.
func (f *Fake) AddUser(u User) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if u.ID == "" {
		u.ID = f.newID()
	}
	if u.PolicyID == "" {
		u.PolicyID = f.options.PolicyID
	}
	f.users[u.ID] = &user{policyID: u.PolicyID}
	for _, device := range u.Devices {
		f.pair(f.users[u.ID], device)
	}
	return u.ID
}

// AddDevice pairs one more device with a user and returns its id. It panics if there is no such user.
func (f *Fake) AddDevice(userID string, device Device) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.users[userID]
	if !ok {
		panic(fmt.Sprintf("pingmfatest: there is no user %s to add a device to", userID))
	}
	return f.pair(u, device)
}

// Devices gives a user's devices, those that createDevice made included, in the order in which they came.
func (f *Fake) Devices(userID string) []Device {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.users[userID]
	if !ok {
		return nil
	}
	var devices []Device
	for _, device := range u.devices {
		devices = append(devices, clone(device))
	}
	return devices
}

// pair stores a copy of a device, so that the caller's may be used again.
func (f *Fake) pair(u *user, device Device) (id string) {
	stored := Device(clone(object(device)))
	if stored["id"] == nil {
		stored["id"] = f.newID()
	}
	if stored["status"] == nil {
		stored["status"] = "ACTIVE"
	}
	u.devices = append(u.devices, stored)
	return stored.text("id")
}

func (d Device) usable() bool {
	usable := text(object(d), "usableStatus", "status")
	return d.text("status") == "ACTIVE" && (usable == "" || usable == "ENABLED")
}

func (d Device) text(name string) string { return text(object(d), name) }

// text is the string at the end of a path into a document; empty when there is none.
func text(document object, path ...string) string {
	value, _ := at(document, path...).(string)
	return value
}

// at is the value at the end of a path into a document; nil when there is none.
func at(document object, path ...string) any {
	var value any = document
	for _, name := range path {
		members, _ := value.(object)
		value = members[name]
	}
	return value
}
