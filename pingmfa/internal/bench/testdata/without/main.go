// Command without is a program of net/http and encoding/json: what the size of an importer is compared with.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
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
