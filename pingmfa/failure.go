package pingmfa

import "fmt"

// Failure is why an authentication ended without success.
type Failure struct {
	// Code is the reason, such as NO_USABLE_DEVICES.
	Code string
	// Message is PingOne's text. It may repeat what was sent: don't log it.
	Message string `json:"-"`
	// UnavailableDeviceIDs are the devices that could not be used.
	UnavailableDeviceIDs []string
}

func failure(value []byte) *Failure {
	f := Failure{Code: textOf(value, "code"), Message: textOf(value, "message")}
	elements(lookup(value, "unavailableDevices"), func(device []byte) {
		f.UnavailableDeviceIDs = append(f.UnavailableDeviceIDs, textOf(device, "id"))
	})
	if f.Code == "" && f.Message == "" && f.UnavailableDeviceIDs == nil {
		return nil
	}
	return &f
}

// Format writes the code and nothing personal.
func (f Failure) Format(s fmt.State, verb rune) {
	writeFields(s, verb, "Failure", "code", safeCode(f.Code))
}
