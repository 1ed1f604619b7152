package adapter

import (
	"bytes"
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

// WithAfter returns options with a function in place of time.After.
func WithAfter(options Options, after func(time.Duration) <-chan time.Time) Options {
	options.after = after
	return options
}
