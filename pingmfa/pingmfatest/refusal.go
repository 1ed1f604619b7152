package pingmfatest

import "net/http"

// The refusals of valid requests. Their codes are documented, but not which request gets which one.

func (f *Fake) notFound() Response {
	return f.refusal(http.StatusNotFound, "NOT_FOUND", "There is no such resource.")
}

// refuseUser refuses a user that is disabled.
func (f *Fake) refuseUser() Response {
	return f.requestFailed(object{"code": "ACCOUNT_NOT_USABLE", "message": "The user cannot be used."})
}

// refuseUnusable refuses a device that cannot be used.
func (f *Fake) refuseUnusable() Response {
	return f.requestFailed(object{"code": "NO_USABLE_DEVICES", "message": "There is no usable device."})
}

func (f *Fake) requestFailed(detail object) Response {
	return f.refusal(http.StatusBadRequest, "REQUEST_FAILED", "The request could not be completed.", detail)
}

// refuseDevice refuses the id of a device that the user does not have, or that is not active.
func (f *Fake) refuseDevice(target string) Response {
	return f.invalidData(object{"code": "INVALID_VALUE", "message": "The user has no such device.", "target": target})
}

// refuseCredential refuses an assertion or attestation that is no credential.
func (f *Fake) refuseCredential(target string) Response {
	return f.invalidData(object{"code": "INVALID_VALUE", "message": "The credential is not valid.", "target": target})
}

func (f *Fake) invalidData(detail object) Response {
	return f.refusal(http.StatusBadRequest, "INVALID_DATA", "A value was refused.", detail)
}

// refuseState refuses an action that the state of the resource does not allow.
func (f *Fake) refuseState(target string) Response {
	return f.refusal(http.StatusBadRequest, "INVALID_REQUEST", "The action is not possible now.", object{
		"code": "CONSTRAINT_VIOLATION", "message": "The state of the resource does not allow it.", "target": target,
	})
}
