package adapter

import "bytes"

// Decode reads a line of an adapter's as the program does.
func Decode(line []byte) error {
	if bytes.Contains(line, []byte(`"hello"`)) || bytes.Contains(line, []byte(`protocol`)) {
		_, err := decodeHello(line)
		return err
	}
	_, err := decodeResult(line)
	return err
}
