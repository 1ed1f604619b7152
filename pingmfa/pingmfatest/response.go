package pingmfatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Response is an HTTP response.
type Response struct {
	// Status is the HTTP status, 200 or higher. 0 means 200.
	Status int
	// Header is sent as it is. Unless they are set, Content-Type (application/json, if there is a body) and
	// Correlation-Id are added; a nil value prevents that.
	Header http.Header
	// Body is sent byte for byte.
	Body string
	// Acted makes the fake carry out the request as if it had no script: the message counts as sent, the device is
	// stored, the passcode is checked. The client receives this response in place of the correct one, as if that was lost
	// or changed on the way.
	Acted bool

	write func(faultWriter) // nil for net/http's way
}

// addHeaders adds the headers that all of PingOne's responses have.
func (f *Fake) addHeaders(response *Response) {
	if _, ok := response.Header["Content-Type"]; !ok && response.Body != "" {
		response.Header.Set("Content-Type", "application/json")
	}
	if _, ok := response.Header["Correlation-Id"]; !ok {
		response.Header.Set("Correlation-Id", f.newID())
	}
	if response.Status == 0 && response.write == nil {
		response.Status = http.StatusOK
	}
}

// send writes the response to the client.
func (r Response) send(w http.ResponseWriter, request *http.Request) {
	if r.write != nil {
		r.write(faultWriter{Response: r, w: w, r: request})
		return
	}
	r.writeHead(w)
	_, _ = w.Write([]byte(r.Body)) // the client may have disconnected
}

func (r Response) writeHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.Header)
	w.WriteHeader(r.Status)
}

// object is a JSON object. The fake uses no structs, neither its own nor the client's: a wrong tag would match itself.
type object = map[string]any

// unknownProperty is the name of the property that the fake adds to each object, and of the link that it adds to each
// object of links.
const unknownProperty = "addedByPingmfatest"

// success returns a response with a document, to which it adds unknown properties unless Options.Plain is set.
func (f *Fake) success(status int, document object) Response {
	if !f.options.Plain {
		f.addUnknown(document)
	}
	return Response{Status: status, Header: http.Header{}, Body: string(f.encode(document))}
}

// refusal returns a response with an error of PingOne's form. The messages are not PingOne's, which are not public.
func (f *Fake) refusal(status int, code, message string, details ...object) Response {
	envelope := object{"id": f.newID(), "code": code, "message": message}
	if len(details) > 0 {
		envelope["details"] = details
	}
	return Response{Status: status, Header: http.Header{}, Body: string(f.encode(envelope))}
}

// addUnknown adds an unknown property to each object in value, and an unknown link to each object of links.
func (f *Fake) addUnknown(value any) {
	switch value := value.(type) {
	case object:
		for _, key := range slices.Sorted(maps.Keys(value)) { // sorted, so that the result depends only on the seed
			f.addUnknown(value[key])
			if links, ok := value[key].(object); ok && key == "_links" { // each member must be a link
				links[unknownProperty] = object{"href": "https://example.com/added", "templated": false}
			}
		}
		value[unknownProperty] = f.unknownValue()
	case []object:
		for _, entry := range value {
			f.addUnknown(entry)
		}
	case []any:
		for _, entry := range value {
			f.addUnknown(entry)
		}
	}
}

// unknownValue returns a value of a random JSON type.
func (f *Fake) unknownValue() any {
	values := []any{"later", 12.5, true, nil, []any{1, "two"}, object{"status": "NEW"}}
	return values[f.random.IntN(len(values))]
}

// encode returns value as JSON. The order of keys depends on the seed; with Options.Plain it is alphabetical.
func (f *Fake) encode(value any) []byte {
	switch value := value.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(value))
		if !f.options.Plain {
			f.random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		}
		members := make([][]byte, len(keys))
		for i, key := range keys {
			members[i] = fmt.Appendf(marshal(key), ":%s", f.encode(value[key]))
		}
		return fmt.Appendf(nil, "{%s}", bytes.Join(members, []byte(",")))
	case []object:
		return f.encodeList(len(value), func(i int) any { return value[i] })
	case []any:
		return f.encodeList(len(value), func(i int) any { return value[i] })
	default:
		return marshal(value)
	}
}

func (f *Fake) encodeList(length int, entry func(int) any) []byte {
	entries := make([][]byte, length)
	for i := range entries {
		entries[i] = f.encode(entry(i))
	}
	return fmt.Appendf(nil, "[%s]", bytes.Join(entries, []byte(",")))
}

// marshal panics if value has no JSON form, such as a channel in a Device of a test.
func marshal(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// decode returns the JSON object in data, which must be valid. Numbers keep their digits.
func decode(data []byte) object {
	var document object
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		panic(err)
	}
	return document
}

// clone returns a deep copy of an object, with the types that decode uses.
func clone(document object) object { return decode(marshal(document)) }

// timestamp returns a time in PingOne's form: UTC, with milliseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// newID returns 8-4-4-4-12 hexadecimal digits. Like some of PingOne's ids, they lack the version bits of RFC 9562.
func (f *Fake) newID() string {
	a, b := f.random.Uint64(), f.random.Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}
