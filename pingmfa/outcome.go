package pingmfa

import "errors"

// Outcome is what is known of a request after its call ended: the answer to "may I try again without a second
// message?". It rests on evidence (whether a connection was had, whether the request was written, what status came
// back), never on the text of an error.
type Outcome string

// The outcomes. After [OutcomeNotSent] and [OutcomeRefused] no message went out because of this call; after the other
// two one may have, or has.
const (
	// OutcomeNotSent: PingOne never had the whole request. A call may be repeated once its cause is gone: a wrong
	// argument, no token, no connection, a context that ended too early.
	OutcomeNotSent Outcome = "not sent"
	// OutcomeRefused: PingOne answered that it did not act (4xx). Repeating changes nothing, except after a 429.
	OutcomeRefused Outcome = "refused"
	// OutcomeUnknown: the request was written, and no answer that can be trusted came back: a timeout, a lost
	// connection, a 5xx, a redirect, a page that is not PingOne's. A message may have gone out. Ask the person before you
	// repeat.
	OutcomeUnknown Outcome = "unknown"
	// OutcomeAccepted: PingOne acted (2xx). As the outcome of an error: what it answered could not be read.
	OutcomeAccepted Outcome = "accepted"
)

// OutcomeOf tells the outcome of a call from the error that it returned. No error is [OutcomeAccepted]; an error that
// is not from this package is [OutcomeUnknown].
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OutcomeAccepted
	}
	var known interface{ outcome() Outcome }
	if errors.As(err, &known) {
		return known.outcome()
	}
	return OutcomeUnknown
}

// outcomeOfStatus is what an HTTP status says. The vendor may change the exact status within a class.
func outcomeOfStatus(status int) Outcome {
	switch status / 100 {
	case 2:
		return OutcomeAccepted
	case 4:
		return OutcomeRefused
	}
	return OutcomeUnknown
}
