package pingmfa

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/pingmfa/pingmfa-go/gen"
)

// Drift is something in a success of PingOne's that this version does not expect. It is no error: the call succeeds,
// and the answer's Raw has all of it. Observe it to learn of new properties before you need them.
type Drift struct {
	// Operation is "StartAuthentication" or "CreateDevice".
	Operation string
	// Pointer is the place in the answer (RFC 6901). It holds names of properties and never a value.
	Pointer string
	Kind    DriftKind
}

// DriftKind is what is unexpected at the place.
type DriftKind string

// The kinds of drift.
const (
	// DriftUnknownProperty is a property, or a link, that this version does not know.
	DriftUnknownProperty DriftKind = "unknown property"
	// DriftUnknownValue is a status or a type of device that this version does not know.
	DriftUnknownValue DriftKind = "unknown value"
	// DriftUnexpectedType is a known property with another JSON type. Its field is zero.
	DriftUnexpectedType DriftKind = "unexpected type"
	// DriftUnreadableTime is a timestamp that is not RFC 3339. Its field is zero.
	DriftUnreadableTime DriftKind = "unreadable time"
	// DriftMissingHref is a link without a URL.
	DriftMissingHref DriftKind = "link without href"
)

var knownLinks = set("self", "device.select", "otp.check", "environment", "user", "activate", "device.activate")

// models are the generated models of what calls return.
var models = map[reflect.Type]reflect.Type{
	reflect.TypeFor[Authentication](): reflect.TypeFor[gen.DeviceAuthentication](),
	reflect.TypeFor[Device]():         reflect.TypeFor[gen.Device](),
}

// compare walks an answer beside the generated model of it, which has every property that the contract names. It tells
// found what the model does not expect, and returns the answer without the members whose type is another than the
// model's: encoding/json leaves traces of such a member behind, a false or an empty element. data has to be valid JSON.
func compare(data []byte, model reflect.Type, found func(pointer string, kind DriftKind)) []byte {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var answer any
	if decoder.Decode(&answer) != nil || !drift(found).fits("", answer, model) {
		return data
	}
	pruned, err := json.Marshal(answer)
	if err != nil {
		return data
	}
	return pruned
}

// drift is what is told of a surprise.
type drift func(pointer string, kind DriftKind)

var (
	rawType          = reflect.TypeFor[json.RawMessage]()
	linksType        = reflect.TypeFor[gen.Links]()
	statusType       = reflect.TypeFor[gen.Status]()
	deviceTypeType   = reflect.TypeFor[gen.DeviceType]()
	deviceStatusType = reflect.TypeFor[gen.DeviceStatus]()
)

// fits reports whether a value has the JSON type of the model, and takes out of it what has not.
func (d drift) fits(pointer string, value any, model reflect.Type) (fits bool) {
	if model.Kind() == reflect.Pointer {
		model = model.Elem()
	}
	if model == rawType || value == nil {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		if fits = model.Kind() == reflect.Struct || model.Kind() == reflect.Map; fits {
			maps.DeleteFunc(v, func(name string, member any) bool {
				return !d.member(pointer+"/"+pointerEscaper.Replace(name), name, member, model)
			})
		}
	case []any:
		if fits = model.Kind() == reflect.Slice; fits {
			for i, item := range v {
				if !d.fits(pointer+"/"+strconv.Itoa(i), item, model.Elem()) {
					v[i] = nil // An element that says nothing: those after it keep their places.
				}
			}
		}
	case string:
		fits = model.Kind() == reflect.String
		d.text(pointer, v, model)
	case bool:
		fits = model.Kind() == reflect.Bool
	}
	if !fits {
		d(pointer, DriftUnexpectedType)
	}
	return fits
}

func (d drift) member(pointer, name string, value any, model reflect.Type) bool {
	if model == linksType {
		if !knownLinks[name] {
			d(pointer, DriftUnknownProperty)
		}
		if link, ok := value.(map[string]any); ok && link["href"] == nil {
			d(pointer, DriftMissingHref)
		}
	}
	if model.Kind() == reflect.Map {
		return d.fits(pointer, value, model.Elem())
	}
	for i := range model.NumField() {
		field := model.Field(i)
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name {
			return d.fits(pointer, value, field.Type)
		}
	}
	d(pointer, DriftUnknownProperty)
	return true
}

// text looks at the strings that this package understands: open sets, and timestamps, whose names end in At.
func (d drift) text(pointer, value string, model reflect.Type) {
	switch model {
	case statusType:
		d.value(pointer, Status(value).Known())
	case deviceTypeType:
		d.value(pointer, DeviceType(value).Known())
	case deviceStatusType:
		d.value(pointer, DeviceStatus(value).Known())
	}
	if strings.HasSuffix(pointer, "At") && timestamp(value).IsZero() {
		d(pointer, DriftUnreadableTime)
	}
}

func (d drift) value(pointer string, known bool) {
	if !known {
		d(pointer, DriftUnknownValue)
	}
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")
