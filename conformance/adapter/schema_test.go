package adapter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/conformance/adapter"
)

// follows reports whether a text is valid according to a schema of this directory.
func follows(t *testing.T, schema, text string) bool {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	return err == nil && compiled.Validate(value) == nil
}

func TestMessagesToTheAdapterFollowTheSchema(t *testing.T) {
	compiled, err := jsonschema.NewCompiler().Compile("to-adapter.schema.json")
	require.NoError(t, err)
	var echoed bytes.Buffer
	_, err = adapter.Run(t.Context(), adapter.Options{Command: command(t, "echo"), Stderr: &echoed})
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(echoed.String()), "\n")
	assert.Len(t, lines, len(vectors(t))+2)
	for _, line := range lines {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		require.NoError(t, err)
		assert.NoError(t, compiled.Validate(value), line)
	}
}

// Go accepts a message from the adapter if and only if the schema accepts it.
func TestMessagesFromTheAdapter(t *testing.T) {
	const (
		hello  = `{"type":"hello","protocol":2,"name":"x","features":["create-device"]}`
		result = `{"type":"result","id":"a/request/b","class":"not-sent","values":{"field":"/a","httpStatus":400}}`
		body   = `{"type":"result","id":"a/request/b","class":"success","body":{"id":"x","y":null}}`
		skip   = `{"type":"result","id":"a/request/b","class":"skipped","reason":"no network"}`
	)
	for _, good := range []string{
		hello, result, body, skip, strings.Replace(body, `{"id":"x","y":null}`, `null`, 1),
		strings.Replace(hello, `"create-device"`, ``, 1),
		strings.Replace(hello, `"name"`, `"without":["Device._links","AuthenticationDevice.rp.id"],"name"`, 1),
	} {
		assert.True(t, follows(t, "from-adapter.schema.json", good), good)
		require.NoError(t, adapter.Decode([]byte(good)), good)
	}
	for _, bad := range []struct{ in, old, new, want string }{
		{hello, `hello`, `hallo`, `its type is not`},
		{hello, `"type":"hello",`, ``, `its type is not`},
		{hello, `2`, `1`, `protocol 1`},
		{hello, `2`, `"2"`, `/protocol has the wrong type`},
		{hello, `"x"`, `""`, `/name`},
		{hello, `"x"`, `"` + strings.Repeat("x", 81) + `"`, `/name`},
		{hello, `"x"`, `"a\u001bb"`, `/name`},
		{hello, `,"features":["create-device"]`, ``, `/features`},
		{hello, `create-device`, `create-devise`, `"create-devise"`},
		{hello, `["create-device"]`, `"create-device"`, `/features has the wrong type`},
		{hello, `"name"`, `"Name"`, `/Name is unknown`},
		{hello, `{`, `{"version":"1",`, `/version is unknown`},
		{result, `not-sent`, `not sent`, `/class`},
		{result, `"class":"not-sent",`, ``, `/class`},
		{result, `"id":"a/request/b",`, ``, `/id`},
		{result, `"field"`, `"fields"`, `/values/fields is unknown`},
		{result, `"/a"`, `1`, `/values/field has the wrong type`},
		{result, `400`, `"400"`, `/values/httpStatus has the wrong type`},
		{result, `400`, `null`, `/values/httpStatus has the wrong type`},
		{result, `"id":"a/request/b"`, `"id":""`, `/id is missing`},
		{result, `"values"`, `"reason":"x","values"`, `/reason belongs to`},
		{skip, `,"reason":"no network"`, ``, `/reason belongs to`},
		{skip, `no network`, ``, `/reason belongs to`},
		{hello, `"name"`, `"without":["Device"],"name"`, `no member "Device"`},
		{result, `{"field":"/a","httpStatus":400}`, `[]`, `/values has the wrong type`},
		{result, `{"type"`, `{"note":"","type"`, `/note is unknown`},
		{result, `{"type"`, `[{"type"`, `not an object`},
		{`[]`, ``, ``, `not an object`},
		{`null`, ``, ``, `its type is not`},
		{``, ``, ``, `not one line of JSON`},
		{result + result, ``, ``, `not one line of JSON`},
	} {
		line := strings.Replace(bad.in, bad.old, bad.new, 1)
		assert.False(t, follows(t, "from-adapter.schema.json", line), line)
		require.ErrorContains(t, adapter.Decode([]byte(line)), bad.want, line)
	}
	member := strings.Replace(hello, `"name"`, `"without":["Device.fax"],"name"`, 1)
	require.ErrorContains(t, adapter.Decode([]byte(member)), `the contract describes no member "Device.fax"`)
	// No schema can express this.
	twice := strings.Replace(result, `{"type"`, `{"id":"","type"`, 1)
	require.ErrorContains(t, adapter.Decode([]byte(twice)), "/id is repeated")
}

func TestKnownFailingLists(t *testing.T) {
	const good = `{"$schema":"../adapter/known-failing.schema.json","knownFailing":[` +
		`{"reason":"a good one","vectors":["` + sms + `","` + refused + `"]}]}`
	list, err := adapter.ReadKnownFailing([]byte(good))
	require.NoError(t, err)
	assert.Equal(t, adapter.KnownFailing{sms: "a good one", refused: "a good one"}, list)
	assert.True(t, follows(t, "known-failing.schema.json", good))

	empty, err := adapter.ReadKnownFailing([]byte(`{"knownFailing":[]}`))
	require.NoError(t, err)
	assert.Empty(t, empty)

	for _, bad := range []struct{ old, new, want string }{
		{`a good one`, `a`, "entry 1 has no reason or no vector"},
		{`"reason":"a good one",`, ``, "entry 1 has no reason or no vector"},
		{`"` + sms + `","` + refused + `"`, ``, "entry 1 has no reason or no vector"},
		{sms, refused, "is repeated"},
		{`"reason"`, `"Reason"`, "unknown"},
		{`"knownFailing"`, `"known"`, "unknown"},
		{`{"$schema":"../adapter/known-failing.schema.json","knownFailing":[`, `[`, ""},
	} {
		text := strings.Replace(good, bad.old, bad.new, 1)
		_, err := adapter.ReadKnownFailing([]byte(text))
		require.ErrorContains(t, err, bad.want, text)
		assert.False(t, follows(t, "known-failing.schema.json", text), text)
	}
	patterns := strings.Replace(good, sms, "create-device/request/phone-*", 1)
	list, err = adapter.ReadKnownFailing([]byte(patterns))
	require.NoError(t, err)
	assert.Equal(t, "a good one", list["create-device/request/phone-letters"])
	assert.Equal(t, "a good one", list["create-device/request/phone-empty"])
	assert.NotContains(t, list, "create-device/request/voice-phone-letters")
	assert.True(t, follows(t, "known-failing.schema.json", patterns))

	for _, bad := range []struct{ text, want string }{
		{strings.Replace(good, sms, "create-device-authentication/*/error-400-invalid-value", 1), "is repeated"},
		{strings.Replace(good, sms, "create-device/request/[", 1), "is not a pattern"},
		{`{}`, "knownFailing is missing"},
		{strings.Replace(good, sms, "create-device/exchange/fax", 1), `there is no vector "create-device/exchange/fax"`},
		{good + good, "after top-level value"},
	} {
		_, err := adapter.ReadKnownFailing([]byte(bad.text))
		assert.ErrorContains(t, err, bad.want, bad.text)
	}
}

// The schema of the messages repeats the names of features, classes and values.
func TestSchemaHasTheNames(t *testing.T) {
	features, err := adapter.Features()
	require.NoError(t, err)
	data, err := os.ReadFile("from-adapter.schema.json")
	require.NoError(t, err)
	var schema struct {
		Defs struct {
			Hello struct {
				Properties struct {
					Features struct{ Items struct{ Enum []string } }
				}
			}
			Result struct {
				Properties struct {
					Class  struct{ Enum []string }
					Values struct {
						Properties map[string]struct{ Type string }
					}
				}
			}
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(data, &schema))
	result := schema.Defs.Result.Properties
	assert.Len(t, schema.Defs.Hello.Properties.Features.Items.Enum, len(features))
	for _, name := range schema.Defs.Hello.Properties.Features.Items.Enum {
		assert.Contains(t, features, name)
	}
	// The schema of the vectors has the same values, and all classes but the last two.
	data, err = os.ReadFile("../vector.schema.json")
	require.NoError(t, err)
	var vector struct {
		Properties struct {
			Expect struct {
				Properties struct {
					Class  struct{ Enum []string }
					Values struct {
						Properties map[string]struct{ Type any }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &vector))
	expect := vector.Properties.Expect.Properties
	classes := append(expect.Class.Enum, adapter.ClassNotExpressible, adapter.ClassSkipped)
	assert.ElementsMatch(t, classes, result.Class.Enum)
	assert.Len(t, result.Values.Properties, len(expect.Values.Properties))
	for name, value := range expect.Values.Properties {
		isNumber := strings.Contains(fmt.Sprint(value.Type), "integer")
		assert.Equal(t, isNumber, result.Values.Properties[name].Type == "number", name)
	}
}
