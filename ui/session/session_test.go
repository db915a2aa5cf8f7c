package session

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func sample() Session {
	pane := Pane{
		Task: task.Task{
			Schema: task.Schema, Model: task.ModelRef{Name: "honest", Path: "builtin:honest", SHA256: "aa"}, Method: "saliency", Layer: "l1",
			Target: task.Target{Kind: task.Margin, Class: 2, Rather: 1}, Params: map[string]float64{"n": 7}, Seed: 5,
		},
		Params: map[string]map[string]float64{"lime": {"samples": 100}},
		Style:  heatmap.DefaultStyle(), Wiped: true, Wipe: 0.25,
	}
	second := pane
	second.Own, second.Show, second.A, second.B, second.Original = true, "difference", 0, -1, true
	return Session{
		Format: Format, Version: Version,
		Pictures: []Picture{{Path: "gallery:a", Name: "A"}, {Path: "/pictures/b ü.png", Name: "b ü.png", SHA256: "bb", Mark: Rejected, Note: "the horizon is 斜", Edits: strokes(), Regions: []task.Region{{Name: "face", Shapes: []task.Shape{strokes()[0].Shape}}}, Box: []task.Shape{strokes()[1].Shape}}},
		Selected: 1, Panes: []Pane{pane, second}, Active: 1, Solo: true, LinkView: true,
		Filter: Filter{Text: "b ü", Mark: Unmarked, Low: 0.25, High: 0.5, Warning: Wrong, Sort: ByConfidence, Descending: true},
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, sample()); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(&b)
	if err != nil || !reflect.DeepEqual(got, sample()) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, sample())
	}
}

// A session keeps every target of the table, and no other.
func TestTargets(t *testing.T) {
	for _, k := range append(target.IDs(), "loss", "") {
		s := sample()
		s.Panes[0].Task.Target.Kind = task.TargetKind(k)
		var b bytes.Buffer
		err := Encode(&b, s)
		if target.Known(task.TargetKind(k)) != (err == nil) {
			t.Errorf("target %q: %v", k, err)
		}
		if got, err := Decode(&b); s.Panes[0].Task.Target.Kind == target.Finer && (err != nil || got.Panes[0].Task.Target.Kind != target.Finer) {
			t.Errorf("target %q is read as %v, %v", k, got, err)
		}
	}
}

func TestWhatCannotBeUsedIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Session){
		"selected":  func(s *Session) { s.Selected = 2 },
		"mark":      func(s *Session) { s.Pictures[0].Mark = "x" },
		"note":      func(s *Session) { s.Pictures[0].Note = strings.Repeat("x", MaxNote+1) },
		"filter":    func(s *Session) { s.Filter.Mark = "x" },
		"range":     func(s *Session) { s.Filter.High = 1.5 },
		"warning":   func(s *Session) { s.Filter.Warning = "x" },
		"sort":      func(s *Session) { s.Filter.Sort = "x" },
		"text":      func(s *Session) { s.Filter.Text = strings.Repeat("x", maxText+1) },
		"no pane":   func(s *Session) { s.Panes = nil },
		"panes":     func(s *Session) { s.Panes = make([]Pane, 10) },
		"active":    func(s *Session) { s.Active = -1 },
		"own":       func(s *Session) { s.Panes[0].Own = true },
		"kind":      func(s *Session) { s.Panes[1].Task.Target.Kind = "x" },
		"class":     func(s *Session) { s.Panes[1].Task.Target.Class = -2 },
		"size":      func(s *Session) { s.Panes[1].Task.Size.Width = 160 },
		"large":     func(s *Session) { s.Panes[1].Task.Size = prep.Size{Width: maxInput + 1, Height: 1} },
		"rather":    func(s *Session) { s.Panes[1].Task.Target.Rather = 1 << 30 },
		"show":      func(s *Session) { s.Panes[1].Show = "x" },
		"source":    func(s *Session) { s.Panes[1].A = 9 },
		"wipe":      func(s *Session) { s.Panes[0].Wipe = 2 },
		"colours":   func(s *Session) { s.Panes[0].Style.Colormap = "x" },
		"alpha":     func(s *Session) { s.Panes[0].Style.Alpha = -1 },
		"contours":  func(s *Session) { s.Panes[0].Style.Contours = 1000 },
		"mode":      func(s *Session) { s.Panes[0].Style.Mode = "x" },
		"task":      func(s *Session) { s.Panes[0].Task.Schema = 99 },
		"prep":      func(s *Session) { s.Panes[0].Task.Preprocess.Scale = 1 },
		"many":      func(s *Session) { s.Pictures = make([]Picture, maxPictures+1) },
		"parameter": func(s *Session) { s.Panes[0].Params = manyParams() },
	} {
		s := sample()
		change(&s)
		if err := Encode(&bytes.Buffer{}, s); err == nil {
			t.Errorf("%s is written", name)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "seewhy", "another format": `{"format":"x","version":1}`, "a list": `[]`,
		"a wrong type": `{"format":"seewhy-session","version":1,"panes":"x"}`, "cut": `{"format":"seewhy-session","version":1,"pan`,
		"much": strings.Repeat(" ", maxBytes+1),
	} {
		if _, err := Decode(strings.NewReader(text)); err == nil || errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(strings.NewReader(`{"format":"seewhy-session","version":2,"panes":"other"}`)); !errors.Is(err, ErrVersion) {
		t.Errorf("another version: %v", err)
	}
}

func manyParams() map[string]map[string]float64 {
	values := map[string]float64{}
	for i := range maxParams + 1 {
		values[strings.Repeat("x", i)] = 1
	}
	return map[string]map[string]float64{"lime": values}
}

func TestFilesAreReplacedWholeAndNamedInFull(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("c.png", []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := sample()
	s.Pictures = append(s.Pictures, Picture{Path: "c.png"})
	s.Pictures[1].Path = "/elsewhere/d.png"
	s.Panes[1].Task.Model.Path = `C:\nets\net.onnx`
	if unread, err := s.Hash(t.Context()); unread != 0 || err != nil {
		t.Errorf("%d unread, %v", unread, err)
	}
	path := filepath.Join("deep", "er", "s.seewhy")
	if err := Write(path, s); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	// echo -n abc | sha256sum
	want := Picture{Path: filepath.Join(here, "c.png"), SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
	if !reflect.DeepEqual(got.Pictures[2], want) {
		t.Errorf("got %+v, want %+v", got.Pictures[2], want)
	}
	if got.Pictures[0].Missing || !got.Pictures[1].Missing || got.Panes[0].Missing || !got.Panes[1].Missing {
		t.Errorf("found %+v", got)
	}
	// What lies beside the file is found there.
	for _, name := range []string{"d.png", "net.onnx"} {
		if err := os.WriteFile(filepath.Join("deep", "er", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err = Read(path); err != nil || got.Pictures[1].Missing || got.Panes[1].Missing || filepath.Base(got.Panes[1].Task.Model.Path) != "net.onnx" {
		t.Errorf("%v, found %+v", err, got)
	}
	// A session that cannot be written leaves the old one and nothing else.
	bad := s
	bad.Active = 7
	if Write(path, bad) == nil {
		t.Error("a damaged session was written")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
	to, err := Aside(path)
	if _, gone := os.Stat(path); err != nil || gone == nil {
		t.Errorf("not moved: %v", err)
	}
	if _, err := Read(to); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Encode(&b, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":"seewhy-session","version":1,"panes":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		if err := Encode(&bytes.Buffer{}, s); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
