package adapter_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// An adapter in Go describes its client, and makes the call of each case. Its standard input has the messages of this
// example.
func ExampleServe() {
	in := strings.NewReader(`{"type":"hello","protocol":2}
{"type":"case","id":"1","operation":"createDevice","request":{"method":"POST","host":"api","path":"/","headers":{}}}
{"type":"bye"}
`)
	hello := adapter.Hello{Name: "my client 1.2", Features: []string{"create-device"}}
	call := func(_ context.Context, c adapter.Case) adapter.Result {
		if c.Operation != "createDevice" {
			return adapter.Result{Class: adapter.ClassSkipped, Reason: "the client has no such call"}
		}
		return adapter.Result{Class: "not-sent"} // what the client reported
	}
	if err := adapter.Serve(context.Background(), in, os.Stdout, hello, call); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"type":"hello","protocol":2,"name":"my client 1.2","features":["create-device"]}
	// {"type":"result","id":"1","class":"not-sent"}
}
