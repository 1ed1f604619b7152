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

// hand is the client that a service would write without this module: one http.Client for all calls, a bounded read, and
// structs of the members that the vendor's pages show.
type hand struct {
	http           *http.Client
	baseURL, token string
}

type reference struct {
	ID string `json:"id"`
}

type startRequest struct {
	User           reference  `json:"user"`
	SelectedDevice *selection `json:"selectedDevice,omitempty"`
	Notification   *message   `json:"notification,omitempty"`
}

type selection struct {
	ID      string   `json:"id,omitempty"`
	OneTime *contact `json:"oneTime,omitempty"`
}

type contact struct {
	Type  string `json:"type"`
	Phone string `json:"phone"`
}

type message struct {
	Template struct {
		Locale    string            `json:"locale"`
		Name      string            `json:"name"`
		Variables map[string]string `json:"variables"`
	} `json:"template"`
}

type link struct {
	Href string `json:"href"`
}

// resource has the members that both responses have.
type resource struct {
	Links       map[string]link `json:"_links"`
	ID          string          `json:"id"`
	Environment reference       `json:"environment"`
	User        reference       `json:"user"`
	Status      string          `json:"status"`
	CreatedAt   time.Time       `json:"createdAt"`
	UpdatedAt   time.Time       `json:"updatedAt"`
}

type authentication struct {
	resource

	Embedded struct {
		Devices        []device `json:"devices"`
		BlockedDevices []device `json:"blockedDevices"`
	} `json:"_embedded"`
	Policy         reference `json:"policy"`
	SelectedDevice selection `json:"selectedDevice"`
}

type device struct {
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

type deviceRequest struct {
	contact

	Policy reference `json:"policy"`
}

type createdDevice struct {
	resource
	contact
}

// post sends a request and decodes the response into result.
func (h *hand) post(ctx context.Context, url string, request, result any) error {
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
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.Unmarshal(body, result)
}
