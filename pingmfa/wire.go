package pingmfa

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/pingmfa/pingmfa-go/gen"
)

// What an answer is decoded into: the generated models, but that times are read at once and links not yet. They are
// written out because a member of an embedded struct costs encoding/json twice as much; a test holds them to the
// generated ones.

type wireAuthentication struct {
	ID                                    string                   `json:"id"`
	Status                                gen.Status               `json:"status"`
	Links                                 unread                   `json:"_links"`
	Embedded                              gen.EmbeddedDevices      `json:"_embedded"`
	SelectedDevice                        gen.ChosenDevice         `json:"selectedDevice"`
	Environment                           gen.ResourceReference    `json:"environment"`
	User                                  gen.ResourceReference    `json:"user"`
	Policy                                gen.ResourceReference    `json:"policy"`
	Application                           *gen.ResourceReference   `json:"application"`
	Error                                 *gen.AuthenticationError `json:"error"`
	Test                                  gen.TestResult           `json:"test"`
	PublicKeyCredentialRequestOptions     string                   `json:"publicKeyCredentialRequestOptions"`
	PingIDDesktopCredentialRequestOptions string                   `json:"pingIdDesktopCredentialRequestOptions"`
	Authenticators                        []gen.Authenticator      `json:"authenticators"`
	BypassAllowed                         *bool                    `json:"bypassAllowed"`
	UserBypassEnabled                     *bool                    `json:"userBypassEnabled"`
	AggregateFido2Devices                 *bool                    `json:"aggregateFido2Devices"`
	CreatedAt                             instant                  `json:"createdAt"`
	UpdatedAt                             instant                  `json:"updatedAt"`
}

type wireDevice struct {
	ID                                     string                `json:"id"`
	Type                                   gen.DeviceType        `json:"type"`
	Status                                 gen.DeviceStatus      `json:"status"`
	Links                                  unread                `json:"_links"`
	Environment                            gen.ResourceReference `json:"environment"`
	User                                   gen.ResourceReference `json:"user"`
	Policy                                 gen.DevicePolicy      `json:"policy"`
	Nickname                               string                `json:"nickname"`
	Phone                                  string                `json:"phone"`
	Extension                              string                `json:"extension"`
	Email                                  string                `json:"email"`
	TestMode                               *bool                 `json:"testMode"`
	Test                                   gen.TestResult        `json:"test"`
	Secret                                 string                `json:"secret"`
	KeyURI                                 string                `json:"keyUri"`
	PublicKeyCredentialCreationOptions     string                `json:"publicKeyCredentialCreationOptions"`
	PingIDDesktopCredentialCreationOptions string                `json:"pingIdDesktopCredentialCreationOptions"`
	RP                                     *gen.RelyingParty     `json:"rp"`
	Lock                                   *gen.DeviceLock       `json:"lock"`
	Block                                  *gen.DeviceBlock      `json:"block"`
	CreatedAt                              instant               `json:"createdAt"`
	UpdatedAt                              instant               `json:"updatedAt"`
}

// generated are the models in gen of what is decoded into here.
var generated = map[reflect.Type]reflect.Type{
	reflect.TypeFor[wireAuthentication](): reflect.TypeFor[gen.DeviceAuthentication](),
	reflect.TypeFor[wireDevice]():         reflect.TypeFor[gen.Device](),
}

// unread is a member that is read out of the answer's body when somebody asks for it: links are half of an answer, and
// most callers want one of them or none.
type unread struct{}

// UnmarshalJSON looks at nothing.
func (*unread) UnmarshalJSON([]byte) error { return nil }

// instant is a time that is zero when it cannot be read, whatever stands there.
type instant struct{ time.Time }

// UnmarshalJSON never fails.
func (i *instant) UnmarshalJSON(value []byte) error {
	if len(value) > 2 && value[0] == '"' && i.UnmarshalText(value[1:len(value)-1]) == nil {
		return nil
	}
	var s string
	if json.Unmarshal(value, &s) == nil {
		i.Time = timestamp(s)
	}
	return nil
}

// timestamp reads RFC 3339, or gives up without a word: the text is in Raw.
func timestamp(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// orZero is what a member says that few answers have.
func orZero[T any](member *T) (value T) {
	if member != nil {
		value = *member
	}
	return value
}
