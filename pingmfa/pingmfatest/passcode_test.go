package pingmfatest_test

import (
	"encoding/base32"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// triesLeft checks the refusal of a wrong passcode.
func triesLeft(t *testing.T, response reply, want float64) {
	t.Helper()
	detail := refused(t, response, http.StatusBadRequest, "INVALID_DATA", "")
	assert.Equal(t, map[string]any{
		"code": "INVALID_OTP", "message": "The passcode is wrong.", "target": "otp",
		"innerError": map[string]any{"attemptsRemaining": want},
	}, detail)
}

// coolingDown checks the refusal of a locked device.
func coolingDown(t *testing.T, response reply, until time.Time) {
	t.Helper()
	detail := refused(t, response, http.StatusBadRequest, "REQUEST_FAILED", "")
	assert.Equal(t, map[string]any{
		"code": "QUOTA_EXCEEDED", "message": "There were too many wrong passcodes.", "target": "otp",
		"innerError": map[string]any{"coolDownExpiresAt": float64(until.UnixMilli())},
	}, detail)
}

func TestTooManyWrongPasscodesLockTheDevice(t *testing.T) {
	clock := newClock()
	srv := pingmfatest.NewServer(t, plainAt(clock.Now))
	id := start(t, srv, smsID)
	passcode := lastPasscode(t, srv)
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 2)
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 1)
	until := clock.Now().Add(2 * time.Minute)
	coolingDown(t, checkOTP(t, srv, id, wrong(passcode)), until)
	coolingDown(t, checkOTP(t, srv, id, passcode), until) // even the right one
	coolingDown(t, selectDevice(t, srv, id, smsID), until)

	assert.Equal(t, map[string]any{
		"status": "LOCKED", "expiresAt": "2026-02-03T04:07:06.789Z", "reason": "TOO_MANY_ATTEMPTS",
	}, srv.Devices(someUser)[0]["lock"])
	response := read(t, srv, id)
	assert.Equal(t, "OTP_REQUIRED", response.at("status"))
	assert.Equal(t, map[string]any{
		"id": smsID, "type": "SMS", "phone": "*******50", "status": "ACTIVE",
		"usableStatus": map[string]any{"status": "DISABLED", "reason": "LOCKED"},
	}, response.at("_embedded", "devices", 0))
	failed := authenticate(t, srv, `{"user":{"id":"`+someUser+`"},"selectedDevice":{"id":"`+smsID+`"}}`)
	assert.Equal(t, "FAILED", failed.at("status"))
	assert.Equal(t, []any{map[string]any{"id": smsID}}, failed.at("error", "unavailableDevices"))

	// Another device is not locked.
	selectDevice(t, srv, id, voiceID)
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, lastPasscode(t, srv)).at("status"))

	srv.Advance(2*time.Minute - time.Millisecond)
	assert.Contains(t, srv.Devices(someUser)[0]["lock"], "expiresAt", "it is still locked")
	srv.Advance(time.Millisecond)
	assert.Equal(t, map[string]any{"status": "UNLOCKED"}, srv.Devices(someUser)[0]["lock"])
	id = authenticate(t, srv, `{"user":{"id":"`+someUser+`"},"selectedDevice":{"id":"`+smsID+`"}}`).text("id")
	triesLeft(t, checkOTP(t, srv, id, wrong(lastPasscode(t, srv))), 2)
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, lastPasscode(t, srv)).at("status"))
}

func TestLimitsOfPasscodes(t *testing.T) {
	clock := newClock()
	srv := pingmfatest.NewServer(t, plainAt(clock.Now), func(o *pingmfatest.Options) {
		o.PasscodeTries, o.LockDuration, o.PasscodeLifetime = 2, time.Hour, time.Minute
	})
	id := start(t, srv, smsID)
	passcode := lastPasscode(t, srv)
	srv.Advance(time.Minute)
	triesLeft(t, checkOTP(t, srv, id, passcode), 1) // it is too old
	coolingDown(t, checkOTP(t, srv, id, passcode), clock.Now().Add(time.Minute+time.Hour))
}

func TestLifeOfAPasscode(t *testing.T) {
	srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
	id := start(t, srv, smsID)
	passcode := lastPasscode(t, srv)
	srv.Advance(30*time.Minute - time.Nanosecond)
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, passcode).at("status"))
	id = start(t, srv, smsID)
	passcode = lastPasscode(t, srv)
	srv.Advance(30 * time.Minute)
	triesLeft(t, checkOTP(t, srv, id, passcode), 2)
}

// A new authentication or passcode does not give new tries, but a right passcode does.
func TestTriesBelongToTheDevice(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	someDevices(srv)
	begin := func() (id, passcode string) {
		id = authenticate(t, srv, `{"user":{"id":"`+someUser+`"},"selectedDevice":{"id":"`+smsID+`"}}`).text("id")
		return id, lastPasscode(t, srv)
	}
	id, passcode := begin()
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 2)
	id, passcode = begin()
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 1)
	selectDevice(t, srv, id, smsID)
	assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, lastPasscode(t, srv)).at("status"))
	id, passcode = begin()
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 2)
}

func TestFailAfterTries(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain, func(o *pingmfatest.Options) { o.FailAfterTries = true })
	id := start(t, srv, smsID)
	passcode := lastPasscode(t, srv)
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 2)
	triesLeft(t, checkOTP(t, srv, id, wrong(passcode)), 1)
	response := checkOTP(t, srv, id, wrong(passcode))
	assert.Equal(t, http.StatusOK, response.status)
	assert.Equal(t, "FAILED", response.at("status"))
	assert.Equal(t, map[string]any{
		"code": "QUOTA_EXCEEDED", "message": "There were too many wrong passcodes.",
	}, response.at("error"))
	assert.Equal(t, response.raw, read(t, srv, id).raw)
	refused(t, checkOTP(t, srv, id, passcode), http.StatusNotFound, "NOT_FOUND", "")
}

func TestConcurrentTries(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, smsID)
	passcode := wrong(lastPasscode(t, srv))
	const callers = 16
	codes := make([]string, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() { codes[i] = checkOTP(t, srv, id, passcode).text("details", 0, "code") })
	}
	group.Wait()
	slices.Sort(codes)
	assert.Equal(t, []string{"INVALID_OTP", "INVALID_OTP", "QUOTA_EXCEEDED"}, codes[:3])
	assert.Equal(t, []string{"QUOTA_EXCEEDED"}, slices.Compact(codes[2:]))
}

// The test vectors of RFC 6238, appendix B, for SHA-1, shortened to six digits.
func TestPasscodesOfRFC6238(t *testing.T) {
	for _, kind := range []string{"TOTP", "OATH_TOKEN"} {
		for seconds, want := range map[int64]string{
			59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
			20000000000: "353130",
		} {
			srv := pingmfatest.NewServer(t, func(o *pingmfatest.Options) {
				o.Now = func() time.Time { return time.Unix(seconds, 0) }
			})
			userID := srv.AddUser(pingmfatest.User{Devices: []pingmfatest.Device{
				{"id": totpID, "type": kind, "secret": base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))},
			}})
			assert.Equal(t, want, srv.Passcode(totpID))
			assert.NotContains(t, srv.Devices(userID)[0], "secret")
			id := authenticate(t, srv, user(userID)).text("id")
			assert.Equal(t, "COMPLETED", checkOTP(t, srv, id, want).at("status"))
		}
	}
}

func TestTOTPPasscodesMayBeOneStepOld(t *testing.T) {
	clock := newClock()
	for drift, right := range map[time.Duration]bool{
		-time.Minute: false, -30 * time.Second: true, 0: true, 30 * time.Second: true, time.Minute: false,
	} {
		srv := pingmfatest.NewServer(t, plainAt(clock.Now), seeded(1))
		id := start(t, srv, totpID)
		srv.Advance(drift)
		passcode := srv.Passcode(totpID)
		srv.Advance(-drift)
		assert.Equal(t, right, checkOTP(t, srv, id, passcode).status == http.StatusOK, drift)
	}
}

func TestPasscodePanics(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	someDevices(srv)
	for _, id := range []string{smsID, fido2ID, unknownID} {
		assert.PanicsWithValue(t, "pingmfatest: Passcode: no TOTP device or OATH token with the id "+id, func() {
			srv.Passcode(id)
		})
	}
	assert.PanicsWithValue(t, "pingmfatest: the secret of a device must be base32", func() {
		srv.AddDevice(someUser, pingmfatest.Device{"type": "TOTP", "secret": "not base32"})
	})
	require.Len(t, srv.Devices(someUser), 6)
}
