// Package conformance is the proof that a client, a server or a fake of the two PingOne MFA operations speaks as
// openapi.yaml says. It holds two things: a [Validator] for requests and answers as they are on the wire, and the
// [Vectors], payloads with a known verdict that every language can read.
//
// Requests are judged strictly: whatever is wrong with one is invalid. Answers are judged by two readers at once. The
// strict reader finds everything that is not as described; the tolerant one survives what a client has to survive. What
// only the strict reader minds makes an answer "tolerated", not "invalid".
//
// Nothing that this package says in a [Finding] holds a value out of a payload: those are phone numbers, addresses and
// passcodes. A pointer does hold the names of members, also of those that the description does not know.
package conformance
