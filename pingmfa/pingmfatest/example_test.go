package pingmfatest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// This example uses a fake outside a test, with net/http as the client: a login with a passcode. In a test, NewServer
// does the same as the first four lines of main.
func Example() {
	fake := pingmfatest.New(pingmfatest.Options{})
	web := httptest.NewServer(fake)
	defer web.Close()
	authURL, _ := fake.URLs(web.URL)
	person := fake.UserWithEmailDevice()

	post := func(url, mediaType, body string) (authentication struct{ ID, Status string }) {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		request.Header.Set("Authorization", "Bearer "+fake.Token())
		request.Header.Set("Content-Type", mediaType)
		response, err := web.Client().Do(request)
		if err != nil {
			panic(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(&authentication); err != nil {
			panic(err)
		}
		fmt.Println(response.Status, authentication.Status)
		return authentication
	}
	url := authURL + "/" + fake.EnvironmentID + "/deviceAuthentications"
	started := post(url, "application/json", `{"user":{"id":"`+person.UserID+`"}}`)

	message := fake.Messages()[0]
	fmt.Println(message.Channel, "to", message.Recipient)

	url += "/" + started.ID
	post(url, "application/vnd.pingidentity.otp.check+json", `{"otp":"`+message.Passcode+`"}`)
	// Output:
	// 201 Created OTP_REQUIRED
	// EMAIL to j.fictional@pingidentity.com
	// 200 OK COMPLETED
}
