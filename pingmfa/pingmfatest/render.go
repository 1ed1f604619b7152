package pingmfatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// object is a JSON object. The fake knows no other form of PingOne's resources: a struct of a client's, with a wrong
// tag, would agree with itself.
type object = map[string]any

// extraProperty is what every success holds on purpose in each of its objects; among the links it is one.
const extraProperty = "addedByPingmfatest"

// success answers with a document, and with what clients have to survive in it.
func (f *Fake) success(status int, document object) Response {
	if !f.options.Plain {
		f.surprise(document)
	}
	return Response{Status: status, Header: http.Header{}, Body: string(f.encode(document))}
}

// refusal answers with the envelope of PingOne's errors. The texts are made up: the vendor's are not public.
func (f *Fake) refusal(status int, code, message string, details ...object) Response {
	envelope := object{"id": f.newID(), "code": code, "message": message}
	if len(details) > 0 {
		envelope["details"] = details
	}
	return Response{Status: status, Header: http.Header{}, Body: string(f.encode(envelope))}
}

// surprise adds an unknown property to each object in value, and an unknown link to each list of links.
func (f *Fake) surprise(value any) {
	switch value := value.(type) {
	case object:
		for _, key := range slices.Sorted(maps.Keys(value)) { // sorted: the seed alone decides
			f.surprise(value[key])
			if links, ok := value[key].(object); ok && key == "_links" { // whose members all have to be links
				links[extraProperty] = object{"href": "https://example.com/added", "templated": false}
			}
		}
		value[extraProperty] = f.anything()
	case []object:
		for _, entry := range value {
			f.surprise(entry)
		}
	case []any:
		for _, entry := range value {
			f.surprise(entry)
		}
	}
}

// anything is a value of a kind that nobody can foresee.
func (f *Fake) anything() any {
	kinds := []any{"later", 12.5, true, nil, []any{1, "two"}, object{"status": "NEW"}}
	return kinds[f.random.IntN(len(kinds))]
}

// encode writes JSON with the keys of each object in an order of the seed's.
func (f *Fake) encode(value any) []byte {
	switch value := value.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(value))
		if !f.options.Plain {
			f.random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		members := make([][]byte, len(keys))
		for i, key := range keys {
			members[i] = fmt.Appendf(scalar(key), ":%s", f.encode(value[key]))
		}
		return fmt.Appendf(nil, "{%s}", bytes.Join(members, []byte(",")))
	case []object:
		return f.encodeList(len(value), func(i int) any { return value[i] })
	case []any:
		return f.encodeList(len(value), func(i int) any { return value[i] })
	default:
		return scalar(value)
	}
}

func (f *Fake) encodeList(length int, entry func(int) any) []byte {
	entries := make([][]byte, length)
	for i := range entries {
		entries[i] = f.encode(entry(i))
	}
	return fmt.Appendf(nil, "[%s]", bytes.Join(entries, []byte(",")))
}

// scalar panics on what cannot be JSON, such as a channel in a device that a test made up.
func scalar(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// timestamp is the time as PingOne writes it: UTC, with milliseconds.
func (f *Fake) timestamp() string {
	return f.options.Now().UTC().Format("2006-01-02T15:04:05.000Z")
}

// The two below make up what PingOne makes up. Ids are 8-4-4-4-12 hexadecimal digits without RFC 4122's version bits:
// PingOne's do not always have them either.

func (f *Fake) newID() string {
	a, b := f.random.Uint64(), f.random.Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

func (f *Fake) newPasscode() string { return fmt.Sprintf("%06d", f.random.IntN(1_000_000)) }

// decode reads what is known to be a JSON object. Numbers keep their digits.
func decode(data []byte) object {
	var document object
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		panic(err)
	}
	return document
}

// clone is a deep copy of an object, in the types that decoded JSON has.
func clone(document object) object { return decode(scalar(document)) }
