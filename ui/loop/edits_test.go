package loop

import (
	"context"
	"errors"
	"image"
	"image/color"
	"sync/atomic"
	"testing"

	"seewhy/analysis/task"
	"seewhy/ui/state"
)

func plain(w, h int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = []uint8{c.R, c.G, c.B, c.A}[i%4]
	}
	return img
}

func TestStrokesAreShownSmallerThanTheWholePicture(t *testing.T) {
	var e easels
	levels := pyramid(plain(2000, 100, color.RGBA{200, 0, 0, 255}))
	box := task.Edit{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{}, {X: .5, Y: 1}}}, Fill: task.FillGrey}
	c := state.EditPhoto{Job: 7, Levels: levels, Edits: []task.Edit{box}, Live: true}
	live := e.edited(t.Context(), c).(state.PhotoEdited)
	if len(live.Levels) != 1 || live.Levels[0].Bounds().Dx() != 1000 || live.Job != 7 {
		t.Fatalf("live: %d levels of %v", len(live.Levels), live.Levels[0].Bounds())
	}
	c.Live = false
	full := e.edited(t.Context(), c).(state.PhotoEdited)
	if len(full.Levels) != len(levels) || full.Levels[0].Bounds().Dx() != 2000 {
		t.Fatalf("full: %d levels", len(full.Levels))
	}
	for _, img := range []image.Image{live.Levels[0], full.Levels[0], full.Levels[1]} {
		w := img.Bounds().Dx()
		if img.At(w/4, 5) != (color.RGBA{128, 128, 128, 255}) || img.At(3*w/4, 5) != (color.RGBA{200, 0, 0, 255}) {
			t.Errorf("%v: %v, %v", img.Bounds(), img.At(w/4, 5), img.At(3*w/4, 5))
		}
	}
	if levels[0].At(5, 5) != (color.RGBA{200, 0, 0, 255}) {
		t.Error("the photo itself was changed")
	}
	// Another photo has other canvases.
	other := e.edited(t.Context(), state.EditPhoto{Levels: []image.Image{plain(8, 8, color.RGBA{0, 9, 0, 255})}, Edits: []task.Edit{box}}).(state.PhotoEdited)
	if other.Levels[0].At(7, 7) != (color.RGBA{0, 9, 0, 255}) {
		t.Errorf("%v", other.Levels[0].At(7, 7))
	}
	bad := box
	bad.Fill = "x"
	if m := e.edited(t.Context(), state.EditPhoto{Levels: levels, Edits: []task.Edit{bad}}).(state.PhotoEdited); m.Err == "" {
		t.Error("an unknown fill is no error")
	}
}

func TestMarksAreDrawn(t *testing.T) {
	box := task.Shape{Kind: task.Box, Points: []task.Point{{X: .25, Y: .25}, {X: .75, Y: .75}}}
	m := paintMarks(state.PaintMarks{Width: 40, Height: 40, Outlines: []state.Outline{{Shapes: []task.Shape{box}, Color: color.NRGBA{255, 0, 0, 255}, Filled: true}}}).(state.MarksPainted)
	for _, k := range []struct {
		x, y int
		want color.RGBA
	}{{9, 20, color.RGBA{}}, {10, 20, color.RGBA{255, 0, 0, 255}}, {11, 20, color.RGBA{255, 0, 0, 255}}, {20, 20, color.RGBA{tint, 0, 0, tint}}} {
		if got := m.Image.RGBAAt(k.x, k.y); got != k.want {
			t.Errorf("at %d, %d: %v, want %v", k.x, k.y, got, k.want)
		}
	}
	if a := m.Image.RGBAAt(12, 20).A; a <= tint {
		t.Errorf("no dark line inside of the coloured one: %d", a)
	}
	g := task.Segments{Width: 2, Height: 1, Of: []int32{0, 1}, Count: 2}
	m = paintMarks(state.PaintMarks{Width: 10, Height: 4, Segments: &g, Under: 1}).(state.MarksPainted)
	if a, b, c := m.Image.RGBAAt(1, 1).A, m.Image.RGBAAt(4, 1).A, m.Image.RGBAAt(8, 1).A; a != 0 || b != segmentLine || c != tint {
		t.Errorf("%d, %d, %d", a, b, c)
	}
}

func TestPicturesOpenWithTheirEdits(t *testing.T) {
	l := New(Config{})
	e := fakeEngine()
	box := []task.Edit{{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{}, {X: 1, Y: 1}}}, Fill: task.FillGrey}}
	m := l.openPhoto(context.Background(), e, state.OpenPhoto{Ref: "gallery:apple-0", Edits: box}).(state.PhotoOpened)
	if len(m.Edited) != len(m.Levels) || m.Edited[0].At(100, 100) != (color.RGBA{128, 128, 128, 255}) || len(m.Edits) != 1 {
		t.Errorf("%d of %d levels", len(m.Edited), len(m.Levels))
	}
	if m = l.openPhoto(context.Background(), e, state.OpenPhoto{Ref: "gallery:apple-0"}).(state.PhotoOpened); m.Edited != nil {
		t.Error("a picture without edits is edited")
	}
}

func TestExportsHaveTheirRegionsMeasured(t *testing.T) {
	left := []task.Region{{Name: "left", Shapes: []task.Shape{{Kind: task.Box, Points: []task.Point{{}, {X: .5, Y: 1}}}}}}
	r := task.Result{Task: task.Task{Image: task.ImageRef{Width: 8, Height: 8}}, Map: task.Map{Width: 2, Height: 1, Values: []float32{1, 1}}}
	c := state.Export{Results: []task.Result{r}, Regions: left}
	got := measured(c)
	if len(got) != 1 || len(got[0].Shares) != 1 || got[0].Shares[0] != (task.RegionShare{Name: "left", Attribution: .5, Area: .5}) || len(got[0].Regions) != 1 {
		t.Errorf("%+v", got)
	}
	if c.Results[0].Regions != nil {
		t.Error("the state's own result was changed")
	}
	c.Regions = nil
	if measured(c)[0].Shares != nil {
		t.Error("shares of no regions")
	}
}

// held is a context that stops who looks at it for the n-th time until it is
// let go, and ends then; it counts the looks that follow.
type held struct {
	context.Context
	n              int32
	looks          atomic.Int32
	reached, letGo chan struct{}
}

func (h *held) Err() error {
	switch looks := h.looks.Add(1); {
	case looks == h.n:
		close(h.reached)
		<-h.letGo
		return context.Canceled
	case looks > h.n:
		return context.Canceled
	}
	return nil
}

// TestHeavyEditsHoldNothingUp holds edits of one picture in the middle, and
// asks that others are edited meanwhile, that a wait for it can end, and that so
// can it.
func TestHeavyEditsHoldNothingUp(t *testing.T) {
	var e easels
	large, small := []image.Image{plain(120, 90, color.RGBA{200, 0, 0, 255})}, []image.Image{plain(8, 8, color.RGBA{0, 9, 0, 255})}
	stroke := task.Edit{Shape: task.Shape{Kind: task.Brush, Radius: .2}, Fill: task.FillGrey}
	for k := range 256 {
		stroke.Points = append(stroke.Points, task.Point{X: float64(k%16) / 16, Y: float64(k/16) / 16})
	}
	heavy := []task.Edit{stroke, stroke}
	ctx := &held{Context: t.Context(), n: 300, reached: make(chan struct{}), letGo: make(chan struct{})}
	ended := make(chan state.Msg, 1)
	go func() { ended <- e.edited(ctx, state.EditPhoto{Levels: large, Edits: heavy}) }()
	<-ctx.reached
	on := e.canvas(large, 0)
	gone, end := context.WithCancel(t.Context())
	end()
	if _, err := on.made(gone, heavy); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that is cancelled ends with %v", err)
	}
	if got, _ := e.openEdited(t.Context(), small, heavy[:1]); len(got) != 1 || got[0].At(4, 4) != (color.RGBA{128, 128, 128, 255}) {
		t.Errorf("another picture: %v", got)
	}
	if len(ended) > 0 {
		t.Fatal("the heavy edits are done: there was nothing to wait for")
	}
	close(ctx.letGo)
	m := (<-ended).(state.PhotoEdited)
	if looks := ctx.looks.Load() - ctx.n; m.Err == "" || m.Levels != nil || looks > 4 {
		t.Errorf("cancelled edits end after %d looks with %q", looks, m.Err)
	}
	if got, wrong := e.openEdited(gone, small, heavy[:1]); got != nil || wrong == "" {
		t.Errorf("cancelled beforehand: %d levels, %q", len(got), wrong)
	}
}
