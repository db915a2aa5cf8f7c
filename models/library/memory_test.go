package library

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"seewhy/models/prep"
)

func TestMemory(t *testing.T) {
	m := Memory{filepath.Join(t.TempDir(), "new", "folder")}
	hash := Hash([]byte("a model"))
	if _, ok, err := m.Load(hash); ok || err != nil {
		t.Fatalf("an empty memory: %v, %v", ok, err)
	}
	p, _ := prep.PresetByID("half")
	spec := p.Spec(prep.Size{Width: 32, Height: 32})
	want := Choices{Preprocess: &spec, Labels: []string{"a", "b"}, LabelsFrom: "chosen"}
	if err := m.Save(hash, want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := m.Load(hash)
	if err != nil || !ok || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v, %v", got, ok, err)
	}
	if left, _ := filepath.Glob(filepath.Join(m.Dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := m.Save(hash, Choices{}); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := m.Load(hash); ok || err != nil {
		t.Errorf("forgotten choices are there: %v, %v", ok, err)
	}
	if err := m.Save(hash, Choices{}); err != nil {
		t.Errorf("forgetting twice: %v", err)
	}
}

func TestMemoryIsCareful(t *testing.T) {
	m := Memory{t.TempDir()}
	hash := Hash(nil)
	for _, text := range []string{"", "{", `{"labels": 3}`, `{"preprocess": {"scale": 0}}`, "\x00\x01"} {
		if err := os.WriteFile(filepath.Join(m.Dir, hash+".json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := m.Load(hash); ok || err == nil || !strings.Contains(err.Error(), hash) {
			t.Errorf("%q: %v, %v", text, ok, err)
		}
	}
	for _, bad := range []string{"", "../../etc/passwd", strings.Repeat("g", 64), strings.ToUpper(hash)} {
		if _, _, err := m.Load(bad); err == nil {
			t.Errorf("Load(%q) is accepted", bad)
		}
		if err := m.Save(bad, Choices{Labels: []string{"a"}}); err == nil {
			t.Errorf("Save(%q) is accepted", bad)
		}
	}
	spec := prep.Spec{}
	if err := m.Save(hash, Choices{Preprocess: &spec}); err == nil {
		t.Error("a spec that Check refuses is saved")
	}
}

func TestRecent(t *testing.T) {
	m := Memory{t.TempDir()}
	dir := t.TempDir()
	name := func(i int) string { return filepath.Join(dir, fmt.Sprintf("%d.onnx", i)) }
	for i := range 25 {
		if err := os.WriteFile(name(i), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := m.AddRecent(name(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.AddRecent(name(20)); err != nil {
		t.Fatal(err)
	}
	os.Remove(name(24))
	got, err := m.Recent()
	if err != nil || len(got) != 19 || got[0] != name(20) || got[1] != name(23) {
		t.Errorf("%d, %v, %v", len(got), got[:2], err)
	}
	if err := os.WriteFile(filepath.Join(m.Dir, "recent.json"), []byte("}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Recent(); err == nil {
		t.Error("a damaged list is accepted")
	}
	if err := m.AddRecent(name(1)); err != nil {
		t.Fatal(err)
	}
	if got, err := m.Recent(); err != nil || len(got) != 1 {
		t.Errorf("begun anew: %v, %v", got, err)
	}
}

func TestHashFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	// FIPS 180-2, appendix B.1.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got, err := HashFile(path); err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	if got := Hash([]byte("abc")); got != want {
		t.Errorf("%s", got)
	}
	if _, err := HashFile(filepath.Dir(path)); err == nil {
		t.Error("a folder has a hash")
	}
	if _, err := HashFile(path + "x"); err == nil || !strings.Contains(err.Error(), "fx") {
		t.Errorf("an absent file: %v", err)
	}
}
