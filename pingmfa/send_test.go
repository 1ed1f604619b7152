package pingmfa_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// A response that comes too late may have been acted on, and the request is not repeated.
func TestTimeoutAfterSendingIsUnknown(t *testing.T) {
	arrived, stop := make(chan struct{}, 9), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-stop
	}))
	defer server.Close()
	defer close(stop)
	client := clientWith(t, nil, func(c *pingmfa.Config) { c.AuthURL = server.URL })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	err := start(ctx, client)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
	assert.Empty(t, arrived)
}

// The cause of a context that ended is found beside its error, and is in no text.
func TestContextWithACauseKeepsBoth(t *testing.T) {
	cause := errors.New("canary")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	for name, credentials := range map[string]pingmfa.Credentials{
		"token function": pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
		"client secret":  pingmfa.ClientSecret{ID: "id", Secret: "secret"},
	} {
		hung := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			<-t.Context().Done()
			return nil, req.Context().Err()
		})
		client := clientWith(t, hung, func(c *pingmfa.Config) { c.Credentials = credentials })
		err := start(ctx, client)
		require.ErrorIs(t, err, context.Canceled, name)
		require.ErrorIs(t, err, cause, name)
		assert.NotContains(t, err.Error(), "canary", name)
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err), name)
	}
}

// A transport that reports nothing gives no evidence: its failure may have come after the request was sent.
func TestTransportWithoutEvidenceIsUnknown(t *testing.T) {
	var sent atomic.Int64
	forward := roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		sent.Add(1)
		_, err := io.Copy(io.Discard, req.Body)
		return nil, errors.Join(err, &net.OpError{Op: "dial", Err: context.DeadlineExceeded})
	})
	unread := roundTripperFunc(func(*http.Request) (*http.Response, error) {
		sent.Add(1)
		return nil, &net.OpError{Op: "dial", Err: errors.New("canary")}
	})
	registered := &http.Transport{Protocols: new(http.Protocols)} // without HTTP/2, which registers https itself
	registered.Protocols.SetHTTP1(true)
	registered.RegisterProtocol("https", forward)
	for name, transport := range map[string]http.RoundTripper{
		"RegisterProtocol": registered, "function": forward, "function that does not read": unread,
	} {
		sent.Store(0)
		err := start(t.Context(), clientWith(t, transport))
		assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), name)
		assert.EqualValues(t, 1, sent.Load(), name)
		assert.NotContains(t, err.Error(), "canary")
	}
}

// A server may act on the headers of a request without content, so a connection is the evidence. One with content is
// incomplete until its body was read.
func TestEvidenceOfRequestsWithoutContent(t *testing.T) {
	for connected, without := range map[bool]pingmfa.Outcome{
		false: pingmfa.OutcomeNotSent, true: pingmfa.OutcomeUnknown,
	} {
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(req.Context())
			trace.GetConn("auth.pingone.eu:443")
			if connected {
				trace.GotConn(httptrace.GotConnInfo{})
			}
			if req.Body != nil { // net/http must not send it again by itself
				_, err := req.GetBody()
				assert.Equal(t, connected && req.ContentLength == 0, err != nil)
			}
			return nil, errors.New("lost")
		}), func(c *pingmfa.Config) { c.Retry.Attempts = 1 })
		_, read := client.Authentication(t.Context(), authenticationID)
		assert.Equal(t, without, pingmfa.OutcomeOf(read))
		assert.Equal(t, without, pingmfa.OutcomeOf(client.ResendActivation(t.Context(), userID, deviceID)))
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(start(t.Context(), client)))
	}
}

// impatient is a RoundTripper that returns before the one inside it has ended, as a circuit breaker or a hedger does.
type impatient struct {
	inner   http.RoundTripper
	detach  bool // the inner request outlives the context of the outer one
	asked   chan struct{}
	proceed chan struct{}
	ended   chan struct{}
}

func (i impatient) RoundTrip(req *http.Request) (*http.Response, error) {
	if i.detach {
		req = req.WithContext(context.WithoutCancel(req.Context()))
	}
	go func() {
		defer close(i.ended)
		resp, err := i.inner.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-i.asked
	return nil, errors.New("circuit open")
}

// A transport may go on after it returned. If the outcome was "not sent" by then, the request cannot be completed any
// more: neither with the context of the attempt, which has ended, nor with another.
func TestAbandonedRequestIsNotSentLater(t *testing.T) {
	for _, detach := range []bool{false, true} {
		x := newTenant(t)
		breaker := impatient{
			detach: detach, asked: make(chan struct{}), proceed: make(chan struct{}), ended: make(chan struct{}),
		}
		breaker.inner = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			close(breaker.asked)
			<-breaker.proceed
			origin, err := url.Parse(x.AuthURL)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, origin.Host)
		}}
		client := clientWith(t, breaker, func(c *pingmfa.Config) {
			c.AuthURL, c.EnvironmentID = x.AuthURL, x.EnvironmentID
			c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return x.Token(), nil })
		})
		err := start(t.Context(), client)
		assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
		close(breaker.proceed)
		<-breaker.ended
		for _, request := range x.Requests(pingmfatest.OpCreateDeviceAuthentication) {
			assert.False(t, request.Acted, "detached %t", detach)
		}
		assert.Empty(t, x.Messages())
	}
}

// A caller's http.Client keeps its time limit and its cookies, and a redirect is refused with status and
// Correlation-Id, whatever else the client has.
func TestHTTPClientKeepsItsLimitAndItsJar(t *testing.T) {
	for name, client := range map[string]*http.Client{
		"neither": {}, "limit": {Timeout: time.Minute}, "jar": {Jar: newJar(t)},
		"nil transport": {Transport: (*http.Transport)(nil)},
	} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			x := newTenant(t, func(c *pingmfa.Config) { c.HTTPClient = client })
			x.script(pingmfatest.Response{
				Status: status,
				Header: http.Header{"Location": {x.AuthURL}, "Correlation-Id": {policyID}},
			})
			_, err := x.start(t)
			var redirect *pingmfa.Error
			require.ErrorAs(t, err, &redirect, name)
			assert.Equal(t, status, redirect.StatusCode, name)
			assert.Equal(t, policyID, redirect.CorrelationID, name)
			assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err), name)
			assert.Equal(t, 1, x.calls(), name)
		}
	}

	x := newTenant(t, func(c *pingmfa.Config) { c.HTTPClient = &http.Client{Jar: newJar(t)} })
	x.script(pingmfatest.Response{
		Status: 201, Header: http.Header{"Set-Cookie": {"route=7"}}, Body: `{"id":"1","status":"COMPLETED"}`,
	})
	for range 2 {
		_, err := x.start(t)
		require.NoError(t, err)
	}
	requests := x.Requests(pingmfatest.OpCreateDeviceAuthentication)
	assert.Empty(t, requests[0].Header.Values("Cookie"))
	assert.Equal(t, []string{"route=7"}, requests[1].Header.Values("Cookie"))

	x = newTenant(t, func(c *pingmfa.Config) {
		c.HTTPClient = &http.Client{Timeout: time.Nanosecond}
		c.Credentials = pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil })
		c.Retry.Attempts = 1
	})
	_, err := x.start(t)
	var call *pingmfa.CallError
	require.ErrorAs(t, err, &call)
	assert.Zero(t, x.calls())
}

func newJar(t *testing.T) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return jar
}

// The body of a response is read to its end, whatever length its RoundTripper announces.
func TestContentLengthIsNotBelieved(t *testing.T) {
	const body = `{"id":"1","status":"COMPLETED"}`
	for _, length := range []int64{-9999, -1, 0, 1, 9999, 1 << 62, int64(len(body))} {
		resp := respond(201, body)
		resp.ContentLength = length
		auth, err := clientWith(t, answer(resp)).StartAuthentication(t.Context(),
			pingmfa.AuthenticationRequest{UserID: userID})
		require.NoError(t, err, length)
		assert.JSONEq(t, body, string(auth.Raw()), length)
	}
	for _, length := range []int64{-1, 0, 9999} {
		resp := respond(201, "")
		resp.Header.Set("Correlation-Id", policyID)
		resp.Body, resp.ContentLength = nil, length
		err := start(t.Context(), clientWith(t, answer(resp)))
		var unreadable *pingmfa.Error
		require.ErrorAs(t, err, &unreadable, length)
		assert.Equal(t, 201, unreadable.StatusCode)
		assert.Equal(t, policyID, unreadable.CorrelationID)
		assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(err))
	}
}

// The body of a request has a length, and can be read again until it was read to its end.
func TestBodyOfARequest(t *testing.T) {
	for _, read := range []int{0, 5, 1 << 10} {
		err := start(t.Context(), clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			const payload = `{"user":{"id":"` + userID + `"}}`
			assert.EqualValues(t, len(payload), req.ContentLength)
			_, err := io.CopyN(io.Discard, req.Body, int64(read))
			again, refused := req.GetBody()
			if read > len(payload) {
				assert.Equal(t, io.EOF, err)
				require.ErrorIs(t, refused, io.ErrUnexpectedEOF)
				return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
			}
			require.NoError(t, refused)
			body, err := io.ReadAll(again)
			require.NoError(t, err)
			assert.JSONEq(t, payload, string(body))
			return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
		})))
		require.NoError(t, err)
	}
}

// When an attempt is over, its context has ended and nothing can read the rest of its body.
func TestAttemptThatIsOverCannotBeCompleted(t *testing.T) {
	var attempts []*http.Request
	client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
		attempts = append(attempts, req)
		if len(attempts) == 2 {
			return nil, errors.New("lost")
		}
		return respond(400, ""), nil
	}), func(c *pingmfa.Config) { c.Timeout = -1 })
	for range 2 {
		require.Error(t, start(t.Context(), client))
	}
	for _, req := range attempts {
		body, err := io.ReadAll(req.Body)
		require.Error(t, err)
		assert.Empty(t, body)
		assert.Equal(t, context.Canceled, req.Context().Err())
	}
}

// answer returns a transport that responds to every request alike.
func answer(resp *http.Response) http.RoundTripper {
	return roundTripperFunc(func(*http.Request) (*http.Response, error) { return resp, nil })
}

func TestTransportWithoutAResponseIsUnknown(t *testing.T) {
	err := start(t.Context(), clientWith(t, answer(nil)))
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(err))
	resp := respond(201, "")
	resp.Body = io.NopCloser(iotest.ErrReader(errors.New("canary")))
	err = start(t.Context(), clientWith(t, answer(resp)))
	assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(err))
	assert.NotContains(t, err.Error(), "canary")
}

// A call that is repeated sends a request of its own each time, and its error lists all of them.
func TestAttemptsOfACallAreApart(t *testing.T) {
	var seen []*http.Request
	x := newTenant(t, func(c *pingmfa.Config) {
		c.HTTPClient = &http.Client{Transport: roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(req.Clone(req.Context()))
			if strings.HasSuffix(req.URL.Path, "/as/token") {
				return resp, err
			}
			seen = append(seen, req)
			req.URL.Path, req.Header["Accept"][0] = "/changed", "changed" // A RoundTripper must not do this.
			return resp, err
		})}
	})
	refuse := pingmfatest.Response{
		Status: 401, Header: http.Header{"Correlation-Id": {policyID}}, Body: `{"code":"ACCESS_FAILED"}`,
	}
	_, err := x.start(t)
	require.NoError(t, err)
	x.script(refuse, pingmfatest.Response{Status: 400, Body: `{"code":"INVALID_DATA"}`})
	_, err = x.start(t)
	var refused *pingmfa.Error
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Attempts, 2)
	assert.Equal(t, pingmfa.Attempt{StatusCode: 401, CorrelationID: policyID, Outcome: pingmfa.OutcomeRefused},
		refused.Attempts[0])
	assert.Equal(t, 400, refused.Attempts[1].StatusCode)
	require.Len(t, seen, 3)
	assert.NotSame(t, seen[1].URL, seen[2].URL)
	assert.Equal(t, 3, x.calls(), "each request went to its place")
}

// A server may close a kept connection just before a request is written to it. Nothing was sent then, and the call
// sends the request on another connection.
func TestConnectionThatTheServerClosedIsReplaced(t *testing.T) {
	for _, secure := range []bool{false, true} {
		server := newIdleServer(t, secure)
		var dialed []*watchedConn
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			watched := &watchedConn{Conn: conn, closed: make(chan struct{})}
			dialed = append(dialed, watched)
			return watched, err
		}}
		if secure {
			transport.TLSClientConfig = &tls.Config{RootCAs: server.roots, MinVersion: tls.VersionTLS12}
		}
		client := clientWith(t, transport, func(c *pingmfa.Config) { c.AuthURL = server.URL })
		for call := range 3 {
			ctx := t.Context()
			if call > 0 { // The connection was kept. It is closed when it has been chosen, before the request is written.
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
					if info.Reused {
						server.CloseClientConnections()
						<-dialed[len(dialed)-1].closed
					}
				}})
			}
			require.NoError(t, start(ctx, client))
		}
		assert.EqualValues(t, 3, server.requests.Load(), "no request was sent twice")
		assert.Len(t, dialed, 3)
	}
}

// idleServer is a PingOne of one response.
type idleServer struct {
	*httptest.Server
	requests atomic.Int64
	roots    *x509.CertPool
}

func newIdleServer(t *testing.T, secure bool) *idleServer {
	t.Helper()
	s := &idleServer{roots: x509.NewCertPool()}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.requests.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"1","status":"COMPLETED"}`)
	}))
	if secure {
		s.StartTLS()
		s.roots.AddCert(s.Certificate())
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// watchedConn reports when the transport closed it.
type watchedConn struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
}

func (c *watchedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
