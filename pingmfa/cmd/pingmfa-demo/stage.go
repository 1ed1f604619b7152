package main

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// stage is where a demo plays: the fake, or a tenant.
type stage struct {
	title  string
	real   bool
	config pingmfa.Config

	deviceUser, plainUser, notificationUser, oneTimeUser string
	devicePhone, oneTimePhone, policyID                  string

	closing func() string
	close   func()
}

var variables = []string{
	"PINGONE_ENVIRONMENT_ID", "PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET", "PINGONE_REGION", "PINGONE_USER_ID",
}

// newStage goes to the tenant when all its variables are set, to the fake when none is: half a configuration is
// a mistake, and not a reason to show something else.
func newStage(env func(string) string) (stage, error) {
	var missing []string
	for _, name := range variables {
		if env(name) == "" {
			missing = append(missing, name)
		}
	}
	switch len(missing) {
	case 0:
		return tenant(env), nil
	case len(variables):
		return fake(), nil
	}
	return stage{}, fmt.Errorf("set %s too to talk to a real tenant, or unset all for the fake",
		strings.Join(missing, ", "))
}

func tenant(env func(string) string) stage {
	user, phone := env("PINGONE_USER_ID"), env("PINGONE_PHONE")
	return stage{
		title: fmt.Sprintf("This talks to the REAL environment %s (region %s).",
			env("PINGONE_ENVIRONMENT_ID"), env("PINGONE_REGION")),
		real: true,
		config: pingmfa.Config{
			EnvironmentID: env("PINGONE_ENVIRONMENT_ID"),
			Region:        pingmfa.Region(env("PINGONE_REGION")),
			Credentials:   pingmfa.ClientSecret{ID: env("PINGONE_CLIENT_ID"), Secret: env("PINGONE_CLIENT_SECRET")},
		},
		deviceUser:       user,
		plainUser:        user,
		notificationUser: user,
		oneTimeUser:      user,
		devicePhone:      phone,
		oneTimePhone:     phone,
		closing:          func() string { return "Done." },
		close:            func() {},
	}
}

// fake plays the examples of the vendor's four pages.
func fake() stage {
	pingone := pingmfatest.New(pingmfatest.Options{})
	server := httptest.NewServer(pingone)
	authURL, apiURL := pingone.URLs(server.URL)
	return stage{
		title: "This talks to a fake PingOne inside this program: nothing leaves your machine.",
		config: pingmfa.Config{
			EnvironmentID: pingone.EnvironmentID,
			AuthURL:       authURL,
			APIURL:        apiURL,
			Credentials:   pingmfa.ClientSecret{ID: pingone.ClientID, Secret: pingone.ClientSecret},
			HTTPClient:    server.Client(),
		},
		deviceUser:       pingone.AddUser(pingmfatest.User{ID: "8ce55f02-2077-4493-9a6d-0385df1f0772"}),
		plainUser:        pingone.UserWithEmailDevice().UserID,
		notificationUser: pingone.UserWithSeveralDevices().UserID,
		oneTimeUser:      pingone.OneTimeSMS().UserID,
		devicePhone:      "+1.5125201234",
		oneTimePhone:     "+14135550150",
		policyID:         "5a0a0950-8a81-4739-b12a-f4d6a11c7a82",
		closing: func() string {
			return fmt.Sprintf("Done: %s for a token, %s that PingOne would have sent.",
				count(pingone.TokenRequests(), "request"), count(len(pingone.Messages()), "message"))
		},
		close: server.Close,
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
