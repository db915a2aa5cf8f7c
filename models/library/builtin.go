package library

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed builtin
var builtinFiles embed.FS

// Builtin is a model inside the program.
type Builtin struct {
	// Name is what OpenBuiltin takes.
	Name    string
	Title   string
	About   string
	License string
	// Bytes is the size of the model file.
	Bytes int64
}

// Builtins lists the models inside the program by name.
func Builtins() []Builtin {
	files, err := fs.Glob(builtinFiles, "builtin/*.onnx")
	if err != nil {
		return nil
	}
	var out []Builtin
	for _, file := range files {
		b := Builtin{Name: strings.TrimSuffix(strings.TrimPrefix(file, "builtin/"), ".onnx")}
		b.Title = b.Name
		if st, err := fs.Stat(builtinFiles, file); err == nil {
			b.Bytes = st.Size()
		}
		if s, ok, err := builtinSidecar(b.Name); ok && err == nil {
			b.Title, b.About, b.License = s.Title, s.About, s.License
		}
		out = append(out, b)
	}
	return out
}

// OpenBuiltin gives a model's bytes and what its sidecar says. Layout, Width
// and Height are set where the sidecar sets them.
func OpenBuiltin(name string) (model []byte, found Found, err error) {
	model, err = builtinFiles.ReadFile("builtin/" + name + ".onnx")
	if err != nil {
		return nil, Found{}, fmt.Errorf("no model %q inside this program; it has %s", clean(name, maxLabel), strings.Join(builtinNames(), ", "))
	}
	found.Title = name
	s, ok, err := builtinSidecar(name)
	if err != nil {
		return nil, Found{}, err
	}
	if ok {
		s.into(&found, "the model's card in the program")
	}
	return model, found, nil
}

// BuiltinCard is the model's card, in Markdown.
func BuiltinCard(name string) (string, error) {
	data, err := builtinFiles.ReadFile("builtin/" + name + ".md")
	if err != nil {
		return "", fmt.Errorf("no card for a model %q inside this program", clean(name, maxLabel))
	}
	return string(data), nil
}

func builtinSidecar(name string) (Sidecar, bool, error) {
	file := name + ".json"
	data, err := builtinFiles.ReadFile("builtin/" + file)
	if err != nil {
		return Sidecar{}, false, nil
	}
	return ParseSidecar(file, data)
}

func builtinNames() []string {
	var names []string
	for _, b := range Builtins() {
		names = append(names, b.Name)
	}
	return names
}
