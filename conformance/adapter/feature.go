package adapter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/pingmfa/pingmfa-go/conformance"
)

// Features explains what a client may be able to do, by name. A vector that needs a feature that the client lacks is
// not run. New ones come with new vectors, and no client has them before it says so.
func Features() (map[string]string, error) {
	data, err := files.ReadFile("features.json")
	if err != nil {
		return nil, err
	}
	var features map[string]string
	return features, json.Unmarshal(data, &features)
}

// checkFeatures refuses names that are none.
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

// needs lists the features that a client must have to be asked for a request, sorted. They come out of what the request
// holds, so that nobody has to keep a list of vectors.
func needs(vector conformance.Vector, request conformance.VectorRequest) []string {
	found := map[string]bool{operationFeature[vector.Operation]: true}
	found["request-checks"] = request.Verdict != conformance.Valid
	for name := range request.Headers {
		found["external-ids"] = found["external-ids"] || strings.HasPrefix(name, "X-Ping-External-")
	}
	var body map[string]any
	if json.Unmarshal(request.Wire().Body, &body) != nil {
		body = nil // There is no kind to be found in it, and none is needed.
	}
	if vector.Operation == "createDevice" {
		found[deviceFeature[body["type"]]] = true
	} else {
		selected, _ := body["selectedDevice"].(map[string]any)
		contact, _ := selected["oneTime"].(map[string]any)
		found[oneTimeFeature[contact["type"]]] = true
		found["paired-device"] = selected["id"] != nil
		found["notification"] = body["notification"] != nil
		found["mobile-payload"] = body["mobilePayload"] != nil || body["application"] != nil
	}
	delete(found, "")
	maps.DeleteFunc(found, func(_ string, needed bool) bool { return !needed })
	return slices.Sorted(maps.Keys(found))
}

// What is none of these kinds needs no feature: every client has to refuse it.
var (
	operationFeature = map[string]string{
		"createDevice":               "create-device",
		"createDeviceAuthentication": "create-device-authentication",
	}
	deviceFeature = map[any]string{
		"SMS": "device-sms", "VOICE": "device-voice", "EMAIL": "device-email", "WHATSAPP": "device-whatsapp",
		"TOTP": "device-totp", "FIDO2": "device-fido2",
	}
	oneTimeFeature = map[any]string{"SMS": "one-time-sms", "VOICE": "one-time-voice", "EMAIL": "one-time-email"}
)
