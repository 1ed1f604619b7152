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

// neededFeatures returns the sorted features, out of the known ones, that a client needs for a request. It derives them
// from the request, so that vectors need not list them.
func neededFeatures(known map[string]string, vector conformance.Vector, request conformance.VectorRequest) []string {
	operation, _, _ := strings.Cut(vector.ID, "/") // has the name of its feature
	found := map[string]bool{operation: true, "request-checks": request.Verdict != conformance.Valid}
	for name := range request.Headers {
		found["external-ids"] = found["external-ids"] || strings.HasPrefix(name, "X-Ping-External-")
	}
	var body map[string]any
	if json.Unmarshal(request.Wire().Body, &body) != nil {
		body = nil // The type is unknown, so the request needs no feature of a type.
	}
	switch vector.Operation {
	case "createDevice":
		found[typeFeature("device-", body["type"])] = true
	case "createDeviceAuthentication":
		selected, _ := body["selectedDevice"].(map[string]any)
		contact, _ := selected["oneTime"].(map[string]any)
		found[typeFeature("one-time-", contact["type"])] = true
		found["paired-device"] = selected["id"] != nil
		found["notification"] = body["notification"] != nil
		found["mobile-payload"] = body["mobilePayload"] != nil || body["application"] != nil
	default:
		_, found["oath-resync"] = body["oathResync"]
		found["pingid-desktop"] = isOtherText(body["assertion"]) || isOtherText(body["attestation"])
	}
	maps.DeleteFunc(found, func(name string, needed bool) bool { return !needed || known[name] == "" })
	return slices.Sorted(maps.Keys(found))
}

// typeFeature returns the feature of a type. There is none for a type that is not in the contract, and for one in lower
// case: every client must refuse it.
func typeFeature(prefix string, kind any) string {
	text, _ := kind.(string)
	if strings.ToUpper(text) != text {
		return ""
	}
	return prefix + strings.ToLower(text)
}

// isOtherText reports whether a credential is text other than a JSON object, as the JWT of PingID Desktop is.
func isOtherText(credential any) bool {
	text, _ := credential.(string)
	return text != "" && !strings.HasPrefix(text, "{")
}
