package i18n_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/assets/i18n"
)

// foreign are errors of Go, of the system and of ONNX Runtime.
var foreign = []string{
	"is a directory", "no space left on device", "no such file or directory", "permission denied", "unexpected EOF",
	"statat %s: path escapes from parent",
	"Failed to get a WebGPU adapter: No supported adapters",
}

// Every translation is of a text that the program has, as a whole; of a format
// of errors, which are put together from parts, its longest stretch of words or
// two fifths of that. What others say is not in the code.
func TestEveryTranslationIsUsed(t *testing.T) {
	texts := programTexts(t)
	if len(texts) < 1000 {
		t.Fatalf("only %d texts found: is the search broken?", len(texts))
	}
	var parts []string
	for text := range texts {
		for _, words := range verb.Split(text, -1) {
			parts = append(parts, strings.Trim(words, ":;, "))
		}
	}
	all := strings.Join(slices.Collect(maps.Keys(texts)), "\n")
	for _, l := range i18n.Languages()[1:] {
		for _, key := range i18n.Keys(l.Tag) {
			if !texts[key] {
				t.Errorf("%s.json: nothing says %q any more", l.Tag, key)
			}
		}
		data, err := os.ReadFile(l.Tag + ".errors.json")
		if err != nil {
			t.Fatal(err)
		}
		var errors map[string]string
		if err := json.Unmarshal(data, &errors); err != nil {
			t.Fatal(err)
		}
		for key := range errors {
			if slices.Contains(foreign, key) {
				continue
			}
			longest := ""
			for _, words := range verb.Split(key, -1) {
				if words = strings.Trim(words, ":;, "); len(words) > len(longest) {
					longest = words
				}
			}
			// "this is a HEIC picture, which ..." is said by "this is %s" + ", which ...".
			piece := func(part string) bool { return 5*len(part) >= 2*len(longest) && strings.Contains(key, part) }
			if !strings.Contains(all, longest) && !slices.ContainsFunc(parts, piece) {
				t.Errorf("%s.errors.json: no error says %q, as in %q", l.Tag, longest, key)
			}
		}
	}
}

// programTexts are the strings in the program's code, sums of them folded, and
// in the files about the models inside it.
func programTexts(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	var values func(v any)
	values = func(v any) {
		switch v := v.(type) {
		case string:
			out[v] = true
		case []any:
			for _, x := range v {
				values(x)
			}
		case map[string]any:
			for _, x := range v {
				values(x)
			}
		}
	}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "build", "dist", "testdata", "docs"}, d.Name()) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".json") && filepath.Base(filepath.Dir(path)) != "i18n" {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				return err
			}
			values(v)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if text, ok := constant(e); ok {
					out[text] = true
					return false
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
