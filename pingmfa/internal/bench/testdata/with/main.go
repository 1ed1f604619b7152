// Command with is command without, and both operations of the client.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

type request struct {
	User struct {
		ID string `json:"id"`
	} `json:"user"`
}
type answer struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func main() {
	c, err := pingmfa.New(pingmfa.Config{EnvironmentID: os.Args[1], Region: pingmfa.Europe, Credentials: pingmfa.ClientSecret{ID: os.Args[2], Secret: os.Args[3]}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.StartAuthentication(context.Background(), pingmfa.AuthenticationRequest{UserID: os.Args[1], Device: pingmfa.OneTimeSMS{Phone: os.Args[2]}}))
	fmt.Println(c.CreateDevice(context.Background(), os.Args[1], pingmfa.SMS{Phone: os.Args[2]}))
	var r request
	r.User.ID = os.Args[1]
	b, err := json.Marshal(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, os.Args[2], bytes.NewReader(b))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	var a answer
	if err != nil || json.Unmarshal(data, &a) != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a)
}
