package loop

import (
	"image"
	"image/color"
	"testing"

	"seewhy/analysis/task"
	"seewhy/ui/state"
)

// TestBoxesAreDrawn: the box that is asked about lies over the others in its own
// colour, every box has a number on a ground of its colour, and nothing is tinted inside.
func TestBoxesAreDrawn(t *testing.T) {
	box := func(x0, y0, x1, y1 float64, n int, asked bool) state.BoxMark {
		return state.BoxMark{Shape: task.Shape{Kind: task.Box, Points: []task.Point{{X: x0, Y: y0}, {X: x1, Y: y1}}}, Number: n, Asked: asked}
	}
	m := paintMarks(state.PaintMarks{Width: 400, Height: 200, Boxes: []state.BoxMark{
		box(0.25, 0.25, 0.75, 1, 12, false), box(0.5, 0, 1, 0.5, 1, true), {Number: 3},
	}}).(state.MarksPainted)
	at := func(x, y int) color.RGBA { return m.Image.RGBAAt(x, y) }
	asked := color.RGBA(state.AskedColor)
	if at(399, 60) != asked || at(280, 0) != asked || at(210, 99) != asked {
		t.Errorf("the box that is asked about is %v, %v, %v", at(399, 60), at(280, 0), at(210, 99))
	}
	if w := at(299, 150); w.A < 220 || w.R != w.B {
		t.Errorf("the other box's edge is %v", w)
	}
	if in := at(220, 150); in.A != 0 {
		t.Errorf("the inside is %v", in)
	}
	dark := 0
	for y := range 14 {
		for x := 200; x < 220; x++ {
			if c := at(x, y); c.A == 255 && c.R < 140 {
				dark++
			}
		}
	}
	if dark < 8 || dark > 60 {
		t.Errorf("the number has %d dark pixels", dark)
	}
	if at(202, 1) != asked {
		t.Errorf("the number's ground is %v", at(202, 1))
	}
	// A number goes to a corner in which there is none.
	at2 := corner(image.Rect(0, 0, 100, 100), image.Rect(10, 10, 60, 60), image.Pt(9, 9), []image.Rectangle{image.Rect(5, 5, 15, 15)})
	if at2 != image.Rect(51, 10, 60, 19) {
		t.Errorf("the number lies at %v", at2)
	}
	// A box that has no room for its number, and one thinner than its line.
	m = paintMarks(state.PaintMarks{Width: 30, Height: 6, Boxes: []state.BoxMark{box(0.9, 0.9, 1, 1, 40, false), box(0.5, 0, 0.51, 1, 2, true)}}).(state.MarksPainted)
	if m.Image.Rect != image.Rect(0, 0, 30, 6) {
		t.Error(m.Image.Rect)
	}
}
