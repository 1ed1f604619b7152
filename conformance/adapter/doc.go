// Package adapter proves a client of the two PingOne MFA operations, whatever language it is written in. An adapter is
// a small program around that client: it reads cases as lines of JSON from its standard input, makes each call, and
// writes what the client said of it to its standard output. [Run] starts such a program, serves it a fake PingOne, and
// compares what went over the wire and what was reported with the vectors of package conformance.
//
// README.md teaches the protocol to those who write an adapter, without Go. Those who write one in Go have [Serve].
//
// Nothing that this package says of a case holds a value that the adapter sent or reported, except classes and numbers:
// a member is named by its JSON Pointer.
package adapter
