package pingmfa_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// crowded is a fake that responds when it has as many calls as the crowd. It counts connections.
type crowded struct {
	*pingmfatest.Fake
	crowd    int
	web      *httptest.Server
	accepted atomic.Int64
	protocol sync.Map

	mu      sync.Mutex
	waiting int
	all     chan struct{}
}

func newCrowded(t *testing.T, crowd int, secure bool) *crowded {
	t.Helper()
	c := &crowded{Fake: pingmfatest.New(pingmfatest.Options{}), crowd: crowd, all: make(chan struct{})}
	c.AddUser(pingmfatest.User{ID: userID})
	c.web = httptest.NewUnstartedServer(c)
	c.web.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			c.accepted.Add(1)
		}
	}
	if secure {
		c.web.EnableHTTP2 = true
		c.web.StartTLS()
	} else {
		c.web.Start()
	}
	t.Cleanup(c.web.Close)
	return c
}

func (c *crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.protocol.Store(r.Proto, true)
	c.mu.Lock()
	all := c.all
	if c.waiting++; c.waiting == c.crowd {
		c.waiting, c.all = 0, make(chan struct{})
		close(all)
	}
	c.mu.Unlock()
	<-all
	c.Fake.ServeHTTP(w, r)
}

func (c *crowded) client(t *testing.T) *pingmfa.Client {
	t.Helper()
	authURL, apiURL := c.URLs(c.web.URL)
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: c.EnvironmentID,
		AuthURL:       authURL,
		APIURL:        apiURL,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return c.Token(), nil }),
	})
	require.NoError(t, err)
	return client
}

// rush makes rounds of concurrent calls, one for each of the crowd.
func (c *crowded) rush(t *testing.T, client *pingmfa.Client, rounds int) {
	t.Helper()
	for range rounds {
		for _, err := range together(c.crowd, func() error { return start(t.Context(), client) }) {
			require.NoError(t, err)
		}
	}
}

// The number of connections has no limit below the crowd, and they are kept: later rounds open none.
func TestConnectionsAreKeptUnderLoad(t *testing.T) {
	const crowd = 128 // http.DefaultTransport keeps 100 idle connections.
	c := newCrowded(t, crowd, false)
	client := c.client(t)
	c.rush(t, client, 5)
	assert.EqualValues(t, crowd, c.accepted.Load())
	assert.Len(t, c.Requests(), 5*crowd)
}

// The default transport uses HTTP/2. Each call of the first round may dial before it is known that the server speaks
// HTTP/2, and such a dial can end after the call, so the number of connections is not exact. Later rounds open none:
// with a connection for each call, there would be five times as many. The transport trusts the certificates that
// http.DefaultTransport trusts.
func TestHTTP2IsKeptByTheDefaultTransport(t *testing.T) {
	const crowd = 64
	c := newCrowded(t, crowd, true)
	trustByDefault(t, c.web.Certificate())
	c.rush(t, c.client(t), 5)
	assert.LessOrEqual(t, c.accepted.Load(), int64(crowd))
	c.protocol.Range(func(protocol, _ any) bool { return assert.Equal(t, "HTTP/2.0", protocol) })
}

// trustByDefault makes http.DefaultTransport trust a certificate until the end of the test.
func trustByDefault(t *testing.T, certificate *x509.Certificate) {
	t.Helper()
	before, ok := http.DefaultTransport.(*http.Transport)
	require.True(t, ok)
	trusting := before.Clone()
	trusting.TLSClientConfig.RootCAs = x509.NewCertPool()
	trusting.TLSClientConfig.RootCAs.AddCert(certificate)
	http.DefaultTransport = trusting
	t.Cleanup(func() { http.DefaultTransport = before })
}

// With many goroutines, revoked tokens and rate limits, every call that succeeds was carried out once.
func TestConcurrentUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, client := newBubbleTenant(t)
		const goroutines, rounds = 16, 20
		var started, created atomic.Int64
		var group sync.WaitGroup
		for i := range goroutines {
			user := fake.AddUser(pingmfatest.User{})
			group.Go(func() {
				for round := range rounds {
					switch {
					case i == 0 && round%5 == 0:
						fake.RevokeTokens()
					case i == 1 && round%5 == 0:
						fake.Inject(pingmfatest.OpCreateDeviceAuthentication, pingmfatest.FaultRateLimited)
					}
					if round%2 == 0 {
						if start(t.Context(), client) == nil {
							started.Add(1)
						}
					} else if _, err := client.CreateDevice(t.Context(), user, pingmfa.TOTP{}); err == nil {
						created.Add(1)
					}
				}
			})
		}
		group.Wait()
		acted := map[string]int64{}
		for _, request := range fake.Requests() {
			if request.Acted {
				acted[request.Operation]++
			}
		}
		assert.Greater(t, started.Load(), int64(goroutines*rounds/4))
		assert.Equal(t, started.Load(), acted[pingmfatest.OpCreateDeviceAuthentication])
		assert.Equal(t, created.Load(), acted[pingmfatest.OpCreateDevice])
		fake.Reset(pingmfatest.OpCreateDeviceAuthentication)
	})
}
