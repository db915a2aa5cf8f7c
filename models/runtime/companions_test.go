package runtime

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCompanionsComeInTheOrderOfTheirNeeds(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"libcudnn.so.9", "libcublas.so.13", "libcudart.so.13", "libcublasLt.so.13",
		"libonnxruntime.so.1", "libcudnn_ops.so.9", "notes.txt",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, path := range companions(dir) {
		got = append(got, filepath.Base(path))
	}
	if want := []string{"libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13", "libcudnn.so.9"}; !slices.Equal(got, want) {
		t.Errorf("companions = %v, want %v", got, want)
	}
	if got := companions(filepath.Join(dir, "missing")); got != nil {
		t.Errorf("of a folder that is not there: %v", got)
	}
}

func TestLoadNamesWhatIsMissing(t *testing.T) {
	if err := load(filepath.Join(t.TempDir(), "libnone.so")); err == nil {
		t.Skip("this system loads companions by itself")
	} else if got := err.Error(); got == "" {
		t.Error("the error says nothing")
	}
}
