package main

import (
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// lacking are the members of results that the types of pingmfa do not have.
var lacking = []string{
	"AuthenticationDevice.otpStatus.reason",
	"AuthenticationDevice.pushStatus.reason",
	"Device._links",
	"DeviceAuthentication._links",
	"DevicePolicy.type",
}

// members is an object of the contract. Empty members need not be left out: the comparison ignores them.
type members map[string]any

// report returns what a call returned in the terms of the vectors.
func report(operation string, result any, err error) adapter.Result {
	if err != nil {
		return failure(operation, err)
	}
	out := adapter.Result{Class: "success"}
	switch result := result.(type) {
	case *pingmfa.Authentication:
		out.Values = map[string]any{"step": step(result.Next())}
		setCorrelationID(out.Values, result.CorrelationID)
		out.Body = body(authentication(result))
	case *pingmfa.Device:
		out.Values = map[string]any{}
		setCorrelationID(out.Values, result.CorrelationID)
		out.Body = body(device(result))
	}
	return out
}

func body(m members) jsontext.Value {
	data, err := json.Marshal(m, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // The raw JSON in m was decoded from a response.
	}
	return data
}

func step(next pingmfa.Step) string {
	switch next.(type) {
	case pingmfa.EnterOTP:
		return "EnterOTP"
	case pingmfa.SelectDevice:
		return "SelectDevice"
	case pingmfa.ConfirmPush:
		return "ConfirmPush"
	case pingmfa.AssertFIDO2:
		return "AssertFIDO2"
	case pingmfa.Done:
		return "Done"
	case pingmfa.Failed:
		return "Failed"
	case pingmfa.UnknownStep:
	}
	return "UnknownStep"
}

func authentication(a *pingmfa.Authentication) members {
	selected := a.SelectedDevice
	m := members{
		"id":          a.ID,
		"status":      a.Status,
		"environment": members{"id": a.EnvironmentID},
		"user":        members{"id": a.UserID},
		"policy":      members{"id": a.PolicyID},
		"application": members{"id": a.ApplicationID},
		"_embedded": members{
			"devices":        authenticationDevices(a.Devices),
			"blockedDevices": authenticationDevices(a.BlockedDevices),
		},
		"selectedDevice": members{
			"id":      selected.ID,
			"oneTime": members{"type": selected.Type, "phone": selected.Phone, "email": selected.Email},
		},
		"test":                                  members{"otp": a.TestOTP},
		"publicKeyCredentialRequestOptions":     a.PublicKeyCredentialRequestOptions,
		"pingIdDesktopCredentialRequestOptions": a.PingIDDesktopCredentialRequestOptions,
		"authenticators":                        a.Authenticators,
		"bypassAllowed":                         a.BypassAllowed,
		"userBypassEnabled":                     a.UserBypassEnabled,
		"aggregateFido2Devices":                 a.AggregateFIDO2Devices,
		"createdAt":                             timestamp(a.CreatedAt),
		"updatedAt":                             timestamp(a.UpdatedAt),
	}
	if f := a.Failure; f != nil {
		devices := []members{}
		for _, id := range f.UnavailableDeviceIDs {
			devices = append(devices, members{"id": id})
		}
		m["error"] = members{"code": f.Code, "message": f.Message, "unavailableDevices": devices}
	}
	return m
}

func authenticationDevices(devices []pingmfa.AuthenticationDevice) []members {
	list := []members{}
	for _, d := range devices {
		list = append(list, members{
			"id":           d.ID,
			"type":         d.Type,
			"status":       d.Status,
			"usableStatus": members{"status": d.UsableStatus, "reason": d.UsableReason},
			"nickname":     d.Nickname,
			"phone":        d.Phone,
			"email":        d.Email,
			"extension":    d.Extension,
			"displayName":  d.DisplayName,
			"testMode":     d.TestMode,
			"application":  members{"id": d.ApplicationID},
			"pushEnabled":  d.PushEnabled,
			"pushStatus":   members{"status": d.PushStatus},
			"otpStatus":    members{"status": d.OTPStatus},
			"os":           jsontext.Value(d.OS),
			"model":        jsontext.Value(d.Model),
			"rp":           members{"id": d.RelyingPartyID, "name": d.RelyingPartyName},
		})
	}
	return list
}

func device(d *pingmfa.Device) members {
	return members{
		"id":                                     d.ID,
		"type":                                   d.Type,
		"status":                                 d.Status,
		"environment":                            members{"id": d.EnvironmentID},
		"user":                                   members{"id": d.UserID},
		"policy":                                 members{"id": d.PolicyID},
		"nickname":                               d.Nickname,
		"phone":                                  d.Phone,
		"extension":                              d.Extension,
		"email":                                  d.Email,
		"testMode":                               d.TestMode,
		"test":                                   members{"otp": d.TestOTP},
		"secret":                                 d.Secret,
		"keyUri":                                 d.KeyURI,
		"publicKeyCredentialCreationOptions":     d.PublicKeyCredentialCreationOptions,
		"pingIdDesktopCredentialCreationOptions": d.PingIDDesktopCredentialCreationOptions,
		"rp":                                     members{"id": d.RelyingPartyID, "name": d.RelyingPartyName},
		"lock": members{
			"status": d.LockStatus, "reason": d.LockReason, "expiresAt": timestamp(d.LockExpiresAt),
		},
		"block":     members{"status": d.BlockStatus, "blockedAt": timestamp(d.BlockedAt)},
		"createdAt": timestamp(d.CreatedAt),
		"updatedAt": timestamp(d.UpdatedAt),
	}
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

var classes = map[pingmfa.Outcome]string{
	pingmfa.OutcomeNotSent:  "not-sent",
	pingmfa.OutcomeRefused:  "refused",
	pingmfa.OutcomeUnknown:  "unknown",
	pingmfa.OutcomeAccepted: "accepted",
}

// failure returns the result of a failed call.
func failure(operation string, err error) adapter.Result {
	if errors.Is(err, errNotExpressible) {
		return adapter.Result{Class: adapter.ClassNotExpressible}
	}
	out := adapter.Result{Class: classes[pingmfa.OutcomeOf(err)], Values: map[string]any{}}
	var (
		argument *pingmfa.ArgumentError
		refused  *pingmfa.Error
	)
	switch {
	case errors.As(err, &argument):
		out.Values["field"] = field(operation, argument.Field)
	case errors.As(err, &refused):
		out.Values["httpStatus"] = refused.StatusCode
		if refused.RetryAfter > 0 {
			out.Values["retryAfterSeconds"] = int(refused.RetryAfter.Seconds())
		}
		setCorrelationID(out.Values, refused.CorrelationID)
		out.Body = body(errorBody(refused))
	}
	return out
}

func errorBody(e *pingmfa.Error) members {
	details := []members{}
	for _, d := range e.Details {
		details = append(details, members{
			"code": d.Code, "message": d.Message, "target": d.Target, "innerError": jsontext.Value(d.InnerError),
		})
	}
	return members{"id": e.ID, "code": e.Code, "message": e.Message, "target": e.Target, "details": details}
}

func setCorrelationID(values map[string]any, id string) {
	if id != "" {
		values["correlationId"] = id
	}
}
