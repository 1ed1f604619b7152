package pingmfa

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// publicStructs returns the names of the exported struct types of this package.
func publicStructs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var names []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() && file.Name.Name == "pingmfa" {
				// ActivationOTP is the only secret that is no struct.
				if _, ok := spec.Type.(*ast.StructType); ok || spec.Name.Name == "ActivationOTP" {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	return names
}

// canaries are the texts in a value, each in the form of an id, with whether the allow-list shows it.
type canaries map[string]bool

// fill puts a value into every member below v. listed reports whether the way to v is on the allow-list.
func (c canaries) fill(v reflect.Value, listed bool) {
	switch v.Kind() {
	case reflect.String:
		id := fmt.Sprintf("%08x-cafe-cafe-cafe-cafecafecafe", len(c))
		_, secret := shownMembers[v.Type()]
		c[id] = listed && !secret
		v.SetString(id)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.fill(v.Elem(), listed)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		c.fill(key, false)
		c.fill(value, false)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			text := reflect.New(reflect.TypeFor[string]()).Elem()
			c.fill(text, false)
			v.SetBytes([]byte(`"` + text.String() + `"`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		c.fill(v.Index(0), listed)
	case reflect.Interface:
		text := reflect.New(reflect.TypeFor[string]()).Elem()
		c.fill(text, false)
		for _, value := range []any{
			PairedDevice(text.String()), ClientSecret{Secret: text.String()}, errors.New(text.String()), text.String(),
		} {
			if reflect.TypeOf(value).Implements(v.Type()) {
				v.Set(reflect.ValueOf(value))
				return
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Type().Field(i).IsExported() {
				c.fill(v.Field(i), listed && slices.Contains(shownMembers[v.Type()], name))
			}
		}
	default: // A function holds no text.
	}
}

// check holds an output to showing listed canaries alone, or also to showing all of them.
func (c canaries) check(t *testing.T, output, name string, all bool) {
	t.Helper()
	for id, listed := range c {
		if !listed {
			assert.NotContains(t, output, id, "%s shows a member that is not listed", name)
		} else if all {
			assert.Contains(t, output, id, "%s lacks a listed member", name)
		}
	}
}

// Every public type shows the listed members and no others, by fmt, slog and JSON, alone, by pointer and inside others.
func TestOnlyListedMembersAreShown(t *testing.T) {
	var listed []string
	for public := range shownMembers {
		listed = append(listed, public.Name())
	}
	assert.ElementsMatch(t, publicStructs(t), append(listed, "Client"))

	total := 0
	for public := range maps.Keys(shownMembers) {
		t.Run(public.Name(), func(t *testing.T) {
			for _, member := range shownMembers[public] {
				_, exists := public.FieldByName(member)
				assert.True(t, exists, member)
			}
			placed := canaries{}
			pointer := reflect.New(public)
			placed.fill(pointer.Elem(), true)
			total += len(placed)
			value := pointer.Elem().Interface()
			_, isError := pointer.Interface().(error) // The text of an error names some of its members.
			for form, v := range map[string]any{
				"value": value, "pointer": pointer.Interface(), "list": []any{value}, "map": map[string]any{"key": value},
				"struct": struct{ Member any }{value}, "pointer in a struct": struct{ Member any }{pointer.Interface()},
			} {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t"} {
					placed.check(t, fmt.Sprintf(verb, v), form+" by "+verb, !isError)
				}
				data, err := json.Marshal(v)
				require.NoError(t, err)
				placed.check(t, string(data), form+" as JSON", true)
				var text, document bytes.Buffer
				slog.New(slog.NewTextHandler(&text, nil)).With("group", v).Error("record", "key", v)
				slog.New(slog.NewJSONHandler(&document, nil)).WithGroup("group").Error("record", "key", v)
				placed.check(t, text.String(), form+" by slog as text", !isError)
				placed.check(t, document.String(), form+" by slog as JSON", true)
			}
		})
	}
	assert.Greater(t, total, 150)
}

// The JSON of every type pins the members that are shown, with id for every text.
func TestShownMembers(t *testing.T) {
	const (
		attempts = `"Attempts":[{"CorrelationID":"id","Outcome":"id","StatusCode":7}]`
		device   = `{"ID":"id","OTPStatus":"id","PushStatus":"id","Status":"id","Type":"id","UsableStatus":"id"}`
		failed   = `{"Code":"id","UnavailableDeviceIDs":["id"]}`
		kind     = `{"PolicyID":"id","Status":"id"}`
		tested   = `{"PolicyID":"id","Status":"id","TestMode":true}`
	)
	want := map[string]string{ //nolint:gosec // no credentials
		"Config": `{"EnvironmentID":"id","Region":"id"}`, "Retry": `{"Attempts":7,"Backoff":7,"MaxWait":7}`,
		"ClientSecret":          `{"ID":"id"}`,
		"AuthenticationRequest": `{"ApplicationID":"id","PolicyID":"id","UserID":"id"}`,
		"OneTimeSMS":            `{"TestMode":true}`,
		"OneTimeVoice":          `{"TestMode":true}`,
		"OneTimeEmail":          `{"TestMode":true}`,
		"Notification":          `{"PolicyID":"id"}`, "PairingNotification": `{"PolicyID":"id"}`,
		"SMS": tested, "Voice": tested, "Email": tested, "WhatsApp": kind, "TOTP": kind, "FIDO2": kind,

		"Authentication": `{"CorrelationID":"id","Devices":[` + device + `],"Failure":` + failed + `,"ID":"id",` +
			`"SelectedDevice":` + device + `,"Status":"id","UserID":"id"}`,
		"AuthenticationDevice": device,
		"Device": `{"BlockStatus":"id","CorrelationID":"id","ID":"id","LockStatus":"id","Status":"id","Type":"id",` +
			`"UserID":"id"}`,
		"ActivationOTP": `null`, "Attestation": `{}`, "Assertion": `{}`,
		"EnterOTP": `{"Device":` + device + `}`, "ConfirmPush": `{"Device":` + device + `}`, "AssertFIDO2": `{}`,
		"SelectDevice": `{"Devices":[` + device + `]}`, "Done": `{}`, "Failed": failed, "UnknownStep": `{"Status":"id"}`,

		"ArgumentError": `{"Error":"","Field":"id","Rule":"id"}`,
		"Attempt":       `{"CorrelationID":"id","Outcome":"id","StatusCode":7}`,
		"Error": `{` + attempts + `,"Code":"id","CorrelationID":"id","Details":[{"Code":"id","Target":"id"}],"Error":"",` +
			`"ID":"id","Reason":"id","RetryAfter":7,"StatusCode":7,"Target":"id"}`,
		"ErrorDetail": `{"Code":"id","Target":"id"}`,
		"CallError":   `{` + attempts + `,"Error":"","Outcome":"id","RetryAfter":7}`,
		"TokenError":  `{"Code":"id","CorrelationID":"id","Error":"","Reason":"id","StatusCode":7}`,
	}
	ids := regexp.MustCompile(`[0-9a-f]{8}-cafe-cafe-cafe-cafecafecafe`)
	texts := regexp.MustCompile(`"Error":"[^"]*"`) // See TestErrorTexts.
	got := map[string]string{}
	for public := range shownMembers {
		value := reflect.New(public)
		canaries{}.fill(value.Elem(), true)
		data, err := json.Marshal(value.Interface())
		require.NoError(t, err)
		got[public.Name()] = texts.ReplaceAllString(ids.ReplaceAllString(string(data), "id"), `"Error":""`)
	}
	assert.Equal(t, want, got)
}

// A listed member in another form than that of an id, a code, a known value or a property path is not shown.
func TestShownText(t *testing.T) {
	for _, s := range []string{
		"9761c24a-208d-0499-1bf6-39905184a4e1", "INVALID_DATA", "user.id", "selectedDevice.oneTime.phone", "invalid_client",
	} {
		assert.Equal(t, s, shownText(s))
	}
	for _, s := range []string{
		"", "+12015550123", "123456", "person@example.com", "Ada", "ADA", "ada", "9761c24a208d04991bf639905184a4e1", "A_B1",
		"user..id", "user.ada", "INVALID_DATA\n", "\x1b[31mINVALID_DATA", strings.Repeat("A_", 40) + "A",
		strings.Repeat("user.", 20) + "id",
	} {
		assert.Empty(t, shownText(s))
	}
	assert.Equal(t, `pingmfa.Authentication{"Status":"OTP_REQUIRED"}`,
		fmt.Sprint(Authentication{ID: "a\x1b[31mb", Status: StatusOTPRequired, UserID: "x\ny"}))
	assert.Equal(t, `pingmfa.Authentication{}`, fmt.Sprint(Authentication{Status: "+12015550123"}))
	assert.Equal(t, `pingmfa.UnknownStep{"Status":"EXPIRED"}`, fmt.Sprint(UnknownStep{Status: "EXPIRED"}))
	assert.Equal(t, `pingmfa.Failed{}`, fmt.Sprint(Failed{Code: "EXPIRED"}), "a text, not a status")
	for _, s := range []string{"JBSWYDPEHPKPXPJB", "Expired", "B2B", "EXPIRED "} {
		assert.Equal(t, `pingmfa.UnknownStep{}`, fmt.Sprint(UnknownStep{Status: Status(s)}), s)
	}
	assert.Equal(t, `pingmfa.Config{"Region":"com.au"}`, fmt.Sprint(Config{Region: Australia}))
	assert.Equal(t, `pingmfa.Device{"Status":"ACTIVE","Type":"SMS"}`,
		fmt.Sprint(Device{Type: TypeSMS, Status: DeviceActive}))
	assert.Equal(t, `pingmfa.Client{"EnvironmentID":"`+someID+`"}`, fmt.Sprint(&Client{environmentID: someID}))
	assert.Equal(t, `pingmfa.Attempt{}`, fmt.Sprint(Attempt{}))
	long := strings.Repeat("A_", 31) + "AB"
	assert.Equal(t, long, shownText(long), "64 bytes")
	assert.Empty(t, shownText(long+"B"))
	assert.Equal(t, `pingmfa.Failed{"Code":"NO_USABLE_DEVICES"}`,
		fmt.Sprint((&Authentication{Status: StatusFailed, Failure: &Failed{
			Code: "NO_USABLE_DEVICES", Message: "for +12015550123", UnavailableDeviceIDs: []string{"+12015550123"},
		}}).Next()))
}

// Texts and JSON have a bound, however long the response was.
func TestShownListsAreBounded(t *testing.T) {
	e := Error{StatusCode: 400, Code: "INVALID_DATA"}
	for range 10_000 {
		e.Details = append(e.Details, ErrorDetail{
			Code: CodeInvalidValue, Target: strings.Repeat("phone.", 1000) + "phone",
		})
	}
	assert.Less(t, len(e.Error()), 1000)
	assert.True(t, strings.HasSuffix(e.Error(), " and 9990 more"), e.Error())
	data, err := json.Marshal(e)
	require.NoError(t, err)
	assert.Less(t, len(data), 1000)
	assert.Less(t, len(fmt.Sprintf("%+v", []any{e, &e})), 2000)
	assert.Equal(t, 10, strings.Count(string(data), `"Code":"INVALID_VALUE"`))
}

// The package documentation says what fmt writes without asking the value. This holds it to the truth.
func TestLimitsOfPrivacyAreAsDocumented(t *testing.T) {
	device := Device{Phone: "+12015550123"}
	refused := &Error{Message: "for +12015550123"}
	verbs := map[string]string{"p": "%p", "w": "%w"} // as variables, for go vet refuses them
	encode := func(value any) string {
		data, err := json.Marshal(value)
		require.NoError(t, err)
		return string(data)
	}
	for name, text := range map[string]string{
		"%p":                fmt.Sprintf(verbs["p"], device),
		"%w":                fmt.Sprintf(verbs["w"], refused),
		"unexported member": fmt.Sprint(struct{ device Device }{device}),
		"two embedded types": encode(struct {
			Device
			Authentication
		}{Device: device}),
		"key of a map":        encode(map[ActivationOTP]int{"+12015550123": 1}),
		"member that is read": fmt.Sprint(device.Phone),
		"unwrapped error":     errors.Unwrap(&CallError{Err: errors.New("for +12015550123")}).Error(),
	} {
		assert.Contains(t, text, "+12015550123", name)
	}
	for name, text := range map[string]string{
		"%p of a pointer":         fmt.Sprintf("%p", refused),
		"unexported pointer":      fmt.Sprint(struct{ err *Error }{refused}),
		"%w of fmt.Errorf":        fmt.Errorf("call: %w", refused).Error(),
		"exported member":         fmt.Sprint(struct{ Device Device }{device}),
		"embedded type":           encode(struct{ Device }{device}),
		"element of a map":        fmt.Sprint(map[string]Device{"device": device}),
		"errors.Join":             errors.Join(refused, refused).Error(),
		"panic value as a string": fmt.Sprintf("%v", any(refused)),
	} {
		assert.NotContains(t, text, "+12015550123", name)
	}
}
