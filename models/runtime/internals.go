package runtime

import (
	"fmt"
	"reflect"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"
)

// The binding keeps the library's own objects to itself, and has no call for a
// bound run with options. They are read here and nowhere else, by the names of
// its fields: where a version of it names them otherwise this fails, sessions
// go on without binding, and TestInternals fails.

// pointerIn follows fields, by their names, to a pointer to one of the
// library's objects, whose C type must be of the name given.
func pointerIn(of any, kind string, fields ...string) (unsafe.Pointer, error) {
	v := reflect.ValueOf(of)
	for _, name := range fields {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return nil, fmt.Errorf("%T holds no %s", of, kind)
		}
		v = v.FieldByName(name)
	}
	if !v.IsValid() || v.Kind() != reflect.Pointer || v.IsNil() || v.Type().Elem().Name() != "_Ctype_struct_"+kind {
		return nil, fmt.Errorf("%T holds no %s", of, kind)
	}
	return v.UnsafePointer(), nil
}

func sessionOf(s *ort.DynamicAdvancedSession) (unsafe.Pointer, error) {
	return pointerIn(s, "OrtSession", "s", "ortSession")
}

func bindingOf(b *ort.IoBinding) (unsafe.Pointer, error) { return pointerIn(b, "OrtIoBinding", "o") }

func optionsOf(o *ort.RunOptions) (unsafe.Pointer, error) { return pointerIn(o, "OrtRunOptions", "o") }

func sessionOptionsOf(o *ort.SessionOptions) (unsafe.Pointer, error) {
	return pointerIn(o, "OrtSessionOptions", "o")
}
