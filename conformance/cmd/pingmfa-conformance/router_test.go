package main

import (
	"encoding/json"
	"fmt"
	"net/http"
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
		assert.NotNil(t, fillFunc("fault", strings.TrimPrefix(fault.Path, "/fault/")), fault.Path)
	}
	_, report := s.stop()
	assert.Zero(t, report.Violations)
	assert.Equal(t, 1, report.UnknownPaths)
}

// The fakes get the paths unchanged: a cleaned path could be valid.
func TestServeDoesNotCleanPaths(t *testing.T) {
	s := startServer(t)
	status, _ := s.do(http.MethodPost, s.APIURL+"/environments/"+s.EnvironmentID+"/users/../devices", `{"type":"TOTP"}`)
	assert.Equal(t, http.StatusBadRequest, status)
	status, _ = s.do(http.MethodPost, s.APIURL+"//environments", `{}`)
	assert.Equal(t, http.StatusNotFound, status)
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	require.Len(t, report.Fakes[0].Violations, 2)
	assert.Equal(t, "path:userID", report.Fakes[0].Violations[0].Findings[0].Pointer)
}

// Requests to unknown paths are refused and counted.
func TestServeRefusesUnknownPaths(t *testing.T) {
	s := startServer(t)
	for _, path := range []string{
		"scenario", "scenario/none/ping-auth", "scenario/push", "scenario/push@/report", "fault/none/x",
	} {
		status, body := s.do(http.MethodPost, s.URL+path, "")
		assert.Equal(t, http.StatusNotFound, status, path)
		assert.Contains(t, body, s.URL+" lists the paths")
	}
	code, report := s.stop()
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, 5, report.UnknownPaths)
}

// The number of fakes is limited, because each label creates one.
func TestServeLimitsFakes(t *testing.T) {
	rt := newRouter("http://127.0.0.1:1", 1)
	for i := range maxFakes { // one fake is at the root
		_, _, ok := rt.find(fmt.Sprintf("/scenario/push@%d/x", i))
		require.Equal(t, i < maxFakes-1, ok)
	}
	_, prefix, ok := rt.find("/scenario/push@7/x")
	assert.True(t, ok)
	assert.Equal(t, "/scenario/push@7", prefix)
}
