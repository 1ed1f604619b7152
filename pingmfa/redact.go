package pingmfa

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// What PingOne sends back may repeat anything that it was sent. So its texts never reach a text of this package, and
// its identifiers do only in a shape that a phone number, an address, a passcode or a secret does not have.

func safeCode(s string) string {
	if len(s) <= 64 && codeShape(s) {
		return s
	}
	return ""
}

func safeID(s string) string {
	if idShape(s) {
		return s
	}
	return ""
}

// safeTarget lets a property path through: names of the contract's requests, separated by full stops.
func safeTarget(s string) string {
	for name := range strings.SplitSeq(s, ".") {
		if !requestProperties[name] {
			return ""
		}
	}
	return s
}

// requestProperties are the property names of both requests in openapi.yaml; a test holds them together.
var requestProperties = set("application", "clientContext", "email", "extension", "id", "locale", "mobilePayload",
	"name", "nickname", "notification", "oneTime", "phone", "policy", "rp", "selectedDevice", "status", "template",
	"testMode", "type", "user", "variables", "variant")

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// writeText writes a finished text for every verb, so that no verb goes round the redaction into a struct's fields.
func writeText(f fmt.State, verb rune, text string) {
	if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(f, text)
}

// writeFields writes what is safe of a value: name{key=value key=value}. pairs are keys and values in turn.
func writeFields(f fmt.State, verb rune, name string, pairs ...string) {
	fields := make([]string, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		fields = append(fields, strings.Join(pair, "="))
	}
	writeText(f, verb, "pingmfa."+name+"{"+strings.Join(fields, " ")+"}")
}

// describe says in this package's own words what an error from elsewhere is.
func describe(err error) string {
	var (
		token     *TokenError
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		op        *net.OpError
		errno     syscall.Errno
		timeout   net.Error
	)
	switch {
	case errors.As(err, &token):
		return token.text()
	case errors.Is(err, ErrHeldBack):
		return ErrHeldBack.Error()
	case errors.Is(err, context.Canceled):
		return "the context was cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "the deadline passed"
	case errors.As(err, &dns):
		return "the host name was not found"
	case errors.As(err, &cert), errors.As(err, &authority), errors.As(err, &hostname):
		return "the server's certificate was refused"
	case errors.As(err, &record), errors.As(err, &alert):
		return "the TLS handshake failed"
	case errors.As(err, &errno):
		text := errno.Error()
		if errors.As(err, &op) {
			text = op.Op + ": " + text
		}
		return text
	case errors.As(err, &timeout) && timeout.Timeout():
		return "a timeout passed"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	}
	return fmt.Sprintf("a failure of type %T", err)
}
