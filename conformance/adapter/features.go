package adapter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Features returns the description of each feature by its name. A vector is not run if it needs a feature that the
// adapter does not declare.
func Features() (map[string]string, error) {
	data, err := files.ReadFile("features.json")
	if err != nil {
		return nil, err
	}
	var features map[string]string
	return features, json.Unmarshal(data, &features)
}

// checkFeatures returns an error if one of the names is unknown.
func checkFeatures(names []string) error {
	known, err := Features()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("there is no feature %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return nil
}

// checkMembers returns an error if the contract does not describe one of the members.
func checkMembers(names []string) error {
	contract, err := sharedContract()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !contract.validator.HasMember(name) {
			return fmt.Errorf("the contract describes no member %q", name)
		}
	}
	return nil
}

// neededFeatures returns the sorted features that a client needs for a request. It derives them from the request, so
// that vectors need not list them.
func neededFeatures(vector conformance.Vector, request conformance.VectorRequest) []string {
	found := map[string]bool{operationFeature[vector.Operation]: true}
	found["request-checks"] = request.Verdict != conformance.Valid
	for name := range request.Headers {
		found["external-ids"] = found["external-ids"] || strings.HasPrefix(name, "X-Ping-External-")
	}
	var body map[string]any
	if json.Unmarshal(request.Wire().Body, &body) != nil {
		body = nil // The type is unknown, so the request needs no feature of a type.
	}
	switch vector.Operation {
	case "createDevice":
		found[deviceFeature[body["type"]]] = true
	case "createDeviceAuthentication":
		selected, _ := body["selectedDevice"].(map[string]any)
		contact, _ := selected["oneTime"].(map[string]any)
		found[oneTimeFeature[contact["type"]]] = true
		found["paired-device"] = selected["id"] != nil
		found["notification"] = body["notification"] != nil
		found["mobile-payload"] = body["mobilePayload"] != nil || body["application"] != nil
	default:
		_, found["oath-resync"] = body["oathResync"]
		found["pingid-desktop"] = isOtherText(body["assertion"]) || isOtherText(body["attestation"])
	}
	delete(found, "")
	maps.DeleteFunc(found, func(_ string, needed bool) bool { return !needed })
	return slices.Sorted(maps.Keys(found))
}

// isOtherText reports whether a credential is text other than a JSON object, as the JWT of PingID Desktop is.
func isOtherText(credential any) bool {
	text, _ := credential.(string)
	return text != "" && !strings.HasPrefix(text, "{")
}

// The features of the operations and types. A request with another type needs no feature of a type: every client must
// refuse it.
var (
	operationFeature = map[string]string{
		"activateDevice":               "activate-device",
		"continueDeviceAuthentication": "continue-device-authentication",
		"createDevice":                 "create-device",
		"createDeviceAuthentication":   "create-device-authentication",
		"readDeviceAuthentication":     "read-device-authentication",
	}
	deviceFeature = map[any]string{
		"SMS": "device-sms", "VOICE": "device-voice", "EMAIL": "device-email", "WHATSAPP": "device-whatsapp",
		"TOTP": "device-totp", "FIDO2": "device-fido2",
	}
	oneTimeFeature = map[any]string{"SMS": "one-time-sms", "VOICE": "one-time-voice", "EMAIL": "one-time-email"}
)
