package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// Each scenario starts with the listed status, at its own path and at the root, with the same token.
func TestServeScenarios(t *testing.T) {
	s := startServer(t)
	requests := map[string]string{}
	for _, scenario := range scenarios {
		filled := scenario.fill(pingmfatest.New(pingmfatest.Options{}))
		requests[filled.UserID] = filled.Request
	}
	require.Len(t, s.Scenarios, len(scenarios))
	for _, scenario := range s.Scenarios {
		for _, prefix := range []string{scenario.Path, scenario.Path + "@7", ""} {
			url := strings.Replace(s.AuthURL, "/ping-auth", prefix+"/ping-auth", 1)
			status, body := s.do(http.MethodPost, url+"/"+s.EnvironmentID+"/deviceAuthentications", requests[scenario.UserID])
			assert.Equal(t, http.StatusCreated, status, scenario.Path)
			assert.Contains(t, body, `"`+scenario.Status+`"`, scenario.Path)
		}
	}
	_, body := s.authenticate("/scenario/unknown-type", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a07")
	assert.Contains(t, body, `"SMART_RING"`)
	_, body = s.authenticate("/scenario/unusable-devices", "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a06")
	assert.Contains(t, body, `"LOCKED"`)
	assert.Regexp(t, `"blockedDevices":\[\{`, body)
	status, body := s.do(http.MethodPost, strings.Replace(s.APIURL, "/ping-api", "/scenario/device-limit/ping-api", 1)+
		"/environments/"+s.EnvironmentID+"/users/"+s.Scenarios[len(s.Scenarios)-1].UserID+"/devices",
		`{"type":"EMAIL","email":"box6@example.com"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "LIMIT_EXCEEDED")

	code, report := s.stop()
	assert.Zero(t, code)
	assert.Equal(t, 3*len(scenarios)+3, report.Requests)
	assert.Len(t, report.Fakes, 2*len(scenarios)+1)
}

// A request is only in the report of its own prefix.
func TestServeSeparatesPrefixes(t *testing.T) {
	s := startServer(t)
	user := s.Scenarios[0].UserID
	const plain, a, b = "/scenario/one-email-device", "/scenario/one-email-device@a", "/scenario/one-email-device@b"
	for _, prefix := range []string{plain, a, a} {
		status, _ := s.authenticate(prefix, user)
		assert.Equal(t, http.StatusCreated, status)
	}
	status, _ := s.authenticate(b, "+12015550123")
	assert.Equal(t, http.StatusBadRequest, status)

	messages := map[string]int{}
	for _, prefix := range []string{plain, a, b} {
		status, body := s.do(http.MethodGet, s.URL+prefix[1:]+"/report", "")
		assert.Equal(t, http.StatusOK, status)
		var report report
		require.NoError(t, json.Unmarshal([]byte(body), &report))
		require.Len(t, report.Fakes, 1)
		assert.Equal(t, prefix, report.Fakes[0].Prefix)
		messages[prefix] = report.Fakes[0].Messages
		assert.Equal(t, report.Fakes[0].Messages, report.Fakes[0].Acted)
		assert.Equal(t, prefix == b, report.Violations == 1)
	}
	assert.Equal(t, map[string]int{plain: 1, a: 2, b: 0}, messages)

	status, body := s.do(http.MethodGet, s.Report, "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"pointer": "/user/id"`)
	assert.NotContains(t, body, "5550123")
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, 1, report.Violations)
	assert.Equal(t, 4, report.Requests)
}

// The output at the start has the URLs of a fake with a label.
func TestServeTellsLabels(t *testing.T) {
	s := startServer(t)
	for _, label := range []string{"test-7", "test-8"} {
		with := func(url string) string { return strings.Replace(url, "LABEL", label, 1) }
		status, _ := s.do(http.MethodPost, with(s.Labelled.AuthURL)+"/"+s.EnvironmentID+"/deviceAuthentications",
			`{"user":{"id":"`+pushUser+`"}}`)
		assert.Equal(t, http.StatusCreated, status)
		devices := "/environments/" + s.EnvironmentID + "/users/" + pushUser + "/devices"
		status, _ = s.do(http.MethodPost, with(s.Labelled.APIURL)+devices, `{"type":"EMAIL","email":"a@example.com"}`)
		assert.Equal(t, http.StatusCreated, status)
		_, inbox := s.do(http.MethodGet, with(s.Labelled.Inbox), "")
		assert.Equal(t, 1, strings.Count(inbox, `"PUSH"`))
		_, text := s.do(http.MethodGet, with(s.Labelled.Report), "")
		assert.Contains(t, text, `"requests": 2,`)
	}
	code, _ := s.stop()
	assert.Zero(t, code)
}

// A fault applies to every request with its path.
func TestServeFaults(t *testing.T) {
	s := startServer(t)
	user := s.Scenarios[0].UserID
	for range 2 {
		status, body := s.authenticate("/fault/gateway-page", user)
		assert.Equal(t, http.StatusBadGateway, status)
		assert.Contains(t, body, "<html>")
	}
	authURL := strings.Replace(s.AuthURL, "/ping-auth", "/fault/gateway-page/ping-auth", 1)
	device := strings.Replace(s.APIURL, "/ping-api", "/fault/gateway-page/ping-api", 1) + "/environments/" +
		s.EnvironmentID + "/users/" + user + "/devices"
	for _, request := range [][]string{
		{http.MethodGet, authURL + "/" + s.EnvironmentID + "/deviceAuthentications/" + user, "", ""},
		{http.MethodPost, authURL + "/" + s.EnvironmentID + "/deviceAuthentications/" + user,
			"application/vnd.pingidentity.otp.check+json", `{"otp":"123456"}`},
		{http.MethodPost, device, "application/json", `{"type":"TOTP"}`},
		{http.MethodPost, device + "/" + user, "application/vnd.pingidentity.device.activate+json", `{"otp":"123456"}`},
	} {
		status, _, _ := s.send(request[0], request[1], request[2], request[3])
		assert.Equal(t, http.StatusBadGateway, status, request)
	}
	status, _ := s.authenticate("/fault/no-content@a", user)
	assert.Equal(t, http.StatusNoContent, status)
	status, _ = s.authenticate("", user)
	assert.Equal(t, http.StatusCreated, status)
	status, _ = s.authenticate("/fault/dial-timeout", user)
	assert.Equal(t, http.StatusNotFound, status, "a fault below HTTP cannot be injected")
	assert.Greater(t, len(s.Faults), 40)
	for _, fault := range s.Faults {
		assert.NotEmpty(t, fault.Doc)
		assert.NotNil(t, fillFunc(fault.Path), fault.Path)
	}
	_, report := s.stop()
	assert.Zero(t, report.Violations)
	assert.Equal(t, 1, report.UnknownPaths)
}

// A fault can be injected into one request of a fake, also into one for a token.
func TestServeInject(t *testing.T) {
	s := startServer(t)
	user := s.Scenarios[0].UserID
	for query, message := range map[string]string{
		"operation=createDeviceAuthentication&fault=none":         "there is no such fault",
		"operation=createDeviceAuthentication&fault=dial-timeout": "there is no such fault",
		"operation=none&fault=gateway-page":                       "one of createDeviceAuthentication, ",
		"":                                                        "operation must be",
	} {
		status, body := s.do(http.MethodPost, s.URL+"inject?"+query, "")
		assert.Equal(t, http.StatusBadRequest, status, query)
		assert.Contains(t, body, message)
	}
	for _, file := range []string{"../../../README.md", "../../README.md"} {
		document, err := os.ReadFile(file) //nolint:gosec // one of the two
		require.NoError(t, err)
		example := regexp.MustCompile("`POST /(inject[^`]+)`").FindSubmatch(document)
		require.NotNil(t, example, file)
		status, _ := s.do(http.MethodPost, s.URL+string(example[1]), "")
		assert.Equal(t, http.StatusNoContent, status)
	}
	status, body := s.do(http.MethodGet, s.URL+"inject?operation=token&fault=gateway-page", "")
	assert.Equal(t, http.StatusMethodNotAllowed, status)
	assert.Contains(t, body, "Wrong method")
	for _, operation := range []string{"createDeviceAuthentication", "createDevice", "token"} {
		url := s.URL + "scenario/push@a/inject?operation=" + operation + "&fault=gateway-page-acted"
		status, _ := s.do(http.MethodPost, url, "")
		require.Equal(t, http.StatusNoContent, status)
	}
	status, _ = s.authenticate("", user)
	assert.Equal(t, http.StatusCreated, status, "the fault is in another fake")
	for _, want := range []int{http.StatusBadGateway, http.StatusCreated} {
		status, _ := s.authenticate("/scenario/push@a", pushUser)
		assert.Equal(t, want, status)
	}
	assert.Len(t, elements[inboxMessage](s, "scenario/push@a/inbox"), 2)
	tokenURL := strings.Replace(s.Labelled.AuthURL, "LABEL", "a", 1) + "/" + s.EnvironmentID + "/as/token"
	for _, want := range []int{http.StatusBadGateway, http.StatusOK} {
		// The credentials as they are printed: a client does not have to encode them.
		credentials := base64.StdEncoding.EncodeToString([]byte(s.ClientID + ":" + s.ClientSecret))
		status, _, _ := s.sendWith("Authorization", "Basic "+credentials, http.MethodPost, tokenURL,
			"application/x-www-form-urlencoded", "grant_type=client_credentials")
		assert.Equal(t, want, status)
	}
}

// HEAD is for the paths of GET: programs that wait for the server send it.
func TestServeHead(t *testing.T) {
	s := startServer(t)
	for _, path := range []string{"", "openapi.yaml", "inbox", "passcodes", "report"} {
		status, body := s.do(http.MethodHead, s.URL+path, "")
		assert.Equal(t, http.StatusOK, status, path)
		assert.Empty(t, body, path)
	}
	code, _ := s.stop()
	assert.Zero(t, code)
}

// The fakes get the paths unchanged: a cleaned path could be valid.
func TestServeDoesNotCleanPaths(t *testing.T) {
	s := startServer(t)
	status, _ := s.do(http.MethodPost, s.APIURL+"/environments/"+s.EnvironmentID+"/users/../devices", `{"type":"TOTP"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	status, _ = s.do(http.MethodPost, s.APIURL+"//environments", `{}`)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, s.raw("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), "403 Forbidden")
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	require.Len(t, report.Fakes[0].Violations, 3)
	assert.Equal(t, "path:userID", report.Fakes[0].Violations[0].Findings[0].Pointer)
}

// Requests to unknown paths are refused and counted.
func TestServeRefusesUnknownPaths(t *testing.T) {
	s := startServer(t)
	for _, path := range []string{
		"scenario", "scenario/none/ping-auth", "scenario/push", "scenario/push@/report", "scenario/push:x/x",
		"fault/none/x", "fault/gateway-page:x/x", "fault//x",
	} {
		status, body := s.do(http.MethodPost, s.URL+path, "")
		assert.Equal(t, http.StatusNotFound, status, path)
		assert.Contains(t, body, s.URL+" lists the paths")
	}
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, 8, report.UnknownPaths)
}

// The number of fakes is limited, because each label creates one.
func TestServeLimitsFakes(t *testing.T) {
	rt := newRouter("http://127.0.0.1:1", 1, nil)
	for i := range maxFakes { // one fake is at the root
		_, _, ok := rt.find(fmt.Sprintf("/scenario/push@%d/x", i))
		require.Equal(t, i < maxFakes-1, ok)
	}
	_, prefix, ok := rt.find("/scenario/push@7/x")
	assert.True(t, ok)
	assert.Equal(t, "/scenario/push@7", prefix)
}

// A request that net/http refuses is in the report, with the reason, wherever it stands on its connection.
func TestServeReportsRefusedRequests(t *testing.T) {
	s := startServer(t)
	const host = "GET / HTTP/1.1\r\nHost: a\r\n"
	const version = "505 HTTP Version Not Supported: unsupported protocol version"
	for request, status := range map[string]string{
		"GET\r\n\r\n":                                                    "400 Bad Request",
		"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n":                           "400 Bad Request", // TLS
		host + "a: \x01\r\n\r\n":                                         "400 Bad Request",
		host + "Transfer-Encoding: b\r\n\r\n":                            "501 Not Implemented",
		host + "Expect: b\r\n\r\n":                                       "417 Expectation Failed",
		host + "a: " + strings.Repeat("b", 2*http.DefaultMaxHeaderBytes): "431 Request Header Fields Too Large",

		"GET /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n": "400 Bad Request: missing required Host header",
		"GET / HTTP/9.1\r\nHost: a\r\n\r\n":                                  version,
	} {
		assert.Contains(t, s.raw(request), "HTTP/1.1 "+status+"\r\n", "%.60q", request)
	}
	_, page := s.do(http.MethodGet, s.URL, "")
	assert.Contains(t, page, "requests refused with 400 Bad Request: 3\n")
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, map[string]int{
		"400 Bad Request": 3, "400 Bad Request: missing required Host header": 1,
		"417 Expectation Failed": 1, "431 Request Header Fields Too Large": 1, "501 Not Implemented": 1,
		version: 1,
	}, report.Refused)
	assert.Zero(t, report.Requests)
}
