package state

import (
	"testing"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

func TestTheSizeKeysSetThePieces(t *testing.T) {
	d := opened(t)
	d.send(ToolPicked{Tool: PickTool})
	first := must[SegmentPhoto](d)
	if first.About != 100 {
		t.Errorf("about %d", first.About)
	}
	radius := d.Marking.Radius
	d.send(BrushStepped{By: -1})
	if c := must[Cancel](d); c.Job != first.Job {
		t.Errorf("cancelled %+v", c)
	}
	finer := must[SegmentPhoto](d)
	if finer.About != 200 || d.Marking.Radius != radius {
		t.Errorf("about %d, radius %v", finer.About, d.Marking.Radius)
	}
	// The answer to the older question is dropped.
	d.send(Superpixelled{Job: first.Job, Segments: task.Segments{Width: 1, Height: 1, Of: []int32{0}, Count: 1}})
	if d.Marking.Segments != nil {
		t.Error("the older division is taken")
	}
	d.send(Superpixelled{Job: finer.Job, Segments: task.Segments{Width: 2, Height: 1, Of: []int32{0, 1}, Count: 2}})
	if d.Marking.Segments == nil {
		t.Fatal("no pieces")
	}
	d.send(BrushStepped{By: 9})
	if c := must[SegmentPhoto](d); c.About != 12 || d.Marking.Segments != nil {
		t.Errorf("about %d", c.About)
	}
	// There are none larger.
	d.send(BrushStepped{By: 1})
	without[SegmentPhoto](d)
	d.send(ToolPicked{Tool: BrushTool})
	d.send(BrushStepped{By: 1})
	if d.Marking.Radius <= radius || d.Marking.Pieces != 12 {
		t.Errorf("radius %v, %d pieces", d.Marking.Radius, d.Marking.Pieces)
	}
}

func TestTheEraserTakesFromASelection(t *testing.T) {
	d := easel(t)
	d.send(SelectingSet{On: true})
	d.send(ToolPicked{Tool: BoxTool})
	d.stroke(task.Point{}, task.Point{X: 0.5, Y: 1})
	d.send(ToolPicked{Tool: EraserTool})
	d.send(BrushSized{Radius: 0.1})
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	s := d.Marking.Selection
	if len(d.edits()) != 0 || len(s) != 1 || s[0].Kind != task.Mask {
		t.Fatalf("%d edits, selection %+v", len(d.edits()), s)
	}
	cover := edit.Cover(s, 400, 200)
	for _, c := range []struct {
		x, y int
		in   bool
	}{{100, 100, false}, {100, 64, false}, {100, 55, true}, {10, 10, true}, {300, 100, false}} {
		if got := cover.AlphaAt(c.x, c.y).A >= 128; got != c.in {
			t.Errorf("at %d, %d: selected %t", c.x, c.y, got)
		}
	}
	// What is erased whole is no selection, and then the eraser shows what is hidden.
	d.send(BrushSized{Radius: 0.25})
	d.stroke(task.Point{X: 0, Y: 0.5}, task.Point{X: 0.5, Y: 0.5})
	if d.Marking.Selection != nil {
		t.Errorf("left: %+v", d.Marking.Selection)
	}
	d.stroke(task.Point{X: 0.25, Y: 0.5})
	if e := d.edits(); len(e) != 1 || e[0].Fill != task.FillRestore {
		t.Errorf("%+v", e)
	}
}
