package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// The contract states these values, and no vector depends on them: they are compared with a second statement of each.

const (
	authServer = "https://auth.pingone.{tld}"
	apiServer  = "https://api.pingone.{tld}/v1"
)

// serverOf is the server of each operation.
var serverOf = map[string]string{
	authentications: authServer, "readDeviceAuthentication": authServer, "continueDeviceAuthentication": authServer,
	devices: apiServer, "activateDevice": apiServer,
}

var regions = []string{"com", "ca", "eu", "com.au", "sg", "asia"}

func TestServers(t *testing.T) {
	doc := loadSpec(t)
	check := func(place string, servers openapi3.Servers, urls ...string) {
		var got []string
		for _, server := range servers {
			got = append(got, server.URL)
			require.Len(t, server.Variables, 1, place)
			require.Contains(t, server.Variables, "tld", place)
			assert.Equal(t, "com", server.Variables["tld"].Default, place)
			assert.Equal(t, regions, server.Variables["tld"].Enum, place)
		}
		assert.Equal(t, urls, got, place)
	}
	check("the description", doc.Servers, authServer, apiServer)
	operations := specOperations(doc)
	require.ElementsMatch(t, slices.Collect(maps.Keys(serverOf)), slices.Collect(maps.Keys(operations)))
	for id, operation := range operations {
		require.NotNil(t, operation.Servers, id)
		check(id, *operation.Servers, serverOf[id])
	}
	for path, item := range doc.Paths.Map() {
		assert.Empty(t, item.Servers, path)
	}
}

// The client uses the same base URLs.
func TestServersAreThoseOfTheClient(t *testing.T) {
	for _, region := range regions {
		var urls []string
		client, err := pingmfa.New(pingmfa.Config{
			EnvironmentID: envID, Region: pingmfa.Region(region),
			Credentials: pingmfa.TokenFunc(func(context.Context) (string, error) { return "token", nil }),
			HTTPClient: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				urls = append(urls, r.URL.String())
				return newResponse(http.StatusBadRequest, `{}`), nil
			})},
		})
		require.NoError(t, err, region)
		_, err = client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: envID})
		require.Error(t, err)
		_, err = client.CreateDevice(t.Context(), envID, pingmfa.TOTP{})
		require.Error(t, err)
		require.Len(t, urls, 2)
		assert.True(t, strings.HasPrefix(urls[0], strings.Replace(authServer, "{tld}", region, 1)+"/"), urls[0])
		assert.True(t, strings.HasPrefix(urls[1], strings.Replace(apiServer, "{tld}", region, 1)+"/"), urls[1])
	}
}

// Every operation needs the one security scheme, a bearer token.
func TestSecurity(t *testing.T) {
	doc := loadSpec(t)
	require.Len(t, doc.Components.SecuritySchemes, 1)
	scheme := doc.Components.SecuritySchemes["bearer"].Value
	assert.Equal(t, openapi3.SecurityScheme{Type: "http", Scheme: "bearer", Description: scheme.Description}, *scheme)
	assert.Equal(t, openapi3.SecurityRequirements{{"bearer": {}}}, doc.Security)
	for id, operation := range specOperations(doc) {
		assert.Nil(t, operation.Security, "%s replaces the security of the description", id)
	}
}

// Every list of known values.
func TestKnownValues(t *testing.T) {
	var doc any
	require.NoError(t, yaml.Unmarshal(openapi.YAML, &doc))
	lists := map[string]string{}
	var walk func(place string, value any)
	walk = func(place string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, member := range value {
				if key == "x-extensible-enum" {
					lists[place] = strings.Trim(fmt.Sprint(member), "[]")
				}
				walk(place+"/"+key, member)
			}
		case []any:
			for i, element := range value {
				walk(place+"/"+strconv.Itoa(i), element)
			}
		}
	}
	walk("", doc)
	assert.Equal(t, map[string]string{
		"/components/schemas/Compatibility": "FULL SECURITY_KEY_ONLY NONE",
		"/components/schemas/DeviceAuthenticationStatus": "OTP_REQUIRED DEVICE_SELECTION_REQUIRED " +
			"PUSH_CONFIRMATION_REQUIRED PUSH_CONFIRMATION_TIMED_OUT ASSERTION_REQUIRED COMPLETED FAILED",
		"/components/schemas/DeviceType": "SMS VOICE EMAIL WHATSAPP TOTP FIDO2 OATH_TOKEN PINGID_DESKTOP_GEN2 MOBILE " +
			"PLATFORM SECURITY_KEY",
		"/components/schemas/DeviceStatus": "ACTIVE ACTIVATION_REQUIRED",
		"/components/schemas/ErrorCode": "INVALID_DATA INVALID_REQUEST REQUEST_FAILED ACCESS_FAILED NOT_FOUND " +
			"REQUEST_LIMITED UNEXPECTED_ERROR",
		"/components/schemas/ErrorDetailCode": "ACCOUNT_NOT_USABLE CONSTRAINT_VIOLATION EMPTY_VALUE EXTRA_OTP_REQUIRED " +
			"INSUFFICIENT_PERMISSIONS INVALID_OTP INVALID_PARAMETER INVALID_TOKEN INVALID_VALUE LICENSE_EXCEEDED " +
			"LIMIT_EXCEEDED MFA_AUTH_METHODS_CONFLICT NO_USABLE_DEVICES OUT_OF_RANGE QUOTA_EXCEEDED REQUIRED_VALUE " +
			"SIZE_LIMIT_EXCEEDED UNIQUENESS_VIOLATION",
	}, lists)
}

// attempts is what a server has seen of a call, and how long the call has waited.
type attempts struct {
	requests, tokens int
	waited           time.Duration
}

// The client does what the table of the description says. Each row is run with the statuses that it names.
func TestRetryTable(t *testing.T) {
	const noResponse = 0
	statuses := map[string][]int{
		"2xx": {200, 201, 202, 204}, "401": {401}, "429": {429},
		"other 4xx": {400, 403, 404, 408, 409, 410, 415, 418}, "3xx, 5xx": {301, 302, 307, 308, 500, 502, 503, 504},
		"none, after the request was written": {noResponse},
	}
	outcomes := map[string]pingmfa.Outcome{
		"yes, unless `status` says otherwise": pingmfa.OutcomeAccepted,
		"no":                                  pingmfa.OutcomeRefused,
		"not known":                           pingmfa.OutcomeUnknown,
	}
	once := attempts{requests: 1, tokens: 1}
	repeats := map[string]attempts{
		"no": once, "no, the result would be the same": once,
		"once, with a new token": {requests: 2, tokens: 2},
		"after `Retry-After`":    {requests: 3, tokens: 1, waited: 6 * time.Second}, // the default of Retry.Attempts is 3
	}
	_, table, ok := strings.Cut(loadSpec(t).Info.Description, "| repeat? |\n|---|---|---|\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	var rows []string
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(row, "| \n"), " | ")
		require.Len(t, cells, 3)
		rows = append(rows, cells[0])
		require.Contains(t, outcomes, cells[1])
		require.Contains(t, repeats, cells[2])
		for _, status := range statuses[cells[0]] {
			synctest.Test(t, func(t *testing.T) {
				outcome, got := postAfterLogin(t, status)
				assert.Equal(t, outcomes[cells[1]], outcome, status)
				assert.Equal(t, repeats[cells[2]], got, status)
			})
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(statuses)), rows)
}

// postAfterLogin makes a call with a cached token. Each of its responses has the status and Retry-After, or there is no
// response if the status is 0.
func postAfterLogin(t *testing.T, status int) (pingmfa.Outcome, attempts) {
	t.Helper()
	var requests int
	tokens := map[string]bool{}
	answer := http.StatusCreated // to the first call, which gets the token
	client, err := pingmfa.New(pingmfa.Config{
		EnvironmentID: envID, Region: pingmfa.Europe,
		Credentials: pingmfa.ClientSecret{ID: "id", Secret: "secret"},
		HTTPClient: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/as/token") {
				token := fmt.Sprintf(`{"access_token":"token%d","token_type":"Bearer","expires_in":3600}`, len(tokens))
				return newResponse(http.StatusOK, token), nil
			}
			requests++
			tokens[r.Header.Get("Authorization")] = true
			if answer == 0 {
				return nil, errors.New("the connection was closed")
			}
			resp := newResponse(answer, `{"id":"`+envID+`","status":"COMPLETED"}`)
			resp.Header.Set("Retry-After", "3")
			return resp, nil
		})},
	})
	require.NoError(t, err)
	start := func() error {
		_, err := client.StartAuthentication(t.Context(), pingmfa.AuthenticationRequest{UserID: envID})
		return err
	}
	require.NoError(t, start())
	requests, answer = 0, status
	begin := time.Now()
	outcome := pingmfa.OutcomeOf(start())
	return outcome, attempts{requests, len(tokens), time.Since(begin)}
}

// transport is an [http.RoundTripper].
type transport func(*http.Request) (*http.Response, error)

// RoundTrip reads the request to its end.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return f(r)
}

func newResponse(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}
