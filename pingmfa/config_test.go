package pingmfa_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"path"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestNewRefusesABadConfiguration(t *testing.T) {
	var noFunc pingmfa.TokenFunc
	var noSecret *pingmfa.ClientSecret
	for name, c := range map[string]struct {
		change func(*pingmfa.Config)
		field  string
	}{
		"no environment":      {func(c *pingmfa.Config) { c.EnvironmentID = "" }, "Config.EnvironmentID"},
		"environment of dots": {func(c *pingmfa.Config) { c.EnvironmentID = ".." }, "Config.EnvironmentID"},
		"environment with slash": {
			func(c *pingmfa.Config) { c.EnvironmentID = environmentID + "/x" },
			"Config.EnvironmentID",
		},
		"no region":      {func(c *pingmfa.Config) { c.Region = "" }, "Config.Region"},
		"unknown region": {func(c *pingmfa.Config) { c.Region = "us" }, "Config.Region"},
		"unknown region, URLs": {
			func(c *pingmfa.Config) { c.Region, c.AuthURL, c.APIURL = "us", "https://a", "https://b" },
			"Config.Region",
		},
		"one URL, no region": {
			func(c *pingmfa.Config) { c.Region, c.AuthURL = "", "https://auth.example.com" },
			"Config.Region",
		},
		"the other URL, no region": {
			func(c *pingmfa.Config) { c.Region, c.APIURL = "", "https://api.example.com" },
			"Config.Region",
		},
		"custom domain, no region": {
			func(c *pingmfa.Config) { c.Region, c.CustomDomain = "", "auth.example.com" },
			"Config.Region",
		},
		"http": {
			func(c *pingmfa.Config) { c.AuthURL = "http://auth.example.com" },
			"Config.AuthURL",
		},
		"http to a name": {
			func(c *pingmfa.Config) { c.APIURL = "http://127.0.0.1.example.com" },
			"Config.APIURL",
		},
		"http to another address": {func(c *pingmfa.Config) { c.AuthURL = "http://192.0.2.1" }, "Config.AuthURL"},
		"no host":                 {func(c *pingmfa.Config) { c.APIURL = "https:api.example.com" }, "Config.APIURL"},
		"no URL":                  {func(c *pingmfa.Config) { c.AuthURL = "auth.example.com" }, "Config.AuthURL"},
		"another scheme":          {func(c *pingmfa.Config) { c.AuthURL = "ftp://127.0.0.1/" }, "Config.AuthURL"},
		"broken URL":              {func(c *pingmfa.Config) { c.AuthURL = "https://[::1" }, "Config.AuthURL"},
		"user in URL": {
			func(c *pingmfa.Config) { c.AuthURL = "https://me:canary@example.com" },
			"Config.AuthURL",
		},
		"query in URL": {
			func(c *pingmfa.Config) { c.APIURL = "https://example.com/v1?x=canary" },
			"Config.APIURL",
		},
		"empty query in URL":    {func(c *pingmfa.Config) { c.AuthURL = "https://auth.example.com?" }, "Config.AuthURL"},
		"empty fragment in URL": {func(c *pingmfa.Config) { c.APIURL = "https://example.com/v1#" }, "Config.APIURL"},
		"port without host":     {func(c *pingmfa.Config) { c.APIURL = "https://:443" }, "Config.APIURL"},
		"custom domain with user": {
			func(c *pingmfa.Config) { c.CustomDomain = "me:canary@auth.example.com" },
			"Config.CustomDomain",
		},
		"custom domain with query": {
			func(c *pingmfa.Config) { c.CustomDomain = "auth.example.com?" },
			"Config.CustomDomain",
		},
		"custom domain with space":   {func(c *pingmfa.Config) { c.CustomDomain = "auth example" }, "Config.CustomDomain"},
		"custom domain as a URL":     {func(c *pingmfa.Config) { c.CustomDomain = "https://a" }, "Config.CustomDomain"},
		"custom domain with port":    {func(c *pingmfa.Config) { c.CustomDomain = "a.example:443" }, "Config.CustomDomain"},
		"custom domain of two dots":  {func(c *pingmfa.Config) { c.CustomDomain = "a..example.com" }, "Config.CustomDomain"},
		"custom domain of one name":  {func(c *pingmfa.Config) { c.CustomDomain = "localhost" }, "Config.CustomDomain"},
		"custom domain of signs":     {func(c *pingmfa.Config) { c.CustomDomain = "a,b.example.com" }, "Config.CustomDomain"},
		"custom domain without host": {func(c *pingmfa.Config) { c.CustomDomain = ":443" }, "Config.CustomDomain"},
		"custom domain and URL": {
			func(c *pingmfa.Config) { c.CustomDomain, c.AuthURL = "a.example.com", "https://b" },
			"Config.CustomDomain",
		},
		"custom domain with path": {
			func(c *pingmfa.Config) { c.CustomDomain = "auth.example.com/x" },
			"Config.CustomDomain",
		},
		"no credentials": {func(c *pingmfa.Config) { c.Credentials = nil }, "Config.Credentials"},
		"nil function":   {func(c *pingmfa.Config) { c.Credentials = noFunc }, "Config.Credentials"},
		"nil secret":     {func(c *pingmfa.Config) { c.Credentials = noSecret }, "Config.Credentials"},
		"secret with a line feed": {
			func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{ID: "id", Secret: "canary\n"} },
			"Config.Credentials.Secret",
		},
		"no client id": {
			func(c *pingmfa.Config) { c.Credentials = pingmfa.ClientSecret{Secret: "canary"} },
			"Config.Credentials.ID",
		},
		"no client secret": {
			func(c *pingmfa.Config) { c.Credentials = &pingmfa.ClientSecret{ID: "id"} },
			"Config.Credentials.Secret",
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := pingmfa.Config{
				EnvironmentID: environmentID,
				Region:        pingmfa.Europe,
				Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "canary"},
			}
			c.change(&config)
			client, err := pingmfa.New(config)
			assert.Nil(t, client)
			var argument *pingmfa.ArgumentError
			require.ErrorAs(t, err, &argument)
			assert.Equal(t, c.field, argument.Field)
			assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

// A URL may be http to any loopback address, and a custom domain needs no region if APIURL is set.
func TestURLsThatAreAllowed(t *testing.T) {
	for authURL, want := range map[string]string{
		"http://localhost:8080": "http://localhost:8080", "http://127.0.0.2": "http://127.0.0.2",
		"http://[::1]/a":              "http://[::1]/a",
		"https://auth.example.com/a/": "https://auth.example.com/a", "": "https://custom.example.com",
	} {
		var url string
		client := clientWith(t, roundTripperFunc(func(req *http.Request) (*http.Response, error) {
			url = req.URL.String()
			return respond(201, `{"id":"1","status":"COMPLETED"}`), nil
		}), func(c *pingmfa.Config) {
			c.Region, c.AuthURL, c.APIURL = "", authURL, "https://api.example.com/v1"
			if authURL == "" {
				c.CustomDomain = "custom.example.com"
			} else {
				want += "/" + environmentID
			}
		})
		require.NoError(t, start(t.Context(), client))
		assert.Equal(t, want+"/deviceAuthentications", url)
	}
}

// The default transport is a clone of http.DefaultTransport, or another type of transport that replaced it.
func TestDefaultTransportIsNotChanged(t *testing.T) {
	before, ok := http.DefaultTransport.(*http.Transport)
	require.True(t, ok)
	_ = clientWith(t, nil)
	assert.Zero(t, before.MaxIdleConnsPerHost)
	t.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport = answer(respond(201, `{"id":"1","status":"COMPLETED"}`))
	require.NoError(t, start(t.Context(), clientWith(t, nil)))
}

// The requests of each region go to its two hosts. The transport sends them to loopback.
func TestRegionsReachTheirHosts(t *testing.T) {
	for _, region := range []pingmfa.Region{
		pingmfa.NorthAmerica, pingmfa.Canada, pingmfa.Europe, pingmfa.Australia, pingmfa.Singapore, pingmfa.AsiaPacific,
	} {
		t.Run(string(region), func(t *testing.T) {
			server := pingmfatest.NewTLSServer(t)
			server.AddUser(pingmfatest.User{ID: userID})
			var hosts []string
			transport := server.Client().Transport
			client, err := pingmfa.New(pingmfa.Config{
				EnvironmentID: server.EnvironmentID,
				Region:        region,
				Credentials:   pingmfa.ClientSecret{ID: server.ClientID, Secret: server.ClientSecret},
				HTTPClient: &http.Client{Transport: roundTripperFunc(func(r *http.Request) (*http.Response, error) {
					hosts = append(hosts, r.URL.Host)
					return transport.RoundTrip(r)
				})},
			})
			require.NoError(t, err)
			_, err = client.CreateDevice(t.Context(), userID, pingmfa.SMS{Phone: phone})
			require.NoError(t, err)
			_, err = client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
			require.NoError(t, err)
			tld := string(region)
			assert.Equal(t, []string{"auth.pingone." + tld, "api.pingone." + tld, "auth.pingone." + tld}, hosts)
			assert.Empty(t, server.Violations())
		})
	}
}

// A custom domain stands for the auth host and the environment id: neither the token nor the operation names it.
func TestCustomDomainReplacesHostAndEnvironment(t *testing.T) {
	var urls []string
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: environmentID,
		Region:        pingmfa.Canada,
		CustomDomain:  "auth.example.com",
		Credentials:   pingmfa.ClientSecret{ID: "id", Secret: "secret"},
		HTTPClient: &http.Client{Transport: roundTripperFunc(func(r *http.Request) (*http.Response, error) {
			urls = append(urls, r.URL.String())
			if len(urls) == 1 {
				return respond(200, `{"access_token":"t","token_type":"Bearer","expires_in":3600}`), nil
			}
			id := policyID
			if last := path.Base(r.URL.Path); len(last) == len(id) {
				id = last
			}
			return respond(201, `{"id":"`+id+`","status":"OTP_REQUIRED","type":"SMS"}`), nil
		})},
	})
	require.NoError(t, err)
	auth, err := client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: userID})
	require.NoError(t, err)
	_, err = client.CheckOTP(t.Context(), auth.ID, "123456")
	require.NoError(t, err)
	_, err = client.Authentication(t.Context(), environmentID)
	require.NoError(t, err)
	_, err = client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
	require.NoError(t, err)
	require.NoError(t, client.ResendActivation(t.Context(), userID, deviceID))
	const devices = "https://api.pingone.ca/v1/environments/" + environmentID + "/users/" + userID + "/devices"
	assert.Equal(t, []string{
		"https://auth.example.com/as/token",
		"https://auth.example.com/deviceAuthentications",
		"https://auth.example.com/deviceAuthentications/" + policyID,
		"https://auth.example.com/deviceAuthentications/" + environmentID,
		devices,
		devices + "/" + deviceID,
	}, urls)
}

// New does not change the caller's http.Client.
func TestNewLeavesTheCallersClientAlone(t *testing.T) {
	mine := &http.Client{}
	x := newTenant(t, func(c *pingmfa.Config) { c.HTTPClient = mine })
	_, err := x.start(t)
	require.NoError(t, err)
	assert.Nil(t, mine.Transport)
	assert.Nil(t, mine.CheckRedirect)
}

// Without the server's CA, the certificate is refused after one attempt. With an HTTPClient that has it, the call
// succeeds.
func TestCustomCAComesWithTheHTTPClient(t *testing.T) {
	server := pingmfatest.NewTLSServer(t)
	server.AddUser(pingmfatest.User{ID: userID})
	config := pingmfa.Config{
		EnvironmentID: server.EnvironmentID,
		AuthURL:       server.AuthURL,
		APIURL:        server.APIURL,
		Credentials:   pingmfa.TokenFunc(func(context.Context) (string, error) { return server.Token(), nil }),
	}
	client, err := pingmfa.New(config)
	require.NoError(t, err)
	_, err = client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, err, &unknown)
	var call *pingmfa.CallError
	require.ErrorAs(t, err, &call)
	assert.Len(t, call.Attempts, 1)
	assert.Equal(t, pingmfa.OutcomeNotSent, pingmfa.OutcomeOf(err))
	assert.Equal(t, "pingmfa: CreateDevice: the server's certificate was refused (not sent)", err.Error())

	config.HTTPClient = server.Client()
	client, err = pingmfa.New(config)
	require.NoError(t, err)
	_, err = client.CreateDevice(t.Context(), userID, pingmfa.TOTP{})
	require.NoError(t, err)
}

// A call without a deadline gets one.
func TestDefaultTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var used context.Context
		var deadline time.Time
		source := pingmfa.TokenFunc(func(ctx context.Context) (string, error) {
			used = ctx
			deadline, _ = ctx.Deadline()
			return "", errors.New("enough")
		})
		hour, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for timeout, want := range map[time.Duration]time.Time{
			0: time.Now().Add(30 * time.Second), time.Minute: time.Now().Add(time.Minute), -1: {},
		} {
			_, client := newBubbleTenant(t, func(c *pingmfa.Config) { c.Credentials, c.Timeout = source, timeout })
			require.Error(t, start(t.Context(), client))
			assert.Equal(t, want, deadline)
			if timeout >= 0 {
				assert.Equal(t, context.Canceled, used.Err(), "the timer is released")
			}
			require.Error(t, start(hour, client))
			assert.Equal(t, time.Now().Add(time.Hour), deadline, "that of the caller")
		}
	})
}

func TestOutcomeOfForeignErrors(t *testing.T) {
	assert.Equal(t, pingmfa.OutcomeAccepted, pingmfa.OutcomeOf(nil))
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(errors.New("of another package")))
	assert.Equal(t, pingmfa.OutcomeRefused, pingmfa.OutcomeOf(&pingmfa.Error{StatusCode: 400}), "made by a test")
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(&pingmfa.Error{StatusCode: 503}))
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf(&pingmfa.CallError{}))
	assert.Equal(t, pingmfa.OutcomeUnknown, pingmfa.OutcomeOf((*pingmfa.Error)(nil)))
}
