package engine_test

import (
	"context"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

func boxed(x0, y0, x1, y1 float64, f task.Fill) task.Edit {
	return task.Edit{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}, Fill: f}
}

// galleryTask is the built-in model on a picture of the gallery.
func galleryTask(t *testing.T, ref, method string) (engineOf, task.Task) {
	t.Helper()
	e := open(t)
	m, err := e.OpenModel(context.Background(), e.KnownModels()[0].Ref, nil)
	if err != nil {
		t.Fatal(err)
	}
	img, err := e.OpenImage(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return e, task.Task{Model: m.Ref, Image: img.Ref, Method: method, Target: task.Target{Class: task.AutoClass}}
}

type engineOf interface {
	Predict(context.Context, task.Task) (task.Prediction, error)
	Explain(context.Context, task.Task, task.Progress) (task.Result, error)
	Superpixels(context.Context, task.ImageRef, task.Superpixels, int) (task.Segments, error)
}

func TestEditsAreWhatTheModelSees(t *testing.T) {
	ctx := context.Background()
	e, with := galleryTask(t, "gallery:04-cat", "gradcam")
	before, err := e.Predict(ctx, with)
	if err != nil {
		t.Fatal(err)
	}
	with.Edits = []task.Edit{boxed(-1, -1, 2, 2, task.FillGrey)}
	grey, err := e.Predict(ctx, with)
	if err != nil {
		t.Fatal(err)
	}
	if changed := task.Changes(before, grey); changed[0].Probability() == 0 {
		t.Errorf("a grey picture is answered as the cat is: %+v", changed[0])
	}
	for y := range grey.Seen.Bounds().Dy() {
		if r, g, b, _ := grey.Seen.At(y, y).RGBA(); r>>8 != 128 || g>>8 != 128 || b>>8 != 128 {
			t.Fatalf("the model saw %d, %d, %d at %d, %d of a grey picture", r>>8, g>>8, b>>8, y, y)
		}
	}
	r, err := e.Explain(ctx, with, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Top[0] != grey.Scores[grey.Order[0]] || len(r.Task.Edits) != 1 {
		t.Errorf("explained is %+v with %d edits, predicted %+v", r.Top[0], len(r.Task.Edits), grey.Scores[grey.Order[0]])
	}
	with.Edits = append(with.Edits, boxed(-1, -1, 2, 2, task.FillRestore))
	restored, err := e.Predict(ctx, with)
	if err != nil {
		t.Fatal(err)
	}
	for c, s := range restored.Scores {
		if s != before.Scores[c] {
			t.Fatalf("class %d is %+v after restoring, %+v before", c, s, before.Scores[c])
		}
	}
	with.Edits[1].Points = nil
	if _, err := e.Predict(ctx, with); err == nil || !strings.Contains(err.Error(), "edit 2: a box has two corners, not 0 points") {
		t.Errorf("a box without corners: %v", err)
	}
}

func TestSuperpixels(t *testing.T) {
	ctx := context.Background()
	e, with := galleryTask(t, "gallery:04-cat", "gradcam")
	for kind, most := range map[task.Superpixels]int{task.SLIC: 200, task.Quickshift: 3000} {
		s, err := e.Superpixels(ctx, with.Image, kind, 0)
		if err != nil {
			t.Fatal(err)
		}
		if s.Count < 20 || s.Count > most || len(s.Of) != s.Width*s.Height {
			t.Errorf("%s: %d pieces of %d x %d", kind, s.Count, s.Width, s.Height)
		}
		again, _ := e.Superpixels(ctx, with.Image, kind, 100)
		if &again.Of[0] != &s.Of[0] {
			t.Errorf("%s is computed again", kind)
		}
	}
	if _, err := e.Superpixels(ctx, with.Image, "voronoi", 0); err == nil {
		t.Error("superpixels of an unknown kind")
	}
	if _, err := e.Superpixels(ctx, with.Image, task.SLIC, 1<<20); err == nil {
		t.Error("a million superpixels")
	}
}
