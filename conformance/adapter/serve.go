package adapter

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Call makes the call of a case, and says what the client said. The result's id need not be set.
type Call func(context.Context, Case) Result

// Serve is an adapter written in Go: it reads from in, normally [os.Stdin], makes each call, and writes to out,
// normally [os.Stdout]. It returns nil when the program has said bye, or has gone.
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
		var message struct {
			Type string         `json:"type"`
			Rest jsontext.Value `json:",embed"`
		}
		if err := json.Unmarshal(line, &message); err != nil {
			return fmt.Errorf("read a message: %w", err)
		}
		var answer any
		switch message.Type {
		case "hello":
			answer = adapterHello{Type: "hello", Protocol: Protocol, Name: hello.Name, Features: hello.Features}
		case "case":
			var next Case
			if err := json.Unmarshal(message.Rest, &next); err != nil {
				return fmt.Errorf("read a case: %w", err)
			}
			result := call(ctx, next)
			result.ID = next.ID
			if result.Values == nil {
				result.Values = map[string]any{}
			}
			answer = resultMessage{Type: "result", Result: result}
		case "bye":
			return nil
		default:
			return errors.New("read a message: its type is none that protocol 1 has")
		}
		data, err := encode(answer)
		if err != nil {
			return fmt.Errorf("write a message: %w", err)
		}
		if _, err := out.Write(data); err != nil {
			return fmt.Errorf("write a message: %w", err)
		}
	}
}
