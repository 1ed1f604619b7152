package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// hand is what a service writes without this module: the vendor's Go snippet made fair, with a reused client, a
// request from a struct, an answer that is read whole, and structs of just the members that the vendor's pages show.
type hand struct {
	http  *http.Client
	token string
}

type handRef struct {
	ID string `json:"id"`
}

type handLink struct {
	Href string `json:"href"`
}

type handStartRequest struct {
	User           handRef           `json:"user"`
	SelectedDevice *handSelected     `json:"selectedDevice,omitempty"`
	Notification   *handNotification `json:"notification,omitempty"`
}

type handSelected struct {
	ID      string       `json:"id,omitempty"`
	OneTime *handOneTime `json:"oneTime,omitempty"`
}

type handOneTime struct {
	Type  string `json:"type"`
	Phone string `json:"phone"`
}

type handNotification struct {
	Template struct {
		Locale    string            `json:"locale"`
		Name      string            `json:"name"`
		Variables map[string]string `json:"variables"`
	} `json:"template"`
}

type handAuthentication struct {
	Links    map[string]handLink `json:"_links"`
	Embedded struct {
		Devices        []handDevice `json:"devices"`
		BlockedDevices []handDevice `json:"blockedDevices"`
	} `json:"_embedded"`
	ID             string        `json:"id"`
	Environment    handRef       `json:"environment"`
	Status         string        `json:"status"`
	Policy         handRef       `json:"policy"`
	SelectedDevice *handSelected `json:"selectedDevice"`
	User           handRef       `json:"user"`
	CreatedAt      time.Time     `json:"createdAt"`
	UpdatedAt      time.Time     `json:"updatedAt"`
}

type handDevice struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	Status       string `json:"status"`
	UsableStatus struct {
		Status string `json:"status"`
	} `json:"usableStatus"`
	Phone     string `json:"phone"`
	Email     string `json:"email"`
	Extension string `json:"extension"`
	TestMode  bool   `json:"testMode"`
}

type handDeviceRequest struct {
	Type   string  `json:"type"`
	Phone  string  `json:"phone"`
	Policy handRef `json:"policy"`
}

type handCreated struct {
	Links       map[string]handLink `json:"_links"`
	ID          string              `json:"id"`
	Environment handRef             `json:"environment"`
	User        handRef             `json:"user"`
	Type        string              `json:"type"`
	Status      string              `json:"status"`
	CreatedAt   time.Time           `json:"createdAt"`
	UpdatedAt   time.Time           `json:"updatedAt"`
	Phone       string              `json:"phone"`
}

func (h hand) post(ctx context.Context, url string, request, answer any) error {
	payload, err := json.Marshal(request)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(payload))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+h.token)
	resp, err := h.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.Unmarshal(body, answer)
}
