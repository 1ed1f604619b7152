package pingmfatest

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 and authenticator applications use it
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// passcode is a passcode that was sent. The zero value matches nothing.
type passcode struct {
	code    string
	expires time.Time
}

func (f *Fake) newPasscode() passcode {
	code := fmt.Sprintf("%06d", f.random.IntN(1_000_000))
	return passcode{code: code, expires: f.now().Add(f.options.PasscodeLifetime)}
}

// Passcode returns the passcode that a device of the type TOTP or OATH_TOKEN shows now. It panics if there is no such
// device.
func (f *Fake) Passcode(deviceID string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range f.users {
		if d := u.device(deviceID); d != nil && d.secret != nil {
			return totp(d.secret, f.now())
		}
	}
	panic(fmt.Sprintf("pingmfatest: Passcode: no TOTP device or OATH token with the id %s", deviceID))
}

// checkPasscode compares an entered passcode with the one that was sent to a device or that the device shows. A wrong
// one uses up a try, and the last try locks the device.
func (f *Fake) checkPasscode(d *device, sent passcode, entered string) (refusal Response, refused bool) {
	if refusal, refused := f.checkUsable(d); refused {
		return refusal, true
	}
	if f.matches(d, sent, entered) {
		d.failures = 0
		return Response{}, false
	}
	d.failures++
	if d.failures >= f.options.PasscodeTries {
		d.failures = 0
		d.Device["lock"] = object{
			"status": "LOCKED", "expiresAt": timestamp(f.now().Add(f.options.LockDuration)), "reason": "TOO_MANY_ATTEMPTS",
		}
		return f.checkUsable(d)
	}
	return f.refusal(http.StatusBadRequest, "INVALID_DATA", "The passcode was refused.", object{
		"code": "INVALID_OTP", "message": "The passcode is wrong.", "target": "otp",
		"innerError": object{"attemptsRemaining": f.options.PasscodeTries - d.failures},
	}), true
}

// matches reports whether a passcode is right. An expired one is wrong (inferred: there is no code for it). The
// passcodes of the time steps before and after the present one are right, too, as RFC 6238, section 5.2, allows.
func (f *Fake) matches(d *device, sent passcode, entered string) bool {
	if d.secret == nil {
		return sent.code == entered && f.now().Before(sent.expires)
	}
	for _, drift := range []time.Duration{-totpStep, 0, totpStep} {
		if totp(d.secret, f.now().Add(drift)) == entered {
			return true
		}
	}
	return false
}

const totpStep = 30 * time.Second

// totp returns the passcode of RFC 6238 with the defaults of authenticator applications: HMAC-SHA-1, time steps of 30
// seconds, six digits.
func totp(secret []byte, now time.Time) string {
	counter := uint64(now.Unix()) / uint64(totpStep/time.Second) //nolint:gosec // it is after 1970
	mac := hmac.New(sha1.New, secret)
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, counter)) // a Hash returns no error
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1_000_000)
}

func encodeSecret(secret []byte) string { return base32.StdEncoding.EncodeToString(secret) }

func decodeSecret(secret string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(secret, "="))
}

// checkUsable refuses a device that is locked, blocked or disabled. That PingOne uses these codes for it is inferred.
func (f *Fake) checkUsable(d *device) (refusal Response, refused bool) {
	if until, locked := f.lockedUntil(d); locked {
		detail := object{
			"code": "QUOTA_EXCEEDED", "message": "There were too many wrong passcodes.", "target": "otp",
		}
		if !until.IsZero() {
			detail["innerError"] = object{"coolDownExpiresAt": until.UnixMilli()}
		}
		return f.requestFailed(detail), true
	}
	if d.isBlocked() || d.isDisabled() {
		return f.refuseUnusable(), true
	}
	return Response{}, false
}

// lockedUntil reports whether a device is locked. The time is zero if the lock has no end.
func (f *Fake) lockedUntil(d *device) (until time.Time, locked bool) {
	if text(object(d.Device), "lock", "status") != "LOCKED" {
		return time.Time{}, false
	}
	until, err := time.Parse(time.RFC3339, text(object(d.Device), "lock", "expiresAt"))
	if err != nil {
		return time.Time{}, true
	}
	return until, f.now().Before(until)
}
