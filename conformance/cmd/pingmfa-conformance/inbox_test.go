package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// The users of scenarios.
const (
	pushUser     = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a01"
	allTypesUser = "1f0d5c1a-6a52-4c0e-9a35-0f7c2f4f6a05"
	oneTimeUser  = "991776fd-145b-499e-8237-2c62aef35b2c"
)

// sendWith sends a request with a body of a media type and one more header, if it has a name.
func (s *testServer) sendWith(name, value, method, url, mediaType, body string) (int, http.Header, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("Content-Type", mediaType)
	if name != "" {
		req.Header.Set(name, value)
	}
	resp, err := (&http.Client{}).Do(req)
	require.NoError(s.t, err)
	var decoded any
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		require.NoError(s.t, json.NewDecoder(resp.Body).Decode(&decoded))
	}
	require.NoError(s.t, resp.Body.Close())
	document, _ := decoded.(map[string]any)
	return resp.StatusCode, resp.Header, document
}

func (s *testServer) send(method, url, mediaType, body string) (int, http.Header, map[string]any) {
	s.t.Helper()
	return s.sendWith("", "", method, url, mediaType, body)
}

// start starts an authentication and returns its URL and its id.
func (s *testServer) start(prefix, request string) (url, id string) {
	s.t.Helper()
	url = strings.Replace(s.AuthURL, "/ping-auth", prefix+"/ping-auth", 1)
	url += "/" + s.EnvironmentID + "/deviceAuthentications"
	status, _, started := s.send(http.MethodPost, url, "application/json", request)
	require.Equal(s.t, http.StatusCreated, status)
	id, ok := started["id"].(string)
	require.True(s.t, ok)
	return url + "/" + id, id
}

// proceed continues an authentication and returns its status.
func (s *testServer) proceed(url, action, body string) any {
	s.t.Helper()
	_, _, document := s.send(http.MethodPost, url, "application/vnd.pingidentity."+action+"+json", body)
	return document["status"]
}

func (s *testServer) read(url string) any {
	s.t.Helper()
	_, _, document := s.send(http.MethodGet, url, "", "")
	return document["status"]
}

// elements returns the JSON array at a path of the program.
func elements[T any](s *testServer, path string) []T {
	s.t.Helper()
	status, body := s.do(http.MethodGet, s.URL+path, "")
	require.Equal(s.t, http.StatusOK, status)
	var list []T
	require.NoError(s.t, json.Unmarshal([]byte(body), &list))
	return list
}

// The inbox has all messages with their passcodes. One of them completes a login.
func TestServeInbox(t *testing.T) {
	s := startServer(t)
	assert.Equal(t, s.URL+"inbox", s.Inbox)
	_, body := s.do(http.MethodGet, s.Inbox, "")
	assert.Equal(t, "[]\n", body)

	url, first := s.start("", `{"user":{"id":"`+oneTimeUser+`"},"selectedDevice":{"oneTime":{"type":"SMS",`+
		`"phone":"+12015550123"}},"notification":{"template":{"name":"transaction","locale":"fr-CA","variant":"short",`+
		`"variables":{"amount":"<b>7</b>"}}}}`)
	_, second := s.start("/scenario/push@a", `{"user":{"id":"`+pushUser+`"}}`)
	devices := s.APIURL + "/environments/" + s.EnvironmentID + "/users/" + oneTimeUser + "/devices"
	status, _, device := s.send(http.MethodPost, devices, "application/json",
		`{"type":"EMAIL","email":"a@example.com","status":"ACTIVATION_REQUIRED"}`)
	require.Equal(t, http.StatusCreated, status)

	inbox := elements[inboxMessage](s, "inbox")
	require.Len(t, inbox, 3)
	passcode := regexp.MustCompile(`^\d{6}$`)
	assert.Regexp(t, passcode, inbox[0].Passcode)
	assert.Regexp(t, passcode, inbox[2].Passcode)
	assert.Equal(t, inboxMessage{Number: 2, Message: pingmfatest.Message{
		Time: inbox[0].Time, UserID: oneTimeUser, Operation: "createDevice", DeviceID: inbox[0].DeviceID,
		Channel: "EMAIL", Recipient: "a@example.com", Passcode: inbox[0].Passcode,
	}}, inbox[0])
	assert.Equal(t, device["id"], inbox[0].DeviceID)
	assert.Equal(t, inboxMessage{
		Prefix: "/scenario/push@a", Number: 1, Status: "PUSH_CONFIRMATION_REQUIRED",
		Message: pingmfatest.Message{
			Time: inbox[1].Time, UserID: pushUser, Operation: "createDeviceAuthentication", AuthenticationID: second,
			DeviceID: inbox[1].DeviceID, Channel: "PUSH",
		},
	}, inbox[1])
	assert.Equal(t, inboxMessage{Number: 1, Status: "OTP_REQUIRED", Message: pingmfatest.Message{
		Time: inbox[2].Time, UserID: oneTimeUser, Operation: "createDeviceAuthentication", AuthenticationID: first,
		Channel: "SMS", Recipient: "+12015550123", Template: "transaction", Locale: "fr-CA", Variant: "short",
		Variables: map[string]string{"amount": "<b>7</b>"}, Passcode: inbox[2].Passcode,
	}}, inbox[2])
	assert.Equal(t, inbox[1:2], elements[inboxMessage](s, "scenario/push@a/inbox"))
	assert.Empty(t, elements[inboxMessage](s, "scenario/push/inbox"))

	assert.Equal(t, "COMPLETED", s.proceed(url, "otp.check", `{"otp":"`+inbox[2].Passcode+`"}`))
	assert.Equal(t, "COMPLETED", elements[inboxMessage](s, "inbox")[2].Status)
	code, report := s.stop()
	assert.Zero(t, code)
	assert.Equal(t, 4, report.Requests, "without those of the inbox")
}

// A push is confirmed or denied at the path of its fake, once.
func TestServePushes(t *testing.T) {
	s := startServer(t)
	for _, prefix := range []string{"", "/scenario/push@a"} {
		for action, want := range map[string]string{"confirm": "COMPLETED", "deny": "FAILED"} {
			url, id := s.start(prefix, `{"user":{"id":"`+pushUser+`"}}`)
			push := strings.TrimSuffix(s.URL, "/") + prefix + "/pushes/" + id + "/" + action
			status, body := s.do(http.MethodPost, push, "")
			assert.Equal(t, http.StatusNoContent, status)
			assert.Empty(t, body)
			assert.Equal(t, want, s.read(url))
			status, body = s.do(http.MethodPost, push, "")
			assert.Equal(t, http.StatusBadRequest, status)
			assert.Contains(t, body, "its status is "+want)
		}
	}
	status, body := s.do(http.MethodPost, s.URL+"pushes/"+pushUser+"/confirm", "")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "no authentication")
	code, _ := s.stop()
	assert.Zero(t, code)
}

// Time is moved forward in one fake only.
func TestServeAdvance(t *testing.T) {
	s := startServer(t)
	here, _ := s.start("", `{"user":{"id":"`+pushUser+`"}}`)
	there, _ := s.start("/scenario/push", `{"user":{"id":"`+pushUser+`"}}`)
	for _, seconds := range []string{"", "-1", "1.5", "2147483648"} {
		status, _ := s.do(http.MethodPost, s.URL+"advance?seconds="+seconds, "")
		assert.Equal(t, http.StatusBadRequest, status, seconds)
	}
	assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", s.read(here))
	status, _ := s.do(http.MethodPost, s.URL+"advance?seconds=3600", "")
	assert.Equal(t, http.StatusNoContent, status)
	assert.Equal(t, "PUSH_CONFIRMATION_TIMED_OUT", s.read(here))
	assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", s.read(there))
}

// The passcodes of TOTP devices can be read, also of those that a client has created.
func TestServePasscodes(t *testing.T) {
	s := startServer(t)
	url, _ := s.start("", `{"user":{"id":"`+allTypesUser+`"}}`)
	passcodes := elements[generator](s, "passcodes")
	require.Len(t, passcodes, 1)
	assert.Equal(t, generator{"", allTypesUser, passcodes[0].DeviceID, "TOTP", passcodes[0].Passcode}, passcodes[0])
	assert.Equal(t, "OTP_REQUIRED", s.proceed(url, "device.select", `{"device":{"id":"`+passcodes[0].DeviceID+`"}}`))
	assert.Equal(t, "COMPLETED", s.proceed(url, "otp.check", `{"otp":"`+passcodes[0].Passcode+`"}`))

	devices := strings.Replace(s.APIURL, "/ping-api", "/scenario/one-time-sms/ping-api", 1) +
		"/environments/" + s.EnvironmentID + "/users/" + oneTimeUser + "/devices"
	_, _, device := s.send(http.MethodPost, devices, "application/json", `{"type":"TOTP","status":"ACTIVATION_REQUIRED"}`)
	passcodes = elements[generator](s, "scenario/one-time-sms/passcodes")
	require.Len(t, passcodes, 1)
	assert.Equal(t, device["id"], passcodes[0].DeviceID)
	assert.Equal(t, "/scenario/one-time-sms", passcodes[0].Prefix)
	assert.Equal(t, "ACTIVE", s.proceed(devices+"/"+passcodes[0].DeviceID, "device.activate",
		`{"otp":"`+passcodes[0].Passcode+`"}`))
	assert.Len(t, elements[generator](s, "passcodes"), 2)
}

// A page of another site can neither change nor read anything.
func TestServeRefusesOtherSites(t *testing.T) {
	s := startServer(t)
	url, id := s.start("", `{"user":{"id":"`+pushUser+`"}}`)
	for _, change := range []string{
		"advance?seconds=3600", "pushes/" + id + "/deny", "pushes/" + id + "/confirm",
		"inject?operation=readDeviceAuthentication&fault=no-content",
	} {
		for name, value := range map[string]string{"Origin": "https://example.com", "Sec-Fetch-Site": "same-site"} {
			status, _, _ := s.sendWith(name, value, http.MethodPost, s.URL+change, "text/plain", "")
			assert.Equal(t, http.StatusForbidden, status, change)
		}
	}
	assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", s.read(url))
	status, _, _ := s.sendWith("Origin", strings.TrimSuffix(s.URL, "/"), http.MethodPost, s.URL+"pushes/"+id+"/confirm",
		"text/plain", "")
	assert.Equal(t, http.StatusNoContent, status)
	for _, path := range []string{"", "inbox", "passcodes", "report"} {
		_, header, _ := s.sendWith("Origin", "https://example.com", http.MethodGet, s.URL+path, "", "")
		assert.Empty(t, header.Values("Access-Control-Allow-Origin"), path)
	}
}

// The page runs its own script and no other.
func TestServeContentSecurityPolicy(t *testing.T) {
	s := startServer(t)
	nonces := map[string]bool{}
	for range 2 {
		_, header, _ := s.send(http.MethodGet, s.URL, "", "")
		policy := header.Get("Content-Security-Policy")
		match := regexp.MustCompile(`script-src 'nonce-(\w{20,})'; `).FindStringSubmatch(policy)
		require.NotNil(t, match)
		assert.NotContains(t, policy, "unsafe")
		nonces[match[1]] = true
	}
	assert.Len(t, nonces, 2)
}
