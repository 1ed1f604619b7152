package conformance_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const vendorType = "application/vnd.pingidentity."

// randomRequest is a request of a randomPlay, and whether it is certainly wrong.
type randomRequest struct {
	operation, method string
	host              conformance.Host
	path              []string // the ids among the segments can be made wrong
	contentType       string
	body              map[string]any // nil if there is none
	authorized, wrong bool
}

// randomPlay makes requests with the ids that it has seen in responses.
type randomPlay struct {
	*rand.Rand
	user                     string
	authentications, devices []string
}

// Thousands of random requests, right and wrong ones, in random order: the fake never fails, accepts no wrong request,
// and sends no response that the contract does not describe.
func TestRandomRequestsToTheFake(t *testing.T) {
	validator := newValidator(t)
	statuses := map[string]int{}
	for seed := range uint64(5) {
		fake := pingmfatest.New(pingmfatest.Options{Seed: seed + 1, DeviceLimit: 15, FailAfterTries: seed%2 == 0})
		play := randomPlay{Rand: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // repeatable on purpose
		play.user = fake.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{
			{"type": "SMS", "phone": "+12015550123"}, {"type": "EMAIL", "email": "person@example.com"},
			{"type": "MOBILE"}, {"type": "TOTP"}, {"type": "FIDO2"},
		}})
		for _, device := range fake.Devices(play.user) {
			play.devices = append(play.devices, fmt.Sprint(device["id"]))
		}
		server := httptest.NewServer(fake)
		for n := range 800 {
			request := play.next(fake)
			wire := request.wire(t)
			resp := send(t, fake, server.URL, wire)
			place := fmt.Sprintf("seed %d, request %d: %s %s", seed, n, request.operation, request.contentType)

			statuses[fmt.Sprint(request.operation, " ", resp.Status)]++
			require.Less(t, resp.Status, 500, place)
			gateway := resp.Status == http.StatusForbidden && resp.Header.Get("Correlation-Id") == "" // has no code
			for _, f := range validator.ValidateResponse(request.operation, resp).Findings {
				assert.True(t, gateway && f.Rule == "required", "%s: response %d: %s %s", place, resp.Status, f.Pointer, f.Rule)
			}
			valid := len(validator.ValidateRequest(request.operation, wire).Findings) == 0
			require.False(t, valid && request.wrong, "%s: the validator takes a wrong request", place)
			if !valid {
				require.Equal(t, 4, resp.Status/100, "%s: a wrong request is accepted", place)
				requests := fake.Requests()
				require.False(t, requests[len(requests)-1].Acted, place)
			}
			play.learn(request.operation, resp)
		}
		server.Close()
	}
	for _, want := range []string{
		"createDeviceAuthentication 201", "continueDeviceAuthentication 200", "continueDeviceAuthentication 404",
		"readDeviceAuthentication 200", "createDevice 201", "createDevice 400", "activateDevice 200", "activateDevice 204",
		"activateDevice 400", "createDevice 401", "createDevice 415", "continueDeviceAuthentication 403",
	} {
		assert.GreaterOrEqual(t, statuses[want], 5, "%s: %v", want, statuses)
	}
}

// next returns a right request or, half of the time, one with one mistake.
func (p *randomPlay) next(fake *pingmfatest.Fake) randomRequest {
	pick := func(list []string) string {
		if len(list) == 0 {
			return envID // a right id of nothing
		}
		return list[max(0, len(list)-1-p.IntN(6))]
	}
	authentication, device := pick(p.authentications), pick(p.devices)
	switch p.IntN(30) {
	case 0:
		fake.Advance(time.Duration(p.IntN(50)) * time.Second)
	case 1:
		_ = fake.ConfirmPush(authentication) // it may wait for none
	case 2:
		_ = fake.DenyPush(authentication)
	}
	otp := "000000"
	if messages := fake.Messages(); len(messages) > 0 && p.IntN(3) > 0 {
		otp = messages[max(0, len(messages)-1-p.IntN(3))].Passcode
	}
	r := randomRequest{method: http.MethodPost, contentType: "application/json", authorized: true}
	switch p.IntN(6) {
	case 0:
		r.operation, r.host, r.path = authentications, conformance.HostAuth, []string{envID, "deviceAuthentications"}
		r.body = map[string]any{"user": map[string]any{"id": p.user}}
		if p.IntN(2) == 0 {
			r.body["selectedDevice"] = map[string]any{"oneTime": map[string]any{"type": "SMS", "phone": "+14135550150"}}
		}
	case 1:
		r.operation, r.method, r.contentType = "readDeviceAuthentication", http.MethodGet, ""
		r.host, r.path = conformance.HostAuth, []string{envID, "deviceAuthentications", authentication}
	case 2, 3:
		bodies := map[string]map[string]any{
			"device.select":              {"device": map[string]any{"id": pick(p.devices)}},
			"otp.check":                  {"otp": max(otp, "0")},
			"assertion.check":            {"origin": "https://login.example.com", "assertion": `{"id":"a"}`},
			"cancel.push.authentication": {"reason": "CHANGE_DEVICE"},
		}
		action := slices.Sorted(maps.Keys(bodies))[p.IntN(len(bodies))]
		r.operation, r.contentType, r.body = "continueDeviceAuthentication", vendorType+action+"+json", bodies[action]
		r.host, r.path = conformance.HostAuth, []string{envID, "deviceAuthentications", authentication}
	case 4:
		r.operation, r.host = devices, conformance.HostAPI
		r.path = []string{"environments", envID, "users", p.user, "devices"}
		r.body = []map[string]any{
			{"type": "SMS", "phone": "+12015550123", "status": "ACTIVATION_REQUIRED"}, {"type": "TOTP"},
			{"type": "EMAIL", "email": "a@example.com", "status": "ACTIVATION_REQUIRED", "nickname": "Work"},
		}[p.IntN(3)]
	default:
		r.operation, r.host = "activateDevice", conformance.HostAPI
		r.path = []string{"environments", envID, "users", p.user, "devices", device}
		r.contentType, r.body = vendorType+"device.activate+json", map[string]any{"otp": max(otp, "0")}
		if p.IntN(3) == 0 {
			r.contentType, r.body = vendorType+"device.sendActivationCode+json", nil
		}
	}
	if p.IntN(2) == 0 {
		p.spoil(&r)
	}
	return r
}

// spoil makes one mistake.
func (p *randomPlay) spoil(r *randomRequest) {
	r.wrong = true
	names := slices.Sorted(maps.Keys(r.body))
	switch kind := p.IntN(7); {
	case kind == 0:
		r.authorized = false
	case kind == 1 && r.contentType != "":
		r.contentType = []string{"text/plain", vendorType + "payload.check+json", "application/xml"}[p.IntN(3)]
	case kind == 2 && r.body != nil:
		r.body["unknown"] = p.IntN(9)
	case kind == 3 && r.body != nil: // another type: every described member of a first level is a text or an object
		r.body[names[p.IntN(len(names))]] = []any{1.5, true, []any{}}[p.IntN(3)]
	case kind == 4 && r.operation == devices: // without its type, it is no device
		delete(r.body, "type")
	case kind == 5 && r.body != nil && r.operation != authentications && r.operation != devices:
		clear(r.body) // all of their bodies have a required member
	default:
		ids := slices.DeleteFunc([]int{0, 1, 2, 3, 5}, func(i int) bool {
			return i >= len(r.path) || len(r.path[i]) != len(envID)
		})
		r.path[ids[p.IntN(len(ids))]] = []string{"me", "..", "", "+12015550123"}[p.IntN(4)]
	}
}

func (r randomRequest) wire(t *testing.T) conformance.Request {
	t.Helper()
	wire := conformance.Request{
		Method: r.method, Host: r.host, Path: "/" + strings.Join(r.path, "/"), Header: http.Header{},
	}
	if r.authorized {
		wire.Header.Set("Authorization", "Bearer {{accessToken}}")
	}
	if r.contentType != "" {
		wire.Header.Set("Content-Type", r.contentType)
	}
	if r.body != nil {
		wire.Body = []byte(jsonText(t, r.body))
	}
	return wire
}

// learn keeps the id of a new authentication or device.
func (p *randomPlay) learn(operation string, resp conformance.Response) {
	var created struct{ ID string }
	if resp.Status != http.StatusCreated || json.Unmarshal(resp.Body, &created) != nil {
		return
	}
	if operation == authentications {
		p.authentications = append(p.authentications, created.ID)
	} else {
		p.devices = append(p.devices, created.ID)
	}
}
