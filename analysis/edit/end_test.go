package edit

import (
	"context"
	"errors"
	"image"
	"sync/atomic"
	"testing"

	"seewhy/analysis/task"
)

// turning is a context that ends at its n-th look, and counts all of them. The
// channels of a continued hole look at once.
type turning struct {
	context.Context
	ends  int64
	count atomic.Int64
}

func (c *turning) Err() error {
	if c.count.Add(1) >= c.ends {
		return context.Canceled
	}
	return nil
}

func (c *turning) looks() int { return int(c.count.Load()) }

func turningAt(t *testing.T, n int) *turning { return &turning{Context: t.Context(), ends: int64(n)} }

// maxLooks is how often a call may look at a context that has ended: once in
// each of the other channels, in the next stroke and before its return.
const maxLooks = 4

// heavy are legal edits that take many seconds on a picture of 12 megapixels.
func heavy(fill task.Fill, strokes int) []task.Edit {
	var out []task.Edit
	for i := range strokes {
		s := task.Shape{Kind: task.Brush, Radius: 0.25}
		for k := range 256 {
			s.Points = append(s.Points, task.Point{X: float64(k%16) / 16, Y: float64(k/16+i) / 40})
		}
		out = append(out, task.Edit{Shape: s, Fill: fill})
	}
	return out
}

// TestEditsEndWithTheirContext lets the context end at many of the looks that
// edits take at it, and asks that nothing goes on afterwards, and that the
// canvas is as good as new. Edits look at it for every point of a stroke, so
// that there is little between two looks whatever the picture's size.
func TestEditsEndWithTheirContext(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 32, 24))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	small := []task.Edit{{Shape: box(0.1, 0.1, 0.2, 0.2), Fill: task.FillMean}}
	want, err := Apply(t.Context(), img, small)
	if err != nil {
		t.Fatal(err)
	}
	const strokes = 4
	for _, fill := range []task.Fill{task.FillGrey, task.FillBlur, task.FillInpaint} {
		edits := heavy(fill, strokes)
		whole := turningAt(t, 1<<30)
		if _, err := New(img).Apply(whole, edits); err != nil {
			t.Fatal(err)
		}
		if points := strokes * (len(edits[0].Points) - 1); whole.looks() < points {
			t.Fatalf("%s: %d looks for %d lines of strokes", fill, whole.looks(), points)
		}
		if _, err := New(img).Apply(turningAt(t, whole.looks()), edits); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: an end at the last look: %v", fill, err)
		}
		canvas := New(img)
		for n := 1; n < whole.looks(); n += 1 + whole.looks()/13 {
			if _, err := canvas.Update(t.Context(), small); err != nil {
				t.Fatal(err)
			}
			for name, edit := range map[string]func(ctx context.Context) error{
				"Apply":  func(ctx context.Context) error { _, err := canvas.Apply(ctx, edits); return err },
				"Update": func(ctx context.Context) error { _, err := canvas.Update(ctx, edits); return err },
			} {
				ctx := turningAt(t, n)
				if err := edit(ctx); !errors.Is(err, context.Canceled) || ctx.looks() > n+maxLooks {
					t.Errorf("%s, %s: %v, and %d looks after an end at the %dth", fill, name, err, ctx.looks()-n, n)
				}
			}
			if got, err := canvas.Update(t.Context(), small); err != nil || string(got.Pix) != string(want.Pix) {
				t.Fatalf("%s: after an end at look %d the picture is another one: %v", fill, n, err)
			}
		}
	}
	// A photograph that is not begun costs nothing.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	large := New(image.NewRGBA(image.Rect(0, 0, 4000, 3000)))
	if n := testing.AllocsPerRun(1, func() {
		if _, err := large.Apply(gone, heavy(task.FillGrey, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("Apply: %v", err)
		}
		if _, err := large.Update(gone, heavy(task.FillGrey, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("Update: %v", err)
		}
	}); n > 100 {
		t.Errorf("%v allocations for edits that were cancelled beforehand", n)
	}
	if large.out != nil {
		t.Error("edits that were cancelled beforehand have a picture")
	}
}

func TestTheWorkOfStrokesIsBounded(t *testing.T) {
	edits := heavy(task.FillGrey, 32) // 32 x 256 x 0.25 = 2048
	if err := Check(edits); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := Check(append(edits, heavy(task.FillGrey, 1)...)); err == nil || err.Error() != "edit 33: all brush strokes together have a sum of radius times points of 2112; the limit is 2048" {
		t.Errorf("above it: %v", err)
	}
}
