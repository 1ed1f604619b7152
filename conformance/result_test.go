package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pingmfa/pingmfa-go/conformance"
)

func TestComparableResult(t *testing.T) {
	v := newValidator(t)
	type test struct {
		status  int
		a, b    string
		without []string
	}
	reduce := func(test test, body string) any {
		return v.ComparableResult(conformance.Vector{
			Operation: devices,
			Response: &conformance.VectorResponse{Status: test.status, Findings: []conformance.Place{
				{Pointer: "/extension", Rule: "utf8"}, {Pointer: "/testMode", Rule: "type"}, {Pointer: "/email", Rule: "pattern"},
			}},
		}, []byte(body), test.without)
	}
	for name, test := range map[string]test{
		"an order": {201, `{"id":"a","type":"SMS"}`, `{"type":"SMS","id":"a"}`, nil},
		"times": {
			201, `{"createdAt":"2019-05-07T16:40:31.71Z"}`, `{"createdAt":"2019-05-07T18:40:31.710+02:00"}`, nil,
		},
		"no time":          {201, `{"createdAt":"yesterday"}`, `{}`, nil},
		"empty members":    {201, `{"phone":"","email":null,"policy":{},"rp":{"id":""},"_links":{}}`, `{}`, nil},
		"an empty list":    {400, `{"details":[]}`, `{}`, nil},
		"empty elements":   {400, `{"details":[null,{"code":"A"}]}`, `{"details":[{"code":""},{"code":"A"}]}`, nil},
		"unknown members":  {201, `{"fax":1,"policy":{"fax":2}}`, `{}`, nil},
		"another type":     {201, `{"phone":5,"testMode":"true","lock":[]}`, `{}`, nil},
		"half an integer":  {400, `{"details":[{"innerError":{"attemptsRemaining":1.5}}]}`, `{"details":[null]}`, nil},
		"unreadable text":  {201, `{"extension":"\ufffd"}`, `{}`, nil},
		"an unreadable":    {201, `{"testMode":false}`, `{}`, nil},
		"a passcode":       {201, `{"test":{"otp":123456}}`, `{"test":{"otp":"123456"}}`, nil},
		"a missing member": {201, `{"policy":{"id":"a","type":"b"}}`, `{"policy":{"id":"a"}}`, []string{"DevicePolicy.type"}},
		"missing links":    {201, `{"_links":{"self":{"href":"a"}}}`, `{}`, []string{"Device._links"}},
		"a member of one place": {
			201, `{"policy":{"id":"a"},"rp":{"id":"b"}}`, `{"rp":{"id":"b"}}`, []string{"Device.policy.id"},
		},
		"not JSON":       {201, `{"id":"a"`, ``, nil},
		"trailing bytes": {201, `{"id":"a"}{}`, ``, nil},
		"a list":         {201, `[{"id":"a"}]`, `null`, nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, reduce(test, test.b), reduce(test, test.a)) })
	}
	for name, test := range map[string]test{
		"false":           {201, `{"aggregate":false,"test":{"otp":false}}`, `{}`, nil},
		"a value":         {201, `{"phone":"1"}`, `{"phone":"2"}`, nil},
		"a place":         {201, `{"secret":"a","keyUri":"b"}`, `{"secret":"b","keyUri":"a"}`, nil},
		"a time":          {201, `{"createdAt":"2019-05-07T16:40:31Z"}`, `{"createdAt":"2019-05-07T16:40:32Z"}`, nil},
		"another finding": {201, `{"email":"a"}`, `{}`, nil},
		"another place":   {201, `{"rp":{"id":"b"}}`, `{}`, []string{"Device.policy.id"}},
		"free data":       {400, `{"details":[{"innerError":{"allowedValues":["a"]}}]}`, `{"details":[null]}`, nil},
	} {
		t.Run(name+" differs", func(t *testing.T) { assert.NotEqual(t, reduce(test, test.b), reduce(test, test.a)) })
	}
	unknown := conformance.Vector{Operation: "noSuchOperation", Response: &conformance.VectorResponse{Status: 200}}
	assert.Nil(t, v.ComparableResult(unknown, []byte(`{"id":"a"}`), nil))
}

func TestHasMember(t *testing.T) {
	v := newValidator(t)
	for name, want := range map[string]bool{
		"Device._links": true, "AuthenticationDevice.pushStatus.reason": true, "Link.href": true,
		"Device": false, "Device.fax": false, "Device.policy.fax": false, "Fax.id": false, "": false,
	} {
		assert.Equal(t, want, v.HasMember(name), name)
	}
}
