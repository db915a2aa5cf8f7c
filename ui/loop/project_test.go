package loop

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

// page writes a report of maps by these methods, as the window does.
func page(t *testing.T, path string, styles []heatmap.Style, methods ...string) {
	t.Helper()
	var in []report.Input
	for i, m := range methods {
		k := task.Task{
			Schema: task.Schema, Method: m, Layer: "l1", Seed: uint64(i), Device: "cuda",
			Model:  task.ModelRef{Name: "net.onnx", Path: "/far/away/net.onnx", SHA256: "aa"},
			Image:  task.ImageRef{Name: "cat.png", Path: "/far/away/cat.png", SHA256: "bb", Width: 8, Height: 8},
			Target: task.Target{Kind: task.Margin, Class: 2, Rather: 1},
			Edits:  []task.Edit{{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{}, {X: .5, Y: 1}}}, Fill: task.FillGrey}},
			At:     []task.Shape{{Kind: task.Box, Points: []task.Point{{}, {X: .5, Y: .5}}}},
		}
		if m == "lrp" {
			k.Model.SHA256, k.Edits = "cc", nil
		}
		styles[i].Clip = float64(i) / 100
		in = append(in, report.Input{
			Photo: image.NewGray(image.Rect(0, 0, 8, 8)), Style: styles[i],
			Result: task.Result{Task: k, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}}, Region: prep.Region{X1: 8, Y1: 8}, Target: task.Score{Class: 2}, Top: []task.Score{{Class: 2}}},
		})
	}
	if err := report.WriteFile(path, in...); err != nil {
		t.Fatal(err)
	}
}

// A report that is dropped is opened as what it was made from: the picture and
// the model that lie beside it, and a pane for each of its maps.
func TestReportsAreOpenedAsWhatTheyShow(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "why.png")
	styles := []heatmap.Style{heatmap.DefaultStyle(), heatmap.DefaultStyle(), heatmap.DefaultStyle()}
	styles[1].Colormap = "viridis"
	page(t, path, styles, "gradcam", "saliency", "lrp")
	if err := os.WriteFile(filepath.Join(dir, "cat.png"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sorted := sortFiles(context.Background(), []string{path}).(state.FilesSorted)
	if sorted.Project != path || len(sorted.Images) != 0 {
		t.Fatalf("%+v", sorted)
	}
	read := readProject(path).(state.ProjectRead)
	if read.Err != "" {
		t.Fatal(read.Err)
	}
	s := read.Session
	if p := s.Pictures; len(p) != 1 || p[0].Path != filepath.Join(dir, "cat.png") || p[0].Missing || p[0].SHA256 != "bb" || len(p[0].Edits) != 1 || len(p[0].Box) != 1 {
		t.Errorf("pictures %+v", p)
	}
	if len(s.Panes) != 3 || s.LinkStyle {
		t.Fatalf("%d panes, one style %v", len(s.Panes), s.LinkStyle)
	}
	for i, p := range s.Panes {
		k := p.Task
		if k.Seed != uint64(i) || k.Layer != "l1" || k.Target.Rather != 1 || k.Device != "" || k.Image.SHA256 != "" || k.At != nil || p.Style.Clip != 0 || p.Style.Colormap != styles[i].Colormap || !p.Missing {
			t.Errorf("pane %d: %+v", i+1, p)
		}
		if p.Own != (i == 2) || p.Original != (i == 2) {
			t.Errorf("pane %d: a model of its own %v, the original %v", i+1, p.Own, p.Original)
		}
	}
	// Clips differ by map and are no difference of style.
	styles[1].Colormap = styles[0].Colormap
	page(t, path, styles, "gradcam", "saliency")
	if read = readProject(path).(state.ProjectRead); !read.Session.LinkStyle || read.Err != "" {
		t.Errorf("one style is taken for two; %s", read.Err)
	}
	// Among photos a report is a picture like others, and a plain PNG is no report.
	photo := filepath.Join("testdata", "..", "..", "fake", "fake.go")
	sorted = sortFiles(context.Background(), []string{path, photo}).(state.FilesSorted)
	if len(sorted.Images) != 1 || sorted.Project != "" {
		t.Errorf("%+v", sorted)
	}
	// One that is cut off says so.
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), "SeeWhy.Task")
	cut := filepath.Join(dir, "cut.png")
	if err := os.WriteFile(cut, data[:at+40], 0o600); err != nil {
		t.Fatal(err)
	}
	if read = readProject(cut).(state.ProjectRead); read.Err == "" {
		t.Error("half a report is opened")
	}
}
