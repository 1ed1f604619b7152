package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance"
)

func TestList(t *testing.T) {
	vectors, err := conformance.Vectors()
	require.NoError(t, err)
	got := run(t, "", "list")
	assert.Zero(t, got.code)
	assert.Equal(t, len(vectors)+1, strings.Count(got.out, "\n"))
	for _, vector := range vectors {
		assert.Contains(t, got.out, "\n"+vector.ID+" ")
	}
	assert.Regexp(t, `(?m)^create-device/request/trailing-comma +invalid +- +not-sent +BrokenJSON$`, got.out)
	assert.Regexp(t, `(?m)^create-device/exchange/sms +valid +valid +success +VendorPage$`, got.out)
}

// A vector must match all flags.
func TestListFilters(t *testing.T) {
	vectors, err := conformance.Vectors()
	require.NoError(t, err)
	list := func(args ...string) []conformance.Vector {
		got := run(t, "", append([]string{"list", "-o", "json"}, args...)...)
		require.Zero(t, got.code, got.errors)
		var selected []conformance.Vector
		require.NoError(t, json.Unmarshal([]byte(got.out), &selected))
		require.NotEmpty(t, selected)
		assert.Less(t, len(selected), len(vectors))
		return selected
	}
	for _, vector := range list("-flag", "PhoneForm", "-operation", "createDevice", "-side", "request") {
		assert.Contains(t, vector.Flags, "PhoneForm")
		assert.Equal(t, "createDevice", vector.Operation)
		assert.NotNil(t, vector.Request)
		assert.Nil(t, vector.Response)
	}
	for _, vector := range list("-side", "exchange") {
		assert.True(t, vector.Request != nil && vector.Response != nil, vector.ID)
	}
	assert.Len(t, list("-vector", "create-device/*/sms"), 1)
	whole := list("-vector", "*/exchange/initialize")
	for _, vector := range vectors {
		if vector.ID == whole[0].ID {
			assert.JSONEq(t, string(vector.Response.Body), string(whole[0].Response.Body))
			assert.Equal(t, vector.Expect, whole[0].Expect)
		}
	}
}
