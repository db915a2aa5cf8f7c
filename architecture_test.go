// Package seewhy_test holds the rule of who may import whom.
package seewhy_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed lists, for each package, the packages of this module that it may
// import. A package without a row fails the test: write its row when you
// write the package, and think about the direction of each arrow.
var allowed = map[string][]string{
	"models/tensor":           {},
	"models/onnx/internal/pb": {},
	"models/onnx":             {"models/onnx/internal/pb", "models/tensor"},
	"models/grad":             {"models/fuse", "models/onnx", "models/tensor"},
	"models/fuse":             {"models/onnx"},
	"models/runtime":          {"models/fuse", "models/onnx", "models/tensor"},
	"models/prep":             {"models/tensor"},
	"models/library":          {"models/onnx", "models/prep", "models/tensor", "analysis/task"},

	"analysis/task":             {"models/prep"},
	"analysis/target":           {"analysis/task"},
	"analysis/edit":             {"analysis/task"},
	"analysis/region":           {"analysis/edit", "analysis/task", "models/prep"},
	"analysis/method":           {"analysis/task", "analysis/segment", "analysis/heatmap", "models/tensor"},
	"analysis/segment":          {"models/tensor"},
	"analysis/measure":          {"analysis/task", "analysis/method", "models/tensor"},
	"analysis/heatmap":          {"analysis/task", "models/prep"},
	"analysis/scene":            {},
	"analysis/scene/cmd/scenes": {"analysis/scene", "assets/gallery"},
	"analysis/engine": {
		"models/tensor", "models/onnx", "models/fuse", "models/grad", "models/runtime", "models/prep", "models/library",
		"analysis/target", "analysis/task", "analysis/method", "analysis/segment", "analysis/measure", "analysis/heatmap", "analysis/scene",
		"analysis/report", "assets/gallery", "assets/i18n", "analysis/edit", "analysis/region",
	},
	"analysis/report": {"analysis/edit", "analysis/region", "analysis/target", "analysis/task", "analysis/heatmap", "models/prep", "assets/i18n", "assets/icon"},

	"assets/i18n":    {},
	"assets/icon":    {},
	"assets/gallery": {"analysis/scene"},

	"ui/session": {"analysis/edit", "analysis/target", "analysis/task", "analysis/heatmap", "models/prep"},
	"ui/graph":   {"analysis/task"},
	"ui/state":   {"ui/graph", "ui/view", "ui/session", "analysis/edit", "analysis/region", "analysis/target", "analysis/task", "analysis/heatmap", "models/prep", "assets/i18n"},
	"ui/look":    {},
	"ui/widget":  {"ui/graph", "ui/look", "ui/view", "analysis/edit", "analysis/region", "analysis/task", "analysis/heatmap", "models/prep", "assets/i18n"},
	"ui/loop":    {"ui/graph", "ui/state", "ui/session", "ui/view", "analysis/edit", "analysis/region", "analysis/task", "analysis/heatmap", "analysis/report", "models/prep", "assets/i18n"},
	"ui/view":    {"analysis/task", "analysis/heatmap", "models/prep", "assets/i18n"},
	"ui/fake":    {"ui/state", "ui/loop", "analysis/edit", "analysis/region", "analysis/target", "analysis/task", "analysis/heatmap", "models/prep"},
	"ui/screen": {
		"ui/graph", "ui/state", "ui/session", "ui/look", "ui/widget", "ui/loop", "ui/view",
		"analysis/edit", "analysis/region", "analysis/target", "analysis/task", "analysis/heatmap", "models/prep", "assets/i18n",
	},
	"ui": {
		"ui/state", "ui/session", "ui/look", "ui/widget", "ui/loop", "ui/view", "ui/screen",
		"analysis/task", "analysis/heatmap", "analysis/report", "models/prep", "assets/i18n", "assets/icon",
	},

	"app": {
		"app/cli", "app/internal/clipboard", "app/internal/clocale", "ui", "analysis/engine", "models/library", "models/runtime", "assets/icon",
	},
	"app/internal/clipboard": {},
	"app/internal/clocale":   {},
	"app/internal/xdnd":      {},
	// The command line knows no window: its tests need no screen.
	"app/cli": {
		"analysis/engine", "analysis/target", "analysis/task", "analysis/method", "analysis/heatmap", "analysis/report",
		"analysis/edit", "analysis/region", "models/prep", "models/library", "assets/i18n",
	},
}

// ownC lists our own files with C in them: a few calls of the runtime library
// that the binding does not make, and two of the C library, to load what lies
// beside the runtime library and to give memory back. They stand where the
// binding's C stands already.
var ownC = map[string][]string{"models/runtime": {"capi.go", "capi_unix.go", "companions_linux.go", "frugal_linux.go", "kernels.go", "signalstack_linux.go"}}

// A wall keeps packages from depending, at any remove, on others.
type wall struct {
	why string
	// packages that start with one of these ...
	of []string
	// ... except these ...
	except []string
	// ... may not depend on import paths that start with one of these.
	on []string
}

var walls = []wall{
	{
		why: "models and analysis know no window",
		of:  []string{"seewhy/models/", "seewhy/analysis/", "seewhy/assets/"},
		on:  []string{"fyne.io/", "seewhy/ui", "seewhy/app"},
	},
	{
		why: "the window knows no ONNX: it tests without cgo",
		of:  []string{"seewhy/ui"},
		on:  []string{"seewhy/models/onnx", "seewhy/models/grad", "seewhy/models/runtime", "seewhy/analysis/engine", "github.com/yalue/", "google.golang.org/protobuf"},
	},
	{
		why: "what is computed is apart from what is drawn",
		of:  []string{"seewhy/ui/state"},
		on:  []string{"fyne.io/"},
	},
	{
		why:    "models/runtime is the one door to the C library",
		of:     []string{"seewhy/"},
		except: []string{"seewhy/models/runtime", "seewhy/analysis/engine", "seewhy/app"},
		on:     []string{"github.com/yalue/"},
	},
	{
		why: "a method sees a model only through its Session",
		of:  []string{"seewhy/analysis/method", "seewhy/analysis/measure", "seewhy/analysis/segment"},
		on:  []string{"seewhy/models/onnx", "seewhy/models/grad", "google.golang.org/protobuf"},
	},
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	CgoFiles   []string
}

// packages asks the go command for all packages of the module.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,CgoFiles", "./...").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.ImportPath != "seewhy" { // this test's own folder
			all = append(all, p)
		}
	}
	return all
}

func TestWhoImportsWhom(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "seewhy/")
		row, ok := allowed[name]
		if !ok {
			t.Errorf("%s has no row in the table of allowed imports", name)
			continue
		}
		for _, to := range p.Imports {
			if to, ours := strings.CutPrefix(to, "seewhy/"); ours && !slices.Contains(row, to) {
				t.Errorf("%s imports %s, which its row does not allow", name, to)
			}
		}
		if len(p.CgoFiles) > 0 && !slices.Equal(p.CgoFiles, ownC[name]) {
			t.Errorf("%s has C of its own in %v: only the ONNX Runtime binding, the window toolkit and %v may", name, p.CgoFiles, ownC)
		}
	}
}

func TestWalls(t *testing.T) {
	starts := func(path string, prefixes []string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
	}
	for _, p := range packages(t) {
		for _, w := range walls {
			if !starts(p.ImportPath, w.of) || starts(p.ImportPath, w.except) {
				continue
			}
			for _, to := range p.Deps {
				if starts(to, w.on) {
					t.Errorf("%s depends on %s, but %s", p.ImportPath, to, w.why)
				}
			}
		}
	}
}
