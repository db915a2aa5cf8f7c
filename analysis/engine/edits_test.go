package engine_test

import (
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/engine"
	"seewhy/analysis/task"
)

func boxed(x0, y0, x1, y1 float64, f task.Fill) task.Edit {
	return task.Edit{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}, Fill: f}
}

// galleryTask is the built-in model on a picture of the gallery.
func galleryTask(t *testing.T, ref, method string) (*engine.Engine, task.Task) {
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
	if best := before.Order[0]; grey.Scores[best] == before.Scores[best] {
		t.Errorf("a grey picture is answered as the cat is: %+v", grey.Scores[best])
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
	if len(r.Before) != len(r.Top) {
		t.Fatalf("%d answers before of %d", len(r.Before), len(r.Top))
	}
	was := false
	for i, s := range r.Top {
		if r.Before[i] != before.Scores[s.Class] {
			t.Errorf("before, class %d was %+v, not %+v", s.Class, before.Scores[s.Class], r.Before[i])
		}
		was = was || s.Class == before.Order[0]
	}
	if !was {
		t.Error("the class that was the most probable is not listed")
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
	s, err := e.Superpixels(ctx, with.Image, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Count < 20 || s.Count > 200 || len(s.Of) != s.Width*s.Height {
		t.Errorf("%d pieces of %d x %d", s.Count, s.Width, s.Height)
	}
	again, _ := e.Superpixels(ctx, with.Image, 100)
	if &again.Of[0] != &s.Of[0] {
		t.Error("they are computed again")
	}
	if _, err := e.Superpixels(ctx, with.Image, 1<<20); err == nil {
		t.Error("a million superpixels")
	}
}

// Mended under a moving brush, inputs and answers are those of a fresh engine,
// bit for bit, also when several strokes are asked for at once.
func TestUnderABrushAnswersAreThoseOfTheWhole(t *testing.T) {
	ctx := context.Background()
	e, base := galleryTask(t, "gallery:04-cat", "gradcam")
	base.Device = "cpu"
	tasks := []task.Task{base}
	stroke := task.Edit{Shape: task.Shape{Kind: task.Brush, Radius: 0.04}, Fill: task.FillBlur}
	for i := range 6 {
		stroke.Points = append(stroke.Points, task.Point{X: 0.2 + 0.1*float64(i), Y: 0.3 + 0.05*float64(i*i%7)})
		next := base
		next.Edits = []task.Edit{stroke}
		next.Edits[0].Points = slices.Clone(stroke.Points)
		tasks = append(tasks, next)
	}
	more := base
	more.Edits = append(slices.Clone(tasks[6].Edits), boxed(0.3, 0.3, 0.5, 0.6, task.FillInpaint))
	tasks = append(tasks, more, tasks[2], base)
	answers := make([]task.Prediction, len(tasks))
	var group sync.WaitGroup
	for i := range tasks {
		group.Go(func() {
			var err error
			if answers[i], err = e.Predict(ctx, tasks[i]); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i, x := range tasks {
		fresh := open(t)
		if _, err := fresh.OpenModel(ctx, fresh.KnownModels()[0].Ref, nil); err != nil {
			t.Fatal(err)
		}
		want, err := fresh.Predict(ctx, x)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want.Scores, answers[i].Scores) {
			t.Errorf("task %d: %v, a fresh engine says %v", i, answers[i].Scores[0], want.Scores[0])
		}
		if !slices.Equal(want.Seen.(*image.RGBA).Pix, answers[i].Seen.(*image.RGBA).Pix) {
			t.Errorf("task %d: the model saw another picture than with a fresh engine", i)
		}
	}
}

// Everything that asks the model asks it about the edited picture: under a grey
// sheet, any two pictures of the same size answer the same, and otherwise than
// without it.
func TestEditsReachEveryQuestion(t *testing.T) {
	ctx := context.Background()
	answers := func(ref string, edits ...task.Edit) (layers []task.LayerMap, norms []task.LayerNorm, part task.Prediction) {
		e, q := galleryTask(t, ref, "gradcam")
		q.Target.Class = 3
		q.Edits = edits
		layers, err := e.Sweep(ctx, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		if norms, err = e.GradientNorms(ctx, q, nil); err != nil {
			t.Fatal(err)
		}
		q.Method = "lime"
		q.Params = map[string]float64{"samples": 20}
		r, err := e.Explain(ctx, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		if part, err = e.Toggle(ctx, r.Task, *r.Segments, []int{0}); err != nil {
			t.Fatal(err)
		}
		return layers, norms, part
	}
	sheet := boxed(-1, -1, 2, 2, task.FillGrey)
	layers, norms, part := answers("gallery:04-cat", sheet)
	layersToo, normsToo, partToo := answers("gallery:05-fish", sheet)
	plain, plainNorms, plainPart := answers("gallery:04-cat")
	for i, l := range layers {
		if !slices.Equal(l.Map.Values, layersToo[i].Map.Values) {
			t.Errorf("the map at %s is not that of a grey picture", l.Layer.Value)
		}
		if slices.Equal(l.Map.Values, plain[i].Map.Values) {
			t.Errorf("the map at %s is that of the picture without the sheet", l.Layer.Value)
		}
	}
	if !reflect.DeepEqual(norms, normsToo) {
		t.Errorf("gradients %v, of another grey picture %v", norms, normsToo)
	}
	if reflect.DeepEqual(norms, plainNorms) || slices.Equal(part.Scores, plainPart.Scores) {
		t.Error("the answers are those of the picture without the sheet")
	}
	if !slices.Equal(part.Scores, partToo.Scores) {
		t.Errorf("with a segment off %v, of another grey picture %v", part.Scores, partToo.Scores)
	}
}

// A stroke on a photograph of 12 million pixels, radius 3 % of its longer side,
// drawn on point by point, 60 pixels a step. "forward" is the pass alone: the same
// on a small picture.
func BenchmarkBrush(b *testing.B) {
	e := open(b)
	ctx := context.Background()
	model := openShared(b, e, "squeezenet1.1-caffe-fp32.onnx")
	photo := filepath.Join(b.TempDir(), "photo.png")
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*i>>9) ^ uint8(i>>14)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	out, err := os.Create(photo)
	if err != nil {
		b.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(out, img); err != nil {
		b.Fatal(err)
	}
	out.Close()
	info, err := e.OpenImage(ctx, photo)
	if err != nil {
		b.Fatal(err)
	}
	base := task.Task{Model: model.Ref, Image: info.Ref, Target: task.Target{Class: task.AutoClass}, Device: "cpu"}
	if _, err := e.Predict(ctx, base); err != nil {
		b.Fatal(err)
	}
	b.Run("forward", func(b *testing.B) {
		small := base
		if info, err = e.OpenImage(ctx, "gallery:04-cat"); err != nil {
			b.Fatal(err)
		}
		small.Image = info.Ref
		for n := 0; b.Loop(); n++ {
			small.Edits = []task.Edit{boxed(0.5, 0.5, 0.6, 0.5+1e-4*float64(n+100), task.FillGrey)}
			if _, err := e.Predict(ctx, small); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, fill := range []task.Fill{task.FillBlur, task.FillMean, task.FillInpaint} {
		b.Run(string(fill), func(b *testing.B) {
			t := base
			for n := 0; b.Loop(); n++ {
				// Every sixty steps a new stroke, at a place of its own.
				s := task.Shape{Kind: task.Brush, Radius: 0.03}
				for i := range n%60 + 1 {
					s.Points = append(s.Points, task.Point{X: 0.1 + 0.012*float64(i), Y: 0.2 + 0.01*float64(i) + 1e-5*float64(n/60)})
				}
				t.Edits = []task.Edit{{Shape: s, Fill: fill}}
				if _, err := e.Predict(ctx, t); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestGalleryRegions(t *testing.T) {
	e := open(t)
	got, err := e.GalleryRegions("gallery:24-agency-boat-marked")
	if err != nil || len(got) != 2 || got[0].Name != "sailing boat" || got[1].Name != "watermark" {
		t.Fatalf("%d regions, %v", len(got), err)
	}
	if err := edit.CheckRegions(got); err != nil {
		t.Error(err)
	}
	// The watermark lies in the upper left corner of 448 x 448.
	if b := edit.Bounds(got[1].Shapes[0], 448, 448); !b.In(image.Rect(16, 16, 190, 63)) || b.Dx() < 100 {
		t.Errorf("the watermark lies at %v", b)
	}
	for _, ref := range []string{"gallery:nothing", "photo.jpg"} {
		if got, err := e.GalleryRegions(ref); len(got) != 0 || err != nil {
			t.Errorf("%s: %v, %v", ref, got, err)
		}
	}
}
