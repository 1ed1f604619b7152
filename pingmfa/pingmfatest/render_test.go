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
func objects(value any) (all, surprising int) {
	var below []any
	switch value := value.(type) {
	case map[string]any:
		all = 1
		if _, ok := value[extra]; ok {
			surprising = 1
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
		a, s := objects(value)
		all, surprising = all+a, surprising+s
	}
	return all, surprising
}

func seeded(seed uint64) func(*pingmfatest.Options) {
	return func(o *pingmfatest.Options) { o.Seed, o.Now = seed, newClock().Now }
}

func TestEverySuccessSurprises(t *testing.T) {
	srv := pingmfatest.NewServer(t)
	person := srv.UserWithSeveralDevices()
	srv.AddDevice(person.UserID, pingmfatest.Device{
		"type": "MOBILE", "application": map[string]any{"id": someUser}, "keys": []any{map[string]any{"size": 4}},
	})
	for _, answer := range []reply{
		authenticate(t, srv, person.Request),
		create(t, srv, person.UserID, withMembers(created["FIDO2"], "")),
	} {
		all, surprising := objects(answer.body)
		assert.Greater(t, all, 5)
		assert.Equal(t, all, surprising, "each object, and the list of links too")
		link, _ := answer.at("_links", extra).(map[string]any)
		assert.Contains(t, link, "href", "what is unknown among links is a link")
	}
	_, surprising := objects(create(t, srv, unknownID, `{"type":"TOTP"}`).body)
	assert.Zero(t, surprising, "errors are as they are")
}

func TestPlainAnswersHaveNoSurprises(t *testing.T) {
	srv := pingmfatest.NewServer(t, plain)
	for _, answer := range []reply{
		authenticate(t, srv, srv.UserWithSeveralDevices().Request),
		create(t, srv, srv.AddUser(pingmfatest.User{}), `{"type":"TOTP"}`),
		fetchToken(t, srv),
	} {
		assert.NotContains(t, answer.raw, extra)
		keys := topKeys(t, answer.raw)
		assert.True(t, slices.IsSorted(keys), "%v", keys)
	}
}

func TestSeedDecides(t *testing.T) {
	// Fakes that are asked the same give the same bytes with the same seed, links apart: their ports differ.
	answers := map[uint64][]string{}
	for _, seed := range []uint64{1, 1, 2} {
		fake := pingmfatest.New(pingmfatest.Options{Seed: seed, Now: newClock().Now})
		answers[seed] = append(answers[seed], serve(t, fake, fake.UserWithSeveralDevices().Request))
	}
	assert.Equal(t, answers[1][0], answers[1][1])
	assert.NotEqual(t, answers[1][0], answers[2][0])

	// Over some seeds the order of keys is not always the same, and neither is the kind of the unknown value.
	orders, kinds := map[string]bool{}, map[string]bool{}
	for seed := range uint64(40) {
		srv := pingmfatest.NewServer(t, seeded(seed+1))
		answer := authenticate(t, srv, srv.UserWithEmailDevice().Request)
		orders[topKeys(t, answer.raw)[0]] = true
		kinds[kindOf(answer.at(extra))] = true
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
