// Package flow has what a login needs besides the generated client: a token and, in place of a person, the passcode in
// the inbox.
package flow

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// The settings. The users are those of the scenarios one-email-device, unknown-type and unknown-status.
var (
	AuthURL           = os.Getenv("AUTH_URL")
	EnvironmentID     = os.Getenv("ENVIRONMENT_ID")
	EmailUser         = os.Getenv("EMAIL_USER")
	UnknownTypeUser   = os.Getenv("UNKNOWN_TYPE_USER")
	UnknownStatusUser = os.Getenv("UNKNOWN_STATUS_USER")
)

// Token returns an access token.
func Token() string {
	form := strings.NewReader("grant_type=client_credentials")
	request := must(http.NewRequest(http.MethodPost, AuthURL+"/"+EnvironmentID+"/as/token", form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(os.Getenv("CLIENT_ID")), url.QueryEscape(os.Getenv("CLIENT_SECRET")))
	var response struct {
		AccessToken string `json:"access_token"`
	}
	decode(must(http.DefaultClient.Do(request)), &response)
	return response.AccessToken
}

// Passcode returns the passcode that was sent for an authentication.
func Passcode(id string) string {
	var inbox []struct{ AuthenticationID, Passcode string }
	decode(must(http.Get(os.Getenv("INBOX"))), &inbox)
	for _, message := range inbox {
		if message.AuthenticationID == id {
			return message.Passcode
		}
	}
	panic("no message")
}

// Print prints the status and the types of the devices of each authentication.
func Print(authentications ...[]string) {
	var texts []string
	for _, authentication := range authentications {
		texts = append(texts, strings.Join(authentication, " "))
	}
	fmt.Println(strings.Join(texts, ", "))
}

func decode(response *http.Response, target any) {
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		panic(response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(target); err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
