package report

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func sweepOf(n int) SheetInput {
	in := SheetInput{
		Photo: image.NewRGBA(image.Rect(0, 0, 90, 60)), Image: task.ImageRef{Name: "cat.jpg", Width: 900, Height: 600},
		Region: prep.Region{X1: 900, Y1: 600}, Model: task.ModelInfo{Title: "Net"},
		Method: task.MethodInfo{ID: "gradcam", Title: "Grad-CAM"}, Target: task.Score{Label: "cat", Probability: 0.5},
		Style: heatmap.DefaultStyle(),
	}
	for i := range n {
		in.Maps = append(in.Maps, task.LayerMap{
			Layer: task.Layer{Name: "layer"}, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, float32(i)}},
			Empty: i == 0, Same: i == 1,
		})
	}
	return in
}

// Four maps a row; a page of five is a row higher than one of four.
func TestSheetIsAGrid(t *testing.T) {
	size := func(n int) image.Point {
		var b bytes.Buffer
		if err := Sheet(&b, sweepOf(n)); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		return img.Bounds().Size()
	}
	three, four, five := size(3), size(4), size(5)
	row := five.Y - four.Y
	width := (content - 3*gutter) / 4
	if want := int((width*600/900 + 76) * 1.25); row < want-2 || row > want+2 || four.X != five.X || three.X != four.X {
		t.Errorf("sizes %v, %v, %v: a row of %d, want %d", three, four, five, row, want)
	}
}

func TestSheetRefuses(t *testing.T) {
	none, bad := sweepOf(0), sweepOf(2)
	bad.Maps[1].Map.Values = nil
	blank := sweepOf(1)
	blank.Photo = nil
	for _, in := range []SheetInput{none, bad, blank} {
		if err := Sheet(&bytes.Buffer{}, in); err == nil {
			t.Error("drawn")
		}
	}
}
