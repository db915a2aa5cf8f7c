package library

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seewhy/models/prep"
)

// write makes files in a new folder and returns the path of model.onnx there.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "model.onnx")
}

// TestSharedModels: the sidecars that describe the shared models for the
// engine's tests hold, name a preset that makes the same values, and fit the
// number of labels.
func TestSharedModels(t *testing.T) {
	data, err := os.ReadFile("testdata/shared_models.json")
	if err != nil {
		t.Fatal(err)
	}
	var models map[string]struct {
		Preset   string
		Sidecar  json.RawMessage
		Labels   string
		Pictures string
	}
	if err := json.Unmarshal(data, &models); err != nil {
		t.Fatal(err)
	}
	if len(models) != 16 {
		t.Errorf("%d models", len(models))
	}
	shared := filepath.Join("..", "..", "..", "shared")
	_, err = os.Stat(shared)
	there := err == nil
	for name, m := range models {
		s, ok, err := ParseSidecar(name, m.Sidecar)
		if err != nil || !ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p, ok := prep.PresetByID(m.Preset)
		if !ok {
			t.Errorf("%s: no preset %q", name, m.Preset)
			continue
		}
		want := p.Spec(prep.Size{Width: s.Input.Width, Height: s.Input.Height})
		got := *s.Prep
		slim := func(s prep.Spec) string {
			s.Resize, s.Crop = prep.Resize{}, prep.Size{}
			text, _ := json.Marshal(s)
			return string(text)
		}
		if slim(got) != slim(want) && m.Preset != "tensorflow" {
			t.Errorf("%s: values %s, the preset's are %s", name, slim(got), slim(want))
		}
		if !there {
			continue
		}
		if _, err := os.Stat(filepath.Join(shared, "models", name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, path := range []string{m.Labels, m.Pictures} {
			if path == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(shared, path)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestSharedLabels reads every label file there as what it is.
func TestSharedLabels(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "labels")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no ../shared/labels beside the repository")
	}
	for name, want := range map[string]struct {
		n           int
		first, last string
	}{
		"synset.txt":       {1000, "tench, Tinca tinca", "toilet tissue, toilet paper, bathroom tissue"},
		"synset_words.txt": {1000, "tench, Tinca tinca", "toilet tissue, toilet paper, bathroom tissue"},
		"cifar10.txt":      {10, "airplane", "truck"},
		"coco80.names":     {80, "person", "toothbrush"},
		"fer2013.txt":      {7, "angry", "neutral"},
		"vww.txt":          {2, "no_person", "person"},
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseLabels(name, data)
		if err != nil || len(got) != want.n || got[0] != want.first || got[len(got)-1] != want.last {
			t.Errorf("%s: %d labels, %q, %q, %v", name, len(got), got[0], got[len(got)-1], err)
		}
	}
	index, err := os.ReadFile(filepath.Join(dir, "imagenet_class_index.json"))
	if err != nil {
		t.Fatal(err)
	}
	model := write(t, map[string]string{"imagenet_class_index.json": string(index)})
	found, problems := Discover(model, nil, []int{-1, 3, 224, 224}, 1000)
	if len(problems) > 0 || found.LabelsFrom != "imagenet_class_index.json" {
		t.Fatalf("%v, labels from %q", problems, found.LabelsFrom)
	}
	// The program's own list is in the same order: the names are mostly alike.
	same := 0
	for i, l := range ImageNetLabels() {
		if strings.EqualFold(found.Labels[i], l) {
			same++
		}
	}
	if same < 900 {
		t.Errorf("%d of 1000 names are those of the built-in list", same)
	}
}

func TestImageNetLabels(t *testing.T) {
	l := ImageNetLabels()
	if len(l) != 1000 || l[0] != "tench" || l[207] != "golden retriever" || l[999] != "toilet tissue" {
		t.Errorf("%d labels: %q, %q, %q", len(l), l[0], l[207], l[999])
	}
	if slices.Contains(l, "") {
		t.Error("a class without a name")
	}
}
