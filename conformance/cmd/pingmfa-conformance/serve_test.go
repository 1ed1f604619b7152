package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// addressInUse returns the address of a listener.
func addressInUse(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	return listener.Addr().String()
}

// testServer is a running serve command.
type testServer struct {
	serverConfig
	t      *testing.T
	errors lockedBuffer
	stop   func() (int, report)
}

// lockedBuffer is a buffer that requests write to.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// startServer starts the command and waits until it has printed its configuration.
func startServer(t *testing.T, args ...string) *testServer {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	t.Cleanup(interrupt)
	reader, writer := io.Pipe()
	code := make(chan int, 1)
	s := &testServer{t: t}
	go func() {
		code <- program{out: writer, errors: &s.errors}.run(ctx, append([]string{"serve", "-o", "json"}, args...))
		_ = writer.Close()
	}()
	decoder := json.NewDecoder(reader)
	require.NoError(t, decoder.Decode(&s.serverConfig))
	s.stop = func() (int, report) {
		interrupt()
		var r report
		require.NoError(t, decoder.Decode(&r))
		return <-code, r
	}
	return s
}

// do sends a request and returns status and body.
func (s *testServer) do(method, url, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("Content-Type", "application/json")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(s.t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, resp.Body.Close())
	return resp.StatusCode, string(data)
}

// raw sends the bytes of a request and returns those of the response, whose connection the server closes.
func (s *testServer) raw(request string) string {
	s.t.Helper()
	address := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/")
	conn, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", address)
	require.NoError(s.t, err)
	_, err = io.WriteString(conn, request)
	require.NoError(s.t, err)
	response, err := io.ReadAll(conn)
	require.NoError(s.t, err)
	require.NoError(s.t, conn.Close())
	return string(response)
}

// authenticate starts an authentication at the fake with a prefix.
func (s *testServer) authenticate(prefix, userID string) (int, string) {
	s.t.Helper()
	url := strings.Replace(s.AuthURL, "/ping-auth", prefix+"/ping-auth", 1)
	return s.do(http.MethodPost, url+"/"+s.EnvironmentID+"/deviceAuthentications", `{"user":{"id":"`+userID+`"}}`)
}

// The commands that serve prints are those of a login. curl is not needed to run this test.
func TestServeExamplesAreALogin(t *testing.T) {
	s := startServer(t)
	var id, passcode string
	var statuses []any
	for _, line := range s.Examples {
		line = strings.NewReplacer("/ID", "/"+id, "PASSCODE", passcode).Replace(line)
		option := func(name string) string {
			match := regexp.MustCompile(" " + name + " (?:'([^']*)'|([^' ]+))").FindStringSubmatch(line)
			if match == nil {
				return ""
			}
			return match[1] + match[2]
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, line[strings.LastIndex(line, " ")+1:],
			strings.NewReader(option("-d")))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl -d
		if user, password, ok := strings.Cut(option("-u"), ":"); ok {
			request.SetBasicAuth(user, password)
		}
		for _, header := range regexp.MustCompile("-H '([^:]+): ([^']+)'").FindAllStringSubmatch(line, -1) {
			request.Header.Set(header[1], header[2])
		}
		response, err := (&http.Client{}).Do(request)
		require.NoError(t, err)
		var document map[string]any
		require.NoError(t, json.NewDecoder(response.Body).Decode(&document))
		require.NoError(t, response.Body.Close())
		statuses = append(statuses, response.StatusCode, document["status"])
		id, _ = document["id"].(string)
		if inbox := elements[inboxMessage](s, "inbox"); len(inbox) > 0 {
			passcode = inbox[0].Passcode
		}
	}
	assert.Equal(t, []any{200, nil, 201, "OTP_REQUIRED", 200, "COMPLETED"}, statuses)
	code, _ := s.stop()
	assert.Zero(t, code)
	assert.Empty(t, s.errors.String())
}

// A violation is printed when it happens.
func TestServePrintsViolations(t *testing.T) {
	s := startServer(t)
	status, body := s.do(http.MethodPost, s.AuthURL+"/"+s.EnvironmentID+"/deviceAuthentications/otp/check", "{}")
	assert.Equal(t, http.StatusForbidden, status)
	assert.JSONEq(t, `{"message":"Forbidden"}`, body)
	route := "POST /" + s.EnvironmentID + "/deviceAuthentications/otp/check"
	assert.Contains(t, s.errors.String(), "serve: "+route+" is not part of the contract\n\tpath: ")
}

func TestServePages(t *testing.T) {
	docs := filepath.Join(t.TempDir(), "docs.html")
	require.NoError(t, os.WriteFile(docs, []byte("<p>The contract"), 0o600))
	s := startServer(t, "-docs", docs)
	_, _ = s.authenticate("/scenario/push@<b>", "1")
	_, _ = s.authenticate("/scenario/push@page", "1")
	status, page := s.do(http.MethodGet, s.URL, "")
	assert.Equal(t, http.StatusOK, status)
	for _, text := range []string{
		"<code>" + s.AuthURL + "</code>", "<code>" + s.APIURL + "</code>", s.Token, s.EnvironmentID, `href="contract"`,
		"<code>/scenario/push</code>", "/scenario/push@page/: createDeviceAuthentication 1,", "/user/id: ",
		"requests to unknown paths: 1",
	} {
		assert.Contains(t, page, text)
	}
	_, contract := s.do(http.MethodGet, s.URL+"contract", "")
	assert.Equal(t, "<p>The contract", contract)
	_, spec := s.do(http.MethodGet, s.URL+"openapi.yaml", "")
	assert.Equal(t, openapi.YAML, []byte(spec))
	status, _ = s.do(http.MethodGet, s.URL+"favicon.ico", "")
	assert.Equal(t, http.StatusNotFound, status)
	_, report := s.stop()
	assert.Equal(t, 1, report.Violations, "of the one authentication, but of no page")

	s = startServer(t)
	_, page = s.do(http.MethodGet, s.URL, "")
	assert.NotContains(t, page, `href="contract"`)
	status, _ = s.do(http.MethodGet, s.URL+"contract", "")
	assert.Equal(t, http.StatusForbidden, status)
}

// The seed determines the token.
func TestServeSeed(t *testing.T) {
	first, second, other := startServer(t, "-seed", "7"), startServer(t, "-seed", "7"), startServer(t)
	assert.Equal(t, first.Token, second.Token)
	assert.NotEqual(t, first.Token, other.Token)
}

// By default, the output is text. An interrupt ends the program, which prints the report.
func TestServeUntilInterrupted(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, "program", "serve") //nolint:gosec // the test binary
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	printed := map[string]string{}
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "labelled report") {
		if name, value, ok := strings.Cut(lines.Text(), "  "); ok {
			printed[name] = strings.TrimSpace(value)
		}
	}
	s := &testServer{t: t, serverConfig: serverConfig{
		URL: printed["page"], fakeURLs: fakeURLs{AuthURL: printed["auth host"]},
		EnvironmentID: printed["environment"], Token: printed["access token"],
	}}
	status, _ := s.authenticate("", scenarios[0].fill(pingmfatest.New(pingmfatest.Options{})).UserID)
	assert.Equal(t, http.StatusCreated, status)
	status, _ = s.authenticate("/scenario/push", "1")
	assert.Equal(t, http.StatusBadRequest, status)
	url := strings.Replace(printed["labelled auth host"], "LABEL", "test-7", 1)
	status, _ = s.do(http.MethodGet, url+"/"+s.EnvironmentID+"/deviceAuthentications/"+s.EnvironmentID, "")
	assert.Equal(t, http.StatusNotFound, status)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	var rest strings.Builder
	for lines.Scan() {
		rest.WriteString(lines.Text() + "\n")
	}
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, exitFailed, exit.ExitCode())
	assert.Contains(t, rest.String(), "/: createDeviceAuthentication 1, acted on 1, messages 1, violations 0\n")
	assert.Contains(t, rest.String(),
		"/scenario/push/: createDeviceAuthentication 1, acted on 0, messages 0, violations 1\n"+
			"    POST /"+s.EnvironmentID+"/deviceAuthentications breaks the contract of createDeviceAuthentication\n"+
			"    \t/user/id: ")
	assert.Contains(t, rest.String(), "/scenario/push@test-7/: readDeviceAuthentication 1,")
}

func TestOrigin(t *testing.T) {
	for ip, want := range map[string]struct {
		origin   string
		loopback bool
	}{
		"127.0.0.1": {"http://127.0.0.1:80", true},
		"::1":       {"http://[::1]:80", true},
		"0.0.0.0":   {"http://127.0.0.1:80", false},
		"::":        {"http://127.0.0.1:80", false},
		"192.0.2.7": {"http://192.0.2.7:80", false},
	} {
		origin, loopback := originOf(&net.TCPAddr{IP: net.ParseIP(ip), Port: 80})
		assert.Equal(t, want.origin, origin)
		assert.Equal(t, want.loopback, loopback)
	}
}
