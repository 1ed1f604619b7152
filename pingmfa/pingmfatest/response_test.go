package pingmfatest_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

const extra = "addedByPingmfatest"

// objects counts the JSON objects in a value, and those that hold the extra member.
func objects(value any) (all, unknown int) {
	var below []any
	switch value := value.(type) {
	case map[string]any:
		all = 1
		if _, ok := value[extra]; ok {
			unknown = 1
		}
		for name, member := range value {
			if name != extra {
				below = append(below, member)
			}
		}
	case []any:
		below = value
	}
	for _, value := range below {
		a, u := objects(value)
		all, unknown = all+a, unknown+u
	}
	return all, unknown
}

func seeded(seed uint64) func(*pingmfatest.Options) {
	return func(o *pingmfatest.Options) { o.Seed, o.Now = seed, newClock().Now }
}

func TestSuccessesHaveUnknownProperties(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithSeveralDevices()
	srv.AddDevice(person.UserID, pingmfatest.Device{
		"type": "MOBILE", "application": map[string]any{"id": someUser}, "keys": []any{map[string]any{"size": 4}},
	})
	for _, response := range []reply{
		authenticate(t, srv, person.Request),
		create(t, srv, person.UserID, withMembers(created["FIDO2"], "")),
	} {
		all, unknown := objects(response.body)
		assert.Greater(t, all, 5)
		assert.Equal(t, all, unknown, "each object has the member, including _links")
		link, _ := response.at("_links", extra).(map[string]any)
		assert.Contains(t, link, "href", "the unknown member of _links is a link")
	}
	_, unknown := objects(create(t, srv, unknownID, `{"type":"TOTP"}`).body)
	assert.Zero(t, unknown, "errors have no unknown members")
}

func TestPlainHasNoUnknownProperties(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	for _, response := range []reply{
		authenticate(t, srv, srv.UserWithSeveralDevices().Request),
		create(t, srv, srv.AddUser(pingmfatest.User{}), `{"type":"TOTP"}`),
		fetchToken(t, srv),
	} {
		assert.NotContains(t, response.raw, extra)
		keys := topKeys(t, response.raw)
		assert.True(t, slices.IsSorted(keys), "%v", keys)
	}
}

func TestSeedDeterminesResponses(t *testing.T) {
	// Without a network links are equal too: they have no port.
	responses := map[uint64][]string{}
	for _, seed := range []uint64{1, 1, 2} {
		fake := pingmfatest.New(pingmfatest.Options{Seed: seed, Now: newClock().Now})
		responses[seed] = append(responses[seed], serve(t, fake, fake.UserWithSeveralDevices().Request))
	}
	assert.Equal(t, responses[1][0], responses[1][1])
	assert.NotEqual(t, responses[1][0], responses[2][0])

	// The order of keys and the type of the unknown value depend on the seed.
	orders, kinds := map[string]bool{}, map[string]bool{}
	for seed := range uint64(40) {
		srv := pingmfatest.NewServer(t, seeded(seed+1))
		response := authenticate(t, srv, srv.UserWithEmailDevice().Request)
		orders[topKeys(t, response.raw)[0]] = true
		kinds[kindOf(response.at(extra))] = true
	}
	assert.Greater(t, len(orders), 5)
	assert.Equal(t, []string{"array", "bool", "null", "number", "object", "string"}, slices.Sorted(maps.Keys(kinds)))
}

func TestSeedIsRandomUnlessSet(t *testing.T) {
	first, second := pingmfatest.New(pingmfatest.Options{}), pingmfatest.New(pingmfatest.Options{})
	assert.NotEqual(t, first.Seed(), second.Seed())
	assert.NotEqual(t, first.Token(), second.Token())
	require.EqualValues(t, 7, pingmfatest.New(pingmfatest.Options{Seed: 7}).Seed())
}
