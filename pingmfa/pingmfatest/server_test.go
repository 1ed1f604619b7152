package pingmfatest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestServerReportsNothingForAPassingTest(t *testing.T) {
	tb := &recorder{TB: t}
	srv := pingmfatest.NewServer(tb)
	fetchToken(t, srv)
	authenticate(t, srv, srv.UserWithEmailDevice().Request)
	assert.Empty(t, tb.finish())
	assert.Empty(t, tb.logs)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.AuthURL, http.NoBody)
	require.NoError(t, err)
	response, err := srv.Client().Do(request)
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	assert.Error(t, err, "the server is closed")
}

func TestServerLogsTheSeedOfAFailedTest(t *testing.T) {
	tb := &recorder{TB: t}
	srv := pingmfatest.NewServer(tb, seeded(4711))
	tb.Errorf("the test's own failure")
	tb.finish()
	require.Len(t, tb.logs, 1)
	assert.Contains(t, tb.logs[0], "4711")
	assert.EqualValues(t, 4711, srv.Seed())
}

func TestBaseURLsHaveAPath(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	for base, path := range map[string]string{srv.AuthURL: "/ping-auth", srv.APIURL: "/ping-api/v1"} {
		parsed, err := url.Parse(base)
		require.NoError(t, err)
		assert.Equal(t, "http", parsed.Scheme)
		assert.Equal(t, "127.0.0.1", parsed.Hostname())
		assert.Equal(t, path, parsed.Path)
	}
}

func TestTLSServerHasTheHostsOfAllRegions(t *testing.T) {
	srv := pingmfatest.NewTLSServer(t, plain)
	authHosts, apiHosts := []string{srv.AuthURL}, []string{srv.APIURL}
	for _, region := range []string{"com", "ca", "eu", "com.au", "sg", "asia"} {
		authHosts = append(authHosts, "https://auth.pingone."+region)
		apiHosts = append(apiHosts, "https://api.pingone."+region+"/v1")
	}
	person := srv.UserWithEmailDevice()
	for i, base := range authHosts {
		require.True(t, strings.HasPrefix(base, "https://"))
		header := formHeader(basic(srv.ClientID, srv.ClientSecret))
		token := send(t, srv.Client(), http.MethodPost, base+"/"+srv.EnvironmentID+"/as/token", header, grant)
		require.Equal(t, http.StatusOK, token.status)
		access := token.text("access_token")
		started := send(t, srv.Client(), http.MethodPost, base+"/"+srv.EnvironmentID+"/deviceAuthentications",
			bearer(access), person.Request)
		valid(t, pingmfatest.OpCreateDeviceAuthentication, started)
		assert.Equal(t, fmt.Sprintf("%s/%s/deviceAuthentications/%s", base, srv.EnvironmentID, started.at("id")),
			started.at("_links", "self", "href"))

		users := apiHosts[i] + "/environments/" + srv.EnvironmentID + "/users/"
		userID := srv.AddUser(pingmfatest.User{})
		device := send(t, srv.Client(), http.MethodPost, users+userID+"/devices", bearer(access), `{"type":"TOTP"}`)
		valid(t, pingmfatest.OpCreateDevice, device)
		assert.Equal(t, fmt.Sprintf("%s%s/devices/%s", users, userID, device.at("id")), device.header.Get("Location"))
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.AuthURL, http.NoBody)
	require.NoError(t, err)
	response, err := new(http.Client).Do(request)
	if err == nil {
		require.NoError(t, response.Body.Close())
	}
	assert.ErrorContains(t, err, "certificate", "no other client trusts the server")
}

func TestRealHostsHaveNoPrefix(t *testing.T) {
	for _, target := range []string{
		"https://api.pingone.eu/environments/" + unknownID + "/users/" + someUser + "/devices",
		"https://auth.pingone.eu/ping-auth/" + unknownID + "/deviceAuthentications",
		"https://auth.pingone.de/" + unknownID + "/deviceAuthentications",
		"https://login.pingone.eu/" + unknownID + "/deviceAuthentications",
	} {
		fake := pingmfatest.New(pingmfatest.Options{})
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("{}"))
		response := httptest.NewRecorder()
		fake.ServeHTTP(response, request)
		assert.Equal(t, http.StatusForbidden, response.Code)
		assert.Len(t, fake.Violations(), 1)
	}
}

// Several fakes can share a listener if each has a prefix.
func TestFakesByPrefix(t *testing.T) {
	mux := http.NewServeMux()
	fakes := map[string]*pingmfatest.Fake{}
	for _, prefix := range []string{"/first", "/second"} {
		fakes[prefix] = pingmfatest.New(pingmfatest.Options{Prefix: prefix, Plain: true})
		mux.Handle(prefix+"/", fakes[prefix])
	}
	web := httptest.NewServer(mux)
	defer web.Close()
	for prefix, fake := range fakes {
		authURL, apiURL := fake.URLs(web.URL)
		assert.Equal(t, web.URL+prefix+"/ping-auth", authURL)
		assert.Equal(t, web.URL+prefix+"/ping-api/v1", apiURL)
		person := fake.UserWithEmailDevice()
		started := send(t, web.Client(), http.MethodPost, authURL+"/"+fake.EnvironmentID+"/deviceAuthentications",
			bearer(fake.Token()), person.Request)
		href := started.text("_links", "self", "href")
		assert.True(t, strings.HasPrefix(href, authURL+"/"))
		assert.Len(t, fake.Messages(), 1)
	}
}
