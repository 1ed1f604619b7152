package pingmfa

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

func checkExternalID(option string, id *string) error {
	if id != nil && (len(*id) > maxExternalIDLength || !externalIDShape(*id)) {
		return &ArgumentError{Field: option, Rule: "must be 1 to 100 letters, digits and . _ - / @ = # +"}
	}
	return nil
}

func (o *callOptions) apply(opts []CallOption) error {
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
	if err := checkExternalID("WithTransactionID", o.transactionID); err != nil {
		return err
	}
	return checkExternalID("WithSessionID", o.sessionID)
}
