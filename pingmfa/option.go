package pingmfa

import "regexp"

// CallOption is a setting for one call.
type CallOption func(*callOptions)

type callOptions struct {
	transactionID, sessionID *string
}

// WithTransactionID sends an id of the caller's own for the transaction (X-Ping-External-Transaction-ID), which PingOne
// keeps with its audit events. 1 to 100 letters, digits and . _ - / @ = # +.
func WithTransactionID(id string) CallOption {
	return func(o *callOptions) { o.transactionID = &id }
}

// WithSessionID sends an id of the caller's own for the session (X-Ping-External-Session-ID). 1 to 100 letters, digits
// and . _ - / @ = # +.
func WithSessionID(id string) CallOption {
	return func(o *callOptions) { o.sessionID = &id }
}

var externalIDShape = regexp.MustCompile(`^[A-Za-z0-9._/@=#+-]{1,100}$`)

func (c *Client) callOptions(opts []CallOption) (callOptions, error) {
	var o callOptions
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	const rule = "must be 1 to 100 letters, digits and . _ - / @ = # +"
	if o.transactionID != nil && !externalIDShape.MatchString(*o.transactionID) {
		return o, &ArgumentError{Field: "WithTransactionID", Rule: rule}
	}
	if o.sessionID != nil && !externalIDShape.MatchString(*o.sessionID) {
		return o, &ArgumentError{Field: "WithSessionID", Rule: rule}
	}
	return o, nil
}
