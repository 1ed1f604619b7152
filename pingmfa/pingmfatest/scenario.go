package pingmfatest

// Scenario is a user as one of the vendor's pages has him, and the request of that page. Ids and contact data are the
// page's own, so that the answer differs from the page's example in nothing but hosts, times and the id of the
// authentication, if Options.Plain is set.
type Scenario struct {
	UserID string
	// Request is the body of a createDeviceAuthentication that is answered with Status.
	Request string
	Status  string
}

// UserWithEmailDevice adds the user of the page "Initialize Device Authentication": he has one device, for email, and a
// passcode goes to it at once.
func (f *Fake) UserWithEmailDevice() Scenario {
	// The page shows the address masked; its unmasked form is made up.
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

// UserWithSeveralDevices adds the user of the page "Device Authentication (Custom Notification)": he has two devices,
// and nothing is sent before he has selected one.
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

// OneTimeSMS adds the user of the page "Device Authentication (One-time SMS)": he has no device, and the request brings
// the phone number. The page's answer masks another number than its request has; the fake masks the one that it got.
func (f *Fake) OneTimeSMS() Scenario {
	id := f.AddUser(User{
		ID: "991776fd-145b-499e-8237-2c62aef35b2c", PolicyID: "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
	})
	return Scenario{
		UserID: id, Status: "OTP_REQUIRED",
		Request: `{"user":{"id":"` + id + `"},"selectedDevice":{"oneTime":{"type":"SMS","phone":"+14135550150"}}}`,
	}
}
