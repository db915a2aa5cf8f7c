package i18n_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"seewhy/assets/i18n"
)

// noErrors are folders and files whose errors no user of the program gets to
// see, by the reason.
var noErrors = map[string]string{
	"analysis/scene/cmd":           "the tool that draws the training scenes: its developers'",
	"app/internal/xdnd":            "the tests' hand that drops files on a window",
	"assets/gallery":               "of what is embedded, which tests read whole; the engine names a missing picture",
	"models/library/catalogue.go":  "of what is embedded: the program would not start",
	"models/runtime/letter.go":     "between the program and a process of its own: what goes wrong there ends that process, which is told",
	"models/runtime/guestchild.go": "between the program and a process of its own: what goes wrong there ends that process, which is told",
	"models/onnx/lower*.go":        "say why a fused node is left as it is; the node's missing rule is what is told",
	"ui/fake":                      "the tests' stand-in for the engine",
}

// untranslated are formats of errors that stay English, each with its reason.
var untranslated = map[string]string{
	"%d samples make no pairs":                                    "a fault of the program: a session is asked wrongly",
	"%d weights for %d samples, of which %v is wanted":            "a fault of the program: a session is asked wrongly",
	"the model gives no gradient of %q":                           "a fault of the program: a session is asked wrongly",
	"%s on %s: %w":                                                "Tell knows it by the method's name",
	"ONNX Runtime: an empty model cannot be described":            "a fault of the program: a session is asked wrongly",
	"a float16 scalar cannot be fed":                              "a fault of the program: a session is asked wrongly",
	"a guest runs tensors, not values":                            "a fault of the program: a session is asked wrongly",
	"a gradient of nothing was asked for":                         "a fault of the program: a session is asked wrongly",
	"a model with weights in data files must declare its outputs": "a fault of the program: a session is asked wrongly",
	"a session needs inputs and outputs, got %d and %d":           "a fault of the program: a session is asked wrongly",
	"no prelude": "caught where it is made",
	"parameters for a composite, and no composite": "a fault of the program: a method asks wrongly",
	"report: built-in font %d: %w":                 "of what is embedded",
	"report: font: %w":                             "of what is embedded",
	"the rule returned %d gradients for %d inputs": "a fault of the program: a rule does not fit its operator",
	"the session takes %d inputs, got %d tensors":  "a fault of the program: a session is asked wrongly",
	"there is no store %q":                         "a fault of the program: the settings page asks wrongly",
}

// makers are the functions, beside those of fmt and errors, whose text becomes
// an error's.
var makers = []string{"bad", "explain", "fail", "refused"}

// Every error that the program makes has a translation in every language, so
// that an error in an error in an error is translated as a whole.
func TestEveryErrorIsTranslated(t *testing.T) {
	formats := errorFormats(t)
	if len(formats) < 500 {
		t.Fatalf("only %d formats found: is the search broken?", len(formats))
	}
	for _, l := range i18n.Languages()[1:] {
		data, err := os.ReadFile(l.Tag + ".errors.json")
		if err != nil {
			t.Fatal(err)
		}
		var told map[string]string
		if err := json.Unmarshal(data, &told); err != nil {
			t.Fatal(err)
		}
		have := map[string]bool{}
		for key := range told {
			have[plainVerbs(key)] = true
		}
		for _, key := range i18n.Keys(l.Tag) {
			have[plainVerbs(key)] = true
		}
		for format, where := range formats {
			_, excepted := untranslated[format]
			switch found := have[plainVerbs(format)]; {
			case found && excepted:
				t.Errorf("%q is translated: it is no exception any more", format)
			case !found && !excepted:
				t.Errorf("%s.errors.json lacks %q (%s)", l.Tag, format, where)
			}
		}
	}
	for format := range untranslated {
		if formats[format] == "" {
			t.Errorf("no error says %q any more: take it out of the exceptions", format)
		}
	}
}

// plainVerbs makes the verbs that Tell treats alike the same.
func plainVerbs(format string) string {
	return regexp.MustCompile(`%(?:\[\d+\])?[-+#0]*[0-9.]*([a-zA-Z])`).ReplaceAllStringFunc(format, func(v string) string {
		if v = v[len(v)-1:]; v == "d" || v == "q" {
			return "%" + v
		}
		return "%v"
	})
}

// words says that a format has words of its own.
func words(format string) bool {
	return regexp.MustCompile(`[a-zA-Z]{2}`).MatchString(verb.ReplaceAllString(format, ""))
}

// errorFormats are the literal texts of errors, with where each is.
func errorFormats(t *testing.T) map[string]string {
	t.Helper()
	out, met := map[string]string{}, map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		skip := slices.Contains([]string{".git", "build", "dist", "testdata", "docs"}, d.Name())
		for pattern := range noErrors {
			if unseen, err := filepath.Match(filepath.Join("../..", pattern), path); err != nil || unseen {
				skip, met[pattern] = true, true
			}
		}
		switch {
		case skip && d.IsDir():
			return filepath.SkipDir
		case skip || d.IsDir():
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, isFunc := decl.(*ast.FuncDecl)
			ast.Inspect(decl, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 || !makesError(call.Fun, isFunc && f.Name.Name == "Error") {
					return true
				}
				if text, ok := constant(call.Args[0]); ok && words(text) {
					out[text] = set.Position(call.Pos()).String()
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range noErrors {
		if !met[pattern] {
			t.Errorf("%s is no more: take it out of the exceptions", pattern)
		}
	}
	return out
}

// makesError says that a function makes an error of its first argument; within
// a method Error all formatting does.
func makesError(f ast.Expr, within bool) bool {
	switch f := f.(type) {
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		name := f.Sel.Name
		return ok && (x.Name == "fmt" && (name == "Errorf" || within && name == "Sprintf") || x.Name == "errors" && name == "New")
	case *ast.Ident:
		return slices.Contains(makers, f.Name)
	}
	return false
}
