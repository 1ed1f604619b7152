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

// This example uses a fake outside a test, with net/http as the client. In a test, NewServer does the same as the first
// four lines.
func Example() {
	fake := pingmfatest.New(pingmfatest.Options{})
	web := httptest.NewServer(fake)
	defer web.Close()
	authURL, _ := fake.URLs(web.URL)
	person := fake.UserWithEmailDevice()

	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost,
		authURL+"/"+fake.EnvironmentID+"/deviceAuthentications",
		strings.NewReader(`{"user":{"id":"`+person.UserID+`"}}`))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+fake.Token())
	request.Header.Set("Content-Type", "application/json")
	response, err := web.Client().Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	var authentication struct{ Status string }
	if err := json.NewDecoder(response.Body).Decode(&authentication); err != nil {
		panic(err)
	}

	fmt.Println(response.Status, authentication.Status)
	for _, message := range fake.Messages() {
		fmt.Println(message.Channel, "to", message.Recipient)
	}
	// Output:
	// 201 Created OTP_REQUIRED
	// EMAIL to j.fictional@pingidentity.com
}
