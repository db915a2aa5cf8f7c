package grad_test

import (
	"slices"
	"testing"

	"seewhy/models/grad"
)

// TestConfident: the best first, one for each object, classes apart, nothing unsure
// but the best.
func TestConfident(t *testing.T) {
	box := func(x float64) grad.Box { return grad.Box{X0: x, Y0: 0.1, X1: x + 0.2, Y1: 0.3} }
	d := grad.Detections{Boxes: []grad.Found{
		{Anchor: 0, Box: box(0.1), Class: 1, Score: 0.6},
		{Anchor: 1, Box: box(0.11), Class: 1, Score: 0.9},  // the same object, surer
		{Anchor: 2, Box: box(0.11), Class: 2, Score: 0.5},  // another class there
		{Anchor: 3, Box: box(0.6), Class: 1, Score: 0.24},  // unsure
		{Anchor: 4, Box: box(0.5), Class: 1, Score: 0.95},  // elsewhere
		{Anchor: 5, Box: box(0.59), Class: 1, Score: 0.25}, // overlaps by 0.38: another
	}}
	anchors := func(found []grad.Found) []int {
		var out []int
		for _, f := range found {
			out = append(out, f.Anchor)
		}
		return out
	}
	if got := anchors(d.Confident()); !slices.Equal(got, []int{4, 1, 2, 5}) {
		t.Errorf("boxes %v", got)
	}
	if best, _ := d.Pick(nil); best.Anchor != d.Confident()[0].Anchor {
		t.Errorf("the first of the list is %d, the picked one %d", d.Confident()[0].Anchor, best.Anchor)
	}
	// The best is listed however unsure it is.
	unsure := grad.Detections{Boxes: []grad.Found{{Anchor: 7, Box: box(0), Score: 0.01}, {Anchor: 8, Box: box(0.5), Score: 0.02}}}
	if got := anchors(unsure.Confident()); !slices.Equal(got, []int{8}) {
		t.Errorf("boxes %v", got)
	}
	var many grad.Detections
	for i := range 400 {
		many.Boxes = append(many.Boxes, grad.Found{Anchor: i, Class: i, Box: box(0.1), Score: 0.9})
	}
	if n := len(many.Confident()); n != 50 {
		t.Errorf("%d boxes are listed", n)
	}
}
