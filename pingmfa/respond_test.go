package pingmfa_test

import (
	"io"
	"net/http"
	"strings"
)

// respond makes an answer for a transport that is a function.
func respond(status int, body string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Status:        http.StatusText(status),
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}
