package pingmfa_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// A response of 1 MiB is read. One that is a byte longer is an error, whether its length was announced or not.
func TestBodyLimitIsAnErrorNotACut(t *testing.T) {
	const limit = 1 << 20
	document := `{"id":"` + policyID + `","status":"COMPLETED"}`
	for name, length := range map[string]int{"just inside": limit, "just outside": limit + 1} {
		for _, announced := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, announced %t", name, announced), func(t *testing.T) {
				x := newTenant(t)
				body := document + strings.Repeat(" ", length-len(document))
				answer := pingmfatest.Response{Status: http.StatusCreated, Body: body}
				if announced {
					answer.Header = http.Header{"Content-Length": {fmt.Sprint(length)}}
				}
				x.script(answer)
				auth, err := x.start(t)
				if length <= limit {
					require.NoError(t, err)
					assert.Len(t, auth.Raw(), length)
					return
				}
				var unreadable *pingmfa.Error
				require.ErrorAs(t, err, &unreadable)
				assert.Contains(t, unreadable.Reason, "1 MiB")
				assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(err))
				assert.Nil(t, auth)
			})
		}
	}
}

// However much the server sends, a call reads at most 1 MiB of a body and 1.5 MiB from the connection. The test counts
// the bytes that are read.
func TestHugeAnswersAreNotReadToTheEnd(t *testing.T) {
	for _, fault := range []pingmfatest.Fault{
		pingmfatest.FaultHugeBody, // 1 GiB
		pingmfatest.FaultEndlessBody,
		pingmfatest.FaultGzipBomb,
		pingmfatest.FaultHugeHeader,
		pingmfatest.FaultEndlessHeaders,
		pingmfatest.FaultEndlessInformationalResponses,
	} {
		for _, operation := range []string{pingmfatest.OpCreateDeviceAuthentication, pingmfatest.OpToken} {
			t.Run(string(fault)+"/"+operation, func(t *testing.T) {
				var counted countingTransport
				x := newTenant(t, func(c *pingmfa.Config) { c.HTTPClient = &http.Client{Transport: counted.transport()} })
				if operation != pingmfatest.OpToken {
					_, err := x.start(t)
					require.NoError(t, err)
				}
				x.Inject(operation, fault)
				counted.conn.Store(0)
				counted.body.Store(0)
				_, err := x.start(t)
				require.Error(t, err)
				assert.LessOrEqual(t, counted.body.Load(), int64(1<<20+1))
				assert.LessOrEqual(t, counted.conn.Load(), int64(3<<19))
			})
		}
	}
}

// countingTransport counts the bytes that its connections and the bodies of its responses deliver.
type countingTransport struct{ conn, body atomic.Int64 }

func (c *countingTransport) transport() http.RoundTripper {
	inner := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // a test would see the panic
	inner.MaxResponseHeaderBytes = 64 << 10
	inner.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return countedConn{conn, &c.conn}, err
	}
	return roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		resp, err := inner.RoundTrip(req)
		if resp != nil {
			resp.Body = countedBody{resp.Body, &c.body}
		}
		return resp, err
	})
}

type countedConn struct {
	net.Conn
	total *atomic.Int64
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.total.Add(int64(n))
	return n, err
}

type countedBody struct {
	io.ReadCloser
	total *atomic.Int64
}

func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.total.Add(int64(n))
	return n, err
}

// The default transport reads 64 KiB of headers, and no more.
func TestHeadersAreBounded(t *testing.T) {
	for size, fine := range map[int]bool{32 << 10: true, 128 << 10: false} {
		x := newTenant(t)
		x.script(pingmfatest.Response{
			Status: http.StatusCreated,
			Header: http.Header{"X-Long": {strings.Repeat("x", size)}},
			Body:   `{"id":"` + policyID + `","status":"COMPLETED"}`,
		})
		_, err := x.start(t)
		assert.Equal(t, fine, err == nil)
		if !fine {
			assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
		}
	}
}

// The client does not follow a redirect, even if the caller's http.Client does.
func TestRedirectsAreRefusedWhateverTheCallersClientSays(t *testing.T) {
	server := pingmfatest.NewTLSServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	follow := *server.Client()
	follow.CheckRedirect = func(*http.Request, []*http.Request) error { return nil }
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
		HTTPClient:    &follow,
	})
	require.NoError(t, err)
	for _, operation := range []string{pingmfatest.OpToken, pingmfatest.OpCreateDeviceAuthentication} {
		server.Inject(operation, pingmfatest.FaultTemporaryRedirect)
		require.Error(t, start(t.Context(), client))
		server.Reset(operation)
	}
	assert.Empty(t, server.Violations(), "the fake reports a request to the target of a redirect")
}
