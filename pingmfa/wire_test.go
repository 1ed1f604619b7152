package pingmfa

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What answers are decoded into has every member of the generated models, under the same names and with the same
// types, but for what wire.go says.
func TestWireIsGenerated(t *testing.T) {
	require.Len(t, generated, 2)
	own := map[string]reflect.Type{
		"_links":    reflect.TypeFor[unread](),
		"createdAt": reflect.TypeFor[instant](),
		"updatedAt": reflect.TypeFor[instant](),
	}
	for wire, model := range generated {
		assert.Equal(t, model.NumField(), wire.NumField(), wire)
		for i := range model.NumField() {
			want := model.Field(i)
			got, ok := wire.FieldByName(want.Name)
			require.True(t, ok, "%s lacks %s", wire, want.Name)
			name, _, _ := strings.Cut(want.Tag.Get("json"), ",")
			assert.Equal(t, name, got.Tag.Get("json"), "%s.%s", wire, want.Name)
			if special, ok := own[name]; ok {
				assert.Equal(t, special, got.Type, name)
			} else {
				assert.Equal(t, want.Type, got.Type, name)
			}
		}
	}
}
