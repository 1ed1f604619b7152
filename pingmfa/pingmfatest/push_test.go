package pingmfatest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

func TestConfirmedAndDeniedPush(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(*pingmfatest.Fake, string) error
		status string
		error  any
	}{
		"confirmed": {(*pingmfatest.Fake).ConfirmPush, "COMPLETED", nil},
		"denied": {(*pingmfatest.Fake).DenyPush, "FAILED",
			map[string]any{"code": "PUSH_DENIED", "message": "The user denied the push."}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := pingmfatest.NewServer(t, plainAt(newClock().Now))
			id := start(t, srv, pushID)
			require.Len(t, srv.Messages(), 1)
			assert.Equal(t, id, srv.Messages()[0].AuthenticationID)
			assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", read(t, srv, id).at("status"))
			srv.Advance(time.Second)
			require.NoError(t, test.answer(srv.Fake, id))
			response := read(t, srv, id)
			assert.Equal(t, test.status, response.at("status"))
			assert.Equal(t, test.error, response.at("error"))
			assert.Equal(t, "2026-02-03T04:05:07.789Z", response.at("updatedAt"))

			// It is answered once.
			want := "pingmfatest: the authentication " + id + " waits for no push: its status is " + test.status
			require.EqualError(t, srv.ConfirmPush(id), want)
			require.EqualError(t, srv.DenyPush(id), want)
		})
	}
}

func TestUnansweredPushTimesOut(t *testing.T) {
	for timeout, configure := range map[time.Duration]func(*pingmfatest.Options){
		40 * time.Second:  func(*pingmfatest.Options) {},
		150 * time.Second: func(o *pingmfatest.Options) { o.PushTimeout = 150 * time.Second },
	} {
		clock := newClock()
		srv := pingmfatest.NewServer(t, plainAt(clock.Now), configure)
		id := start(t, srv, pushID)
		srv.Advance(timeout - time.Millisecond)
		assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", read(t, srv, id).at("status"))
		clock.advance(time.Millisecond) // Options.Now and Advance add up
		assert.Equal(t, "PUSH_CONFIRMATION_TIMED_OUT", srv.AuthenticationStatus(id))
		response := read(t, srv, id)
		assert.Equal(t, "PUSH_CONFIRMATION_TIMED_OUT", response.at("status"))
		assert.Equal(t, clock.Now().Add(timeout-time.Millisecond).Format("2006-01-02T15:04:05.000Z"),
			response.at("updatedAt"))
		require.Error(t, srv.ConfirmPush(id))

		// Nothing depends on when it is read.
		id = start(t, srv, pushID)
		deadline := clock.Now().Add(2*timeout - time.Millisecond)
		srv.Advance(timeout + time.Hour)
		response = read(t, srv, id)
		assert.Equal(t, "PUSH_CONFIRMATION_TIMED_OUT", response.at("status"))
		assert.Equal(t, deadline.Format("2006-01-02T15:04:05.000Z"), response.at("updatedAt"))
	}
}

// Sending the push again starts its time again.
func TestPushIsSentAgain(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	id := start(t, srv, pushID)
	srv.Advance(30 * time.Second)
	assert.Equal(t, "PUSH_CONFIRMATION_REQUIRED", selectDevice(t, srv, id, pushID).at("status"))
	srv.Advance(30 * time.Second)
	require.NoError(t, srv.ConfirmPush(id))
	assert.Len(t, srv.Messages(), 2)
}

func TestPushOfNoAuthentication(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	want := "pingmfatest: there is no authentication with the id " + unknownID
	require.EqualError(t, srv.ConfirmPush(unknownID), want)
	require.EqualError(t, srv.DenyPush(unknownID), want)
	assert.Empty(t, srv.AuthenticationStatus(unknownID))
	id := start(t, srv, smsID)
	require.EqualError(t, srv.ConfirmPush(id),
		"pingmfatest: the authentication "+id+" waits for no push: its status is OTP_REQUIRED")
	assert.Equal(t, "OTP_REQUIRED", read(t, srv, id).at("status"))
	assert.Equal(t, "OTP_REQUIRED", srv.AuthenticationStatus(id))
}
