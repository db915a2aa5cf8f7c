package runtime

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	write := func(dir, name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, empty, old := t.TempDir(), t.TempDir(), t.TempDir()
	file := write(good, names()[0], "library")
	write(empty, names()[0], "")
	write(old, "libonnxruntime.so.1.21.0", "library")
	if err := os.Symlink(filepath.Join(old, "libonnxruntime.so.1.21.0"), filepath.Join(old, names()[0])); err != nil {
		t.Fatal(err)
	}

	t.Setenv(Env, "")
	for _, path := range []string{file, good} {
		if got, err := Find(path); err != nil || got != file {
			t.Errorf("Find(%s) = %s, %v", path, got, err)
		}
	}
	t.Setenv(Env, good)
	if got, err := Find(""); err != nil || got != file {
		t.Errorf("through the environment: %s, %v", got, err)
	}
	if _, err := Find(empty); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("an explicit empty file: %v", err)
	}
	t.Setenv(Env, filepath.Join(good, "missing"))
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), Env) {
		t.Errorf("a wrong environment variable must not be passed over: %v", err)
	}

	got, err := first([]place{{"old", old}, {"empty", empty}, {"good", good}})
	if err != nil || got != file {
		t.Errorf("first = %s, %v", got, err)
	}
	_, err = first([]place{{"the system", old}, {"the app's cache", empty}, {"beside the program", t.TempDir()}})
	if err == nil {
		t.Fatal("want an error")
	}
	for _, want := range []string{"1.21 is too old", "the file is empty", "no such library there", "the app's cache", "scripts/onnxruntime.sh", Env, Pinned} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
}

func TestOpen(t *testing.T) {
	l := library(t)
	if again, err := Open(l.Path()); err != nil || again != l {
		t.Errorf("a second Open = %p, %v, want %p", again, err, l)
	}
	if !strings.HasPrefix(l.Version(), "1.") {
		t.Errorf("version %q", l.Version())
	}
	if _, err := Open(filepath.Join(t.TempDir(), "other.so")); err == nil || !strings.Contains(err.Error(), "loaded already") {
		t.Errorf("another file: %v", err)
	}
}

// The script that fetches the library and this package agree on the version.
func TestPinnedVersion(t *testing.T) {
	script, err := os.ReadFile("../../scripts/onnxruntime.sh")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(script), "version="+Pinned+"\n") {
		t.Errorf("scripts/onnxruntime.sh does not say version=%s", Pinned)
	}
}
