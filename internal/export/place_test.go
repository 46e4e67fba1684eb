package export_test

import (
	"reflect"
	"testing"

	"semblance/internal/export"
	"semblance/internal/photo"
)

// Where a photo was taken is shown to its owner and never exported: no document has room for it, so that no dialect can contain it.
func TestNoPlaceIsExported(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(path string, typ reflect.Type)
	look = func(path string, typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			look(path, typ.Elem())
		case reflect.Map:
			look(path, typ.Key())
			look(path, typ.Elem())
		case reflect.Struct:
			if typ == reflect.TypeFor[photo.GPS]() || typ == reflect.TypeFor[photo.Meta]() {
				t.Errorf("%s is a %v, which has the place", path, typ)
			}
			for i := range typ.NumField() {
				look(path+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		}
	}
	look("Document", reflect.TypeFor[export.Document]())
	if !seen[reflect.TypeFor[photo.Marks]()] {
		t.Error("the types of a document were not looked at")
	}
}
