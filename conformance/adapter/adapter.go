// Package adapter runs the vectors of package conformance against a client in any language. An adapter is a small
// program around the client. It reads cases as lines of JSON from its standard input, makes each call, and writes what
// the client reported to its standard output. [Run] starts such a program, serves it a fake PingOne, and compares the
// requests and the reported results with the vectors.
//
// README.md describes the protocol. An adapter in Go can use [Serve].
//
// Reports and errors contain no value that the adapter sent or reported, except classes and numbers. They name a member
// by its JSON Pointer.
package adapter

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/go-json-experiment/json"
)

//go:embed README.md *.json
var files embed.FS

// Files returns the files that authors of adapters need: README.md, the schemas of the messages, and features.json.
func Files() fs.FS { return files }

// Call makes the call of a case and returns its result. It need not set the result's ID.
type Call func(context.Context, Case) Result

// Serve implements the adapter's side of the protocol. It reads messages from in, normally [os.Stdin], makes each call,
// and writes the replies to out, normally [os.Stdout]. It returns nil after bye and at the end of in.
func Serve(ctx context.Context, in io.Reader, out io.Writer, hello Hello, call Call) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var message caseMessage // the other messages have no more members that matter
		if err := json.Unmarshal(line, &message); err != nil {
			return fmt.Errorf("read a message: %w", err)
		}
		var reply any
		switch message.Type {
		case "hello":
			reply = helloMessage{Type: "hello", Protocol: Protocol, Hello: hello}
		case "case":
			result := call(ctx, message.Case)
			result.ID = message.ID
			reply = resultMessage{Type: "result", Result: result}
		case "bye":
			return nil
		default:
			return errors.New("read a message: unknown type")
		}
		data, err := encode(reply)
		if err == nil {
			_, err = out.Write(data)
		}
		if err != nil {
			return fmt.Errorf("write a message: %w", err)
		}
	}
}
