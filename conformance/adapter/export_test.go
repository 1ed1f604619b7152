package adapter

import (
	"bytes"
	"context"
	"time"
)

// Decode decodes a reply to hello or to a case.
func Decode(line []byte) error {
	if bytes.Contains(line, []byte(`"hello"`)) || bytes.Contains(line, []byte(`protocol`)) {
		_, err := decodeHello(line)
		return err
	}
	_, err := decodeResult(line)
	return err
}

// WithTimeout returns options with a function in place of context.WithTimeoutCause.
func WithTimeout(
	options Options, withTimeout func(context.Context, time.Duration, error) (context.Context, context.CancelFunc),
) Options {
	options.withTimeout = withTimeout
	return options
}
