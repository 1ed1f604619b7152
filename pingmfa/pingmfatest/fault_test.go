package pingmfatest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"go/build"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const opStart = pingmfatest.OpCreateDeviceAuthentication

// startRequest returns a request that starts an authentication.
func startRequest(t *testing.T, srv *pingmfatest.Server) *http.Request {
	t.Helper()
	srv.AddUser(pingmfatest.User{ID: someUser})
	body := `{"user":{"id":"` + someUser + `"},"selectedDevice":{"oneTime":{"type":"SMS","phone":"+12015550123"}}}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications", strings.NewReader(body))
	require.NoError(t, err)
	request.Header = bearer(srv.Token())
	return request
}

// readRequest returns a GET, of an authentication that was started without a connection.
func readRequest(t *testing.T, srv *pingmfatest.Server) *http.Request {
	t.Helper()
	start := startRequest(t, srv)
	recorder := httptest.NewRecorder()
	srv.ServeHTTP(recorder, start)
	var started struct{ ID string }
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &started))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start.URL.String()+"/"+started.ID, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", start.Header.Get("Authorization"))
	return request
}

// resendRequest returns a POST without a body. The correct response has none either.
func resendRequest(t *testing.T, srv *pingmfatest.Server) *http.Request {
	t.Helper()
	srv.AddUser(pingmfatest.User{ID: someUser, Devices: []pingmfatest.Device{{
		"id": unknownID, "type": "SMS", "phone": "+12015550123", "status": "ACTIVATION_REQUIRED",
	}}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		srv.APIURL+"/environments/"+srv.EnvironmentID+"/users/"+someUser+"/devices/"+unknownID, nil)
	require.NoError(t, err)
	request.Header = forAction(srv, "device.sendActivationCode")
	return request
}

// attempt sends a request with net/http alone and returns the status of the response. If the next fault makes the
// client wait, attempt cancels the request as soon as it has met the fault.
func attempt(t *testing.T, srv *pingmfatest.Server, client *http.Client, request *http.Request) (int, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request = request.WithContext(ctx)
	for _, pending := range srv.Pending() {
		_, name, _ := strings.Cut(pending, " ")
		if strings.Contains(name, "slow") || name == "tls-stall" {
			go func() {
				ticker := time.NewTicker(time.Millisecond)
				defer ticker.Stop()
				for len(srv.Pending()) > 0 {
					<-ticker.C
				}
				cancel()
			}()
		}
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, 1<<17)
	require.NoError(t, response.Body.Close())
	return response.StatusCode, nil
}

func TestFaultsHaveNamesAndDocs(t *testing.T) {
	faults := pingmfatest.Faults()
	for i, fault := range faults {
		assert.Regexp(t, `^[a-z0-9.]+(-[a-z0-9.]+)*$`, string(fault))
		assert.Regexp(t, `^[A-Z0-9].*\.\)?$`, fault.Doc(), fault)
		if before, ok := strings.CutSuffix(string(fault), "-acted"); ok {
			assert.Equal(t, fault, faults[i-1].AfterActing())
			assert.Equal(t, before, string(faults[i-1]))
			assert.Equal(t, faults[i-1].Doc()+" PingOne has acted.", fault.Doc())
			assert.False(t, faults[i-1].Acted())
			assert.True(t, fault.Acted())
		}
	}
	assert.Equal(t, pingmfatest.FaultRefused, faults[0])
	assert.Equal(t, "The server closes its idle connections without notice just before the request is sent. The client "+
		"uses a new connection, and the fake acts; or it uses a closed one, and the request is lost.",
		pingmfatest.FaultClosedWhileIdle.Doc(), "the lines of a comment are joined")
	assert.Empty(t, pingmfatest.Fault("no-such-fault").Doc())
	assert.Panics(t, func() { pingmfatest.FaultRefused.AfterActing() }, "the fake receives no request")
	assert.Panics(t, func() { pingmfatest.FaultEmptyBody.AfterActing() }, "the fake acts in any case")
	assert.Panics(t, func() { pingmfatest.FaultServerError.AfterActing().AfterActing() })
}

// resentByNetHTTP has the faults after which net/http sends a POST again by itself, over a new connection. GOAWAY and
// REFUSED_STREAM guarantee that the request was not processed (RFC 9113, section 8.7). PROTOCOL_ERROR guarantees
// nothing: Go 1.26 sends the request again nevertheless, Go 1.27 returns the error.
var resentByNetHTTP = map[string]bool{
	"http2-goaway":         true,
	"http2-refused-stream": true,
	"http2-protocol-error": !slices.Contains(build.Default.ReleaseTags, "go1.27"),
}

// The fake carries out a request that meets a fault if and only if Fault.Acted is set.
func TestFaultsActAsTheyClaim(t *testing.T) {
	for operation, newRequest := range map[string]func(*testing.T, *pingmfatest.Server) *http.Request{
		opStart:                                startRequest,
		pingmfatest.OpReadDeviceAuthentication: readRequest,
		pingmfatest.OpActivateDevice:           resendRequest,
	} {
		for _, fault := range pingmfatest.Faults() {
			t.Run(string(fault)+"/"+operation, func(t *testing.T) {
				srv := pingmfatest.NewTLSServer(t)
				request := newRequest(t, srv)
				messages := len(srv.Messages())
				srv.Inject(operation, fault)
				client := *srv.Client()
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				_, _ = attempt(t, srv, &client, request)
				acted := 0
				for _, request := range srv.Requests(operation) {
					if request.Acted {
						acted++
					}
				}
				want := 0
				if fault.Acted() {
					want++
				}
				if resentByNetHTTP[strings.TrimSuffix(string(fault), "-acted")] {
					want++ // the request that net/http sent again met no fault
				}
				assert.Equal(t, want, acted)
				if request.Method == http.MethodPost {
					messages += want
				}
				assert.Len(t, srv.Messages(), messages)
			})
		}
	}
}

func TestFaultsAndScriptsShareAQueue(t *testing.T) {
	srv := pingmfatest.NewTLSServer(t)
	srv.Script(opStart, pingmfatest.Response{Status: http.StatusTeapot})
	srv.Inject(opStart, pingmfatest.FaultRefused, pingmfatest.FaultForbidden)
	srv.InjectAlways(opStart, pingmfatest.FaultUnavailable)
	srv.Script(opStart, pingmfatest.Response{Status: http.StatusGone})
	assert.Equal(t, []string{opStart, opStart + " refused", opStart + " forbidden", opStart + " unavailable", opStart},
		srv.Pending())
	for _, want := range []int{http.StatusTeapot, 0, http.StatusForbidden, 503, 503, 503} {
		status, err := attempt(t, srv, srv.Client(), startRequest(t, srv))
		if want == 0 {
			require.ErrorContains(t, err, "refused")
		} else {
			require.NoError(t, err)
		}
		assert.Equal(t, want, status)
	}
	assert.Equal(t, []string{opStart}, srv.Pending(), "a fault that applies always is not pending, and blocks the queue")
	srv.Reset(pingmfatest.OpCreateDevice)
	assert.NotEmpty(t, srv.Pending())
	srv.Reset(opStart)
	assert.Empty(t, srv.Pending())
	status, err := attempt(t, srv, srv.Client(), startRequest(t, srv))
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, status)
}

func TestLeftOverFaultFailsTheTest(t *testing.T) {
	tb := &recorder{TB: t}
	srv := pingmfatest.NewServer(tb)
	srv.Inject(pingmfatest.OpToken, pingmfatest.FaultSlowHeaders)
	failures := tb.finish()
	require.Len(t, failures, 1)
	assert.Contains(t, failures[0], "token slow-headers")
}

// Faults can be put on every operation of the contract.
func TestInjectKnowsTheOperations(t *testing.T) {
	validator, err := conformance.NewValidator()
	require.NoError(t, err)
	srv := pingmfatest.NewServer(t)
	for _, operation := range validator.Operations() {
		srv.Inject(operation.ID, pingmfatest.FaultForbidden)
		assert.Equal(t, []string{operation.ID + " forbidden"}, srv.Pending())
		srv.Reset(operation.ID)
	}
}

func TestInjectPanics(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	fake := pingmfatest.New(pingmfatest.Options{})
	for name, inject := range map[string]func(){
		"unknown operation": func() { srv.Inject("startAuthentication", pingmfatest.FaultForbidden) },
		"unknown fault":     func() { srv.Inject(opStart, "no-such-fault") },
		"not ambiguous":     func() { srv.InjectAlways(opStart, "refused-acted") },
		"no Server":         func() { fake.Inject(opStart, pingmfatest.FaultRefused) },
		"no TLS":            func() { srv.Inject(opStart, pingmfatest.FaultWrongHost) },
		"neither":           func() { fake.Inject(opStart, pingmfatest.FaultTLSStall) },
	} {
		assert.Panics(t, inject, name)
	}
}

// A fake without a Server has all faults except those below HTTP; here each is at a path with its name.
func TestFaultsByName(t *testing.T) {
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	defer web.Close()
	for name, status := range map[string]int{"gateway-page-acted": 502, "hal": 201, "reset-after-reading": 0} {
		prefix := "/fault/" + name
		fake := pingmfatest.New(pingmfatest.Options{Prefix: prefix})
		mux.Handle(prefix+"/", fake)
		fake.InjectAlways(opStart, pingmfatest.Fault(name))
		authURL, _ := fake.URLs(web.URL)
		for range 2 {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
				authURL+"/"+fake.EnvironmentID+"/deviceAuthentications", strings.NewReader(fake.UserWithoutDevices().Request))
			require.NoError(t, err)
			request.Header = bearer(fake.Token())
			response, err := web.Client().Do(request)
			if status == 0 {
				require.Error(t, err)
				continue
			}
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			assert.Equal(t, status, response.StatusCode)
		}
		assert.Len(t, fake.Requests(), 2)
	}
}

// A fault that changes a success leaves a refusal as it is. Any other fault replaces it.
func TestFaultsOfRefusedRequests(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	srv.Inject(opStart, pingmfatest.FaultOK, pingmfatest.FaultForbidden, pingmfatest.FaultServerError.AfterActing())
	unknown := authenticate(t, srv, user(unknownID))
	assert.Equal(t, http.StatusNotFound, unknown.status, "the fault has no success to change")
	assert.Equal(t, http.StatusForbidden, authenticate(t, srv, user(unknownID)).status)
	assert.Equal(t, http.StatusInternalServerError, authenticate(t, srv, user(unknownID)).status)
}

// A client that follows a redirect fails the test, and the failure says whether it sent the token.
func TestFollowedRedirectFailsTheTest(t *testing.T) {
	for _, fault := range []pingmfatest.Fault{
		pingmfatest.FaultMovedPermanently, pingmfatest.FaultFound, pingmfatest.FaultTemporaryRedirect,
	} {
		tb := &recorder{TB: t}
		srv := pingmfatest.NewTLSServer(tb)
		srv.Inject(opStart, fault)
		status, err := attempt(t, srv, srv.Client(), startRequest(t, srv))
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotFound, status)
		require.Len(t, srv.Violations(), 1)
		failures := tb.finish()
		require.Len(t, failures, 1)
		assert.Contains(t, failures[0], "followed a redirect")
		assert.Contains(t, failures[0], "Authorization", "net/http treats all ports of a host alike")
	}
}

// The response of a captive portal has nothing of PingOne's but the status.
func TestCaptivePage(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithoutDevices()
	srv.Inject(opStart, pingmfatest.FaultCaptivePage, pingmfatest.FaultCaptivePage.AfterActing())
	for _, messages := range []int{0, 1} {
		target := srv.AuthURL + "/" + srv.EnvironmentID + "/deviceAuthentications"
		response := send(t, srv.Client(), http.MethodPost, target, bearer(srv.Token()), person.Request)
		assert.Equal(t, http.StatusOK, response.status)
		assert.True(t, strings.HasPrefix(response.raw, "<html>"), response.raw)
		assert.Contains(t, response.raw, person.Request, "it repeats the request")
		assert.NotContains(t, response.header, "Content-Type")
		assert.NotContains(t, response.header, "Correlation-Id")
		assert.Len(t, srv.Messages(), messages)
	}
}

// The server marks a connection as idle after it has written the response, at about the time of the client's next
// request. So the number of requests is open that the client sends before it meets a closed connection.
func TestClosedWhileIdle(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	srv.InjectAlways(opStart, pingmfatest.FaultClosedWhileIdle)
	for range 10_000 {
		_, _ = attempt(t, srv, srv.Client(), startRequest(t, srv))
		if accepted, _ := srv.Connections(); accepted > 1 {
			return
		}
	}
	t.Error("the server closed no connection")
}

// The requests are written to connections of the test's own: net/http may close one when the machine is busy.
func TestConnectionsAreCounted(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	address, err := url.Parse(srv.AuthURL)
	require.NoError(t, err)
	person := srv.UserWithoutDevices()
	dial := func() (do func() error) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		reader := bufio.NewReader(conn)
		return func() error {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
				srv.AuthURL+"/"+srv.EnvironmentID+"/deviceAuthentications", strings.NewReader(person.Request))
			require.NoError(t, err)
			request.Header = bearer(srv.Token())
			require.NoError(t, request.Write(conn))
			response, err := http.ReadResponse(reader, request)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, response.Body)
			require.NoError(t, err)
			return response.Body.Close()
		}
	}
	first, second := dial(), dial()
	for _, do := range []func() error{first, first, second} {
		require.NoError(t, do())
	}
	accepted, open := srv.Connections()
	assert.Equal(t, 2, accepted)
	assert.Equal(t, 2, open)
	srv.Inject(opStart, pingmfatest.FaultCloseAfterReading)
	require.Error(t, first())
	accepted, open = srv.Connections()
	assert.Equal(t, 2, accepted)
	assert.Equal(t, 1, open)
}
