package pingmfa

import "encoding/json"

// As JSON, errors hold no more than their texts: a code or an id that the server made up of what it was sent is left
// empty there, too.

// MarshalJSON leaves out what may repeat what was sent.
func (e Error) MarshalJSON() ([]byte, error) {
	type plain Error
	e.ID, e.Code = safeID(e.ID), safeCode(e.Code)
	return json.Marshal(plain(e))
}

// MarshalJSON leaves out what may repeat what was sent.
func (d ErrorDetail) MarshalJSON() ([]byte, error) {
	type plain ErrorDetail
	d.Code = safeCode(d.Code)
	return json.Marshal(plain(d))
}

// MarshalJSON leaves out what may repeat what was sent.
func (e TokenError) MarshalJSON() ([]byte, error) {
	type plain TokenError
	if !oauthErrors[e.Code] {
		e.Code = ""
	}
	return json.Marshal(plain(e))
}
