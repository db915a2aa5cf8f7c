package engine_test

import (
	"math"
	"slices"
	"testing"

	"seewhy/analysis/task"
)

// TestBoxesOfAPicture: both men are listed, each can be asked about by its own
// shape, and a box in which the detector does not believe is told.
func TestBoxesOfAPicture(t *testing.T) {
	e := open(t)
	info, img := opened(t, e, shared+"models/fastestdet-coco-fp32.onnx", shared+"images/detect/fastestdet_3.jpg")
	k := task.Task{Model: info.Ref, Image: img, Method: "hirescam", Target: auto(), Device: "cpu"}
	boxes, err := e.Boxes(t.Context(), k)
	if err != nil || len(boxes) < 2 {
		t.Fatalf("%d boxes, %v", len(boxes), err)
	}
	asked := func(p []task.FoundBox) int {
		return slices.IndexFunc(p, func(b task.FoundBox) bool { return b.Asked })
	}
	if asked(boxes) != 0 {
		t.Errorf("unasked, the box is %d", asked(boxes))
	}
	for i, b := range boxes {
		if i > 0 && b.Score > boxes[i-1].Score {
			t.Errorf("box %d has %v, the one before %v", i, b.Score, boxes[i-1].Score)
		}
		k.At = []task.Shape{b.Shape}
		p, err := e.Predict(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		if asked(p.Boxes) != i || len(p.Boxes) != len(boxes) || p.Order[0] != b.Class || math.Abs(p.Scores[b.Class].Probability-b.Score) > 1e-4 {
			t.Errorf("asked for box %d (class %d, %.4f), box %d answers (class %d, %.4f)", i, b.Class, b.Score, asked(p.Boxes), p.Order[0], p.Scores[b.Class].Probability)
		}
	}
	warned := func(at []task.Shape) bool {
		k.At = at
		return slices.ContainsFunc(explained(t, e, k).Notes, func(n task.Note) bool { return n.Warning && len(n.Args) == 2 })
	}
	if warned([]task.Shape{boxes[1].Shape}) {
		t.Error("a box that the detector is sure of is doubted")
	}
	// The upper right corner is empty.
	corner := boxAt(0.9, 0, 1, 0.08)
	if !warned(corner) {
		t.Error("nothing warns of a box in an empty corner")
	}
	p, err := e.Predict(t.Context(), k)
	if last := len(p.Boxes) - 1; err != nil || asked(p.Boxes) != last || last != len(boxes) || p.Boxes[last].Score > 0.1 {
		t.Errorf("the box in the corner is not the last: %+v, %v", p.Boxes, err)
	}

	classifier, _ := opened(t, e, "builtin:seewhy-scenes-honest", "gallery:")
	if _, err := e.Boxes(t.Context(), task.Task{Model: classifier.Ref, Image: img}); err == nil {
		t.Error("a classifier finds boxes")
	}
}
