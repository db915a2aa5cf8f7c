package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"seewhy/assets/i18n"
)

// Every literal text that is translated, everywhere in the program, has a
// translation in every language.
func TestEveryTextIsTranslated(t *testing.T) {
	used := literals(t)
	if len(used) < 50 {
		t.Fatalf("only %d texts found: is the search broken?", len(used))
	}
	for _, l := range i18n.Languages()[1:] {
		have := i18n.Keys(l.Tag)
		for text, where := range used {
			if !slices.Contains(have, text) {
				t.Errorf("%s lacks %q (%s)", l.Tag, text, where)
			}
		}
	}
}

// A translation takes the same arguments as its English text.
func TestTranslationsKeepTheirVerbs(t *testing.T) {
	for _, l := range i18n.Languages()[1:] {
		i18n.Use(l.Tag)
		for _, key := range i18n.Keys(l.Tag) {
			if got, want := verbs(i18n.T(key)), verbs(key); !slices.Equal(got, want) {
				t.Errorf("%s: %q takes %v, its translation %q takes %v", l.Tag, key, want, i18n.T(key), got)
			}
		}
	}
	i18n.Use("en")
}

// A key twice is what a merge of two lists leaves: the second one hides the
// first, and nobody knows which was meant.
func TestNoTextIsTranslatedTwice(t *testing.T) {
	files, _ := filepath.Glob("*.json")
	key := regexp.MustCompile(`(?m)^ ("(?:[^"\\]|\\.)*"): `)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range key.FindAllStringSubmatch(string(data), -1) {
			if seen[m[1]] {
				t.Errorf("%s has %s twice: keep one line", file, m[1])
			}
			seen[m[1]] = true
		}
		if len(seen) < 50 {
			t.Errorf("%s: only %d keys found: is the search broken?", file, len(seen))
		}
	}
}

func TestUse(t *testing.T) {
	defer i18n.Use("en")
	for locale, want := range map[string]string{"zh_CN.UTF-8": "zh-Hans", "zh": "zh-Hans", "en_GB": "en", "C": "en", "": "en", "zhx": "en"} {
		if i18n.Use(locale); i18n.Current() != want {
			t.Errorf("%q gives %s, want %s", locale, i18n.Current(), want)
		}
	}
	for locale, want := range map[string]bool{"zh_CN.UTF-8": true, "en_GB": true, "C": true, "POSIX": true, "C.UTF-8": true, "de": false, "zhx": false, "": false} {
		if i18n.Knows(locale) != want {
			t.Errorf("%q is known: %v, want %v", locale, !want, want)
		}
	}
	if i18n.Use("en"); i18n.T("100 %") != "100 %" || i18n.T("%d of %d", 1, 2) != "1 of 2" {
		t.Error("English is not shown as it is")
	}
}

// verb is one as fmt reads it: an argument's index comes after width and precision.
var verb = regexp.MustCompile(`%[-+#0]*[0-9.]*(?:\[(\d+)\])?([a-zA-Z%])`)

// verbs lists a format's verbs by argument, so that a reordered translation compares equal.
func verbs(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		at := next
		if m[1] != "" {
			at, _ = strconv.Atoi(m[1])
		}
		next = at + 1
		out = append(out, strconv.Itoa(at)+m[2])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func literals(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "build", "dist", "testdata", "docs"}, d.Name()) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok {
				// Notes and remarks carry their text as Key, to be translated where they are shown.
				if name, ok := kv.Key.(*ast.Ident); ok && name.Name == "Key" {
					if text, ok := constant(kv.Value); ok && strings.Contains(text, " ") {
						out[text] = set.Position(kv.Pos()).String()
					}
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if !translates(call.Fun) {
				return true
			}
			if text, ok := constant(call.Args[0]); ok {
				out[text] = set.Position(call.Pos()).String()
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

// translates says that a function translates its first argument: i18n.T, and
// what the command line makes its errors with.
func translates(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && x.Name == "i18n" && f.Sel.Name == "T"
	case *ast.Ident:
		return slices.Contains([]string{"usage", "unusable", "said"}, f.Name)
	}
	return false
}

// constant folds a string literal or a sum of them.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		l, okL := constant(e.X)
		r, okR := constant(e.Y)
		return l + r, okL && okR
	}
	return "", false
}
