package pingmfa_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// Strings that must not be in any text of the package. The fake's faults echo them.
const (
	canarySecret    = "canary-client-secret"
	canaryPhone     = "+12015550173"
	canaryVariable  = "canary.person@example.com"
	canaryContext   = "canary-client-context"
	canaryPayload   = "canary-mobile-payload"
	canaryNickname  = "canary-nickname"
	canaryExtension = "31337#"
	canaryID        = "canary-credential"
)

func canaryRequest() pingmfa.AuthenticationRequest {
	return pingmfa.AuthenticationRequest{
		UserID: userID,
		Device: pingmfa.OneTimeSMS{Phone: canaryPhone},
		Notification: &pingmfa.Notification{
			Template:      "transaction",
			Variables:     map[string]string{"account": canaryVariable},
			ClientContext: map[string]any{"account": canaryContext},
		},
		ApplicationID: policyID, MobilePayload: canaryPayload,
	}
}

func canaryDevice() pingmfa.NewDevice {
	return pingmfa.Voice{
		Phone:        canaryPhone,
		Extension:    canaryExtension,
		Nickname:     canaryNickname,
		Status:       pingmfa.DeviceActivationRequired,
		TestMode:     true,
		Notification: &pingmfa.PairingNotification{Variables: map[string]string{"account": canaryVariable}},
	}
}

// secrets returns the canaries, the tokens that were sent, the passcodes, and the client secret as OAuth encodes it.
func (x *faultCase) secrets(got ending) []string {
	basic := url.QueryEscape(x.server.ClientID) + ":" + url.QueryEscape(canarySecret)
	secrets := []string{
		canarySecret, strings.TrimPrefix(canaryPhone, "+"), canaryVariable, canaryContext, canaryPayload, canaryNickname,
		canaryExtension, canaryID, base64.StdEncoding.EncodeToString([]byte(basic)),
	}
	for _, request := range x.server.Requests() {
		if token, ok := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); ok {
			secrets = append(secrets, token)
		}
	}
	for _, message := range x.server.Messages() {
		if message.Passcode != "" { // a push has none
			secrets = append(secrets, message.Passcode)
		}
	}
	if device, ok := got.result.(*pingmfa.Device); ok && device.TestOTP != "" {
		secrets = append(secrets, device.TestOTP)
	}
	return secrets
}

// texts returns all texts of the end of a call, and its logs.
func (x *faultCase) texts(got ending) string {
	values := []any{got.result, got.err}
	switch result := got.result.(type) {
	case *pingmfa.Authentication:
		values = append(values, *result, result.Next(), result.SelectedDevice, result.Devices, result.Failure)
	case *pingmfa.Device:
		values = append(values, *result)
	}
	var (
		refused *pingmfa.Error
		call    *pingmfa.CallError
		token   *pingmfa.TokenError
	)
	if errors.As(got.err, &refused) {
		values = append(values, *refused, refused.Details, refused.Attempts)
	}
	if errors.As(got.err, &call) {
		values = append(values, *call, call.Attempts)
	}
	if errors.As(got.err, &token) {
		values = append(values, token, *token)
	}
	var out strings.Builder
	out.WriteString(x.logs.String())
	var logs bytes.Buffer
	logger := slog.New(newTee(&logs))
	for _, value := range values {
		fmt.Fprintf(&out, "%v\n%+v\n%#v\n%s\n%q\n", value, value, value, value, value)
		logger.Error("value", "value", value)
		document, err := json.Marshal(value)
		require.NoError(x, err)
		out.Write(document)
	}
	if got.err != nil {
		out.WriteString(got.err.Error())
	}
	out.Write(logs.Bytes())
	return out.String()
}

// tee logs everything as text and as JSON. It leaves out times and durations, whose digits may be anything.
type tee struct {
	slog.Handler
	second slog.Handler
}

func newTee(out *bytes.Buffer) tee {
	options := &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == "duration") {
				return slog.Attr{}
			}
			return a
		},
	}
	return tee{Handler: slog.NewTextHandler(out, options), second: slog.NewJSONHandler(out, options)}
}

func (t tee) Handle(ctx context.Context, record slog.Record) error {
	return errors.Join(t.Handler.Handle(ctx, record.Clone()), t.second.Handle(ctx, record))
}
