package edit

import (
	"context"
	"errors"
	"image"
	"testing"
	"time"

	"seewhy/analysis/task"
)

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

// TestEditsEndWithTheirContext cancels before and in the middle, and asks that
// the canvas is as good as new afterwards.
func TestEditsEndWithTheirContext(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	canvas := New(img)
	begin := time.Now()
	if _, err := canvas.Apply(gone, heavy(task.FillGrey, 32)); !errors.Is(err, context.Canceled) {
		t.Errorf("Apply: %v", err)
	}
	if _, _, err := canvas.Update(gone, heavy(task.FillGrey, 32)); !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("edits that were cancelled beforehand took %v", took)
	}
	small := []task.Edit{{Shape: box(0.1, 0.1, 0.2, 0.2), Fill: task.FillMean}}
	if _, _, err := canvas.Update(t.Context(), small); err != nil {
		t.Fatal(err)
	}
	for _, fill := range []task.Fill{task.FillBlur, task.FillInpaint} {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		begin := time.Now()
		_, _, err := canvas.Update(ctx, heavy(fill, 32))
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took > 20*time.Second {
			t.Errorf("%s: %v after %v", fill, err, took)
		}
		stop()
	}
	got, _, err := canvas.Update(t.Context(), small)
	want, fault := Apply(t.Context(), img, small)
	if err != nil || fault != nil || string(got.Pix) != string(want.Pix) {
		t.Errorf("after an end the picture is another one: %v, %v", err, fault)
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
