package state

import (
	"image"
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

func boxOf(x, y, side float64) task.Shape {
	return task.Shape{Kind: task.Box, Points: []task.Point{{X: x, Y: y}, {X: x + side, Y: y + side}}}
}

// detector opens a model that answers with three boxes.
func detector(t *testing.T) *desk {
	d := easel(t)
	d.send(ToolPicked{Tool: BrushTool}) // out of the hand
	info := model("boxes")
	info.Output = task.Detection
	d.send(ModelPicked{Ref: "/m/boxes.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	d.settle()
	return d
}

// answers gives the boxes of a picture, one of them asked about.
func (d *desk) answersBoxes(asked int) {
	d.t.Helper()
	p := answer(0.9, 0.1)
	for i, shape := range []task.Shape{boxOf(0.1, 0.1, 0.8), boxOf(0.2, 0.2, 0.4), boxOf(0.25, 0.25, 0.1)} {
		p.Boxes = append(p.Boxes, task.FoundBox{Class: i, Score: 0.9 - float64(i)/10, Shape: shape, Asked: i == asked})
	}
	p.At = []task.Shape{p.Boxes[asked].Shape}
	// Undo asks twice; the newest is answered.
	var job JobID
	for _, c := range d.cmds {
		if c, ok := c.(Predict); ok {
			job = c.Job
		}
	}
	if job == 0 {
		d.t.Fatal("nothing is asked")
	}
	d.send(Predicted{Job: job, Item: d.Photo.Item, Prediction: p})
}

// TestBoxPicked: a box of the list is what the model is asked about, by its own
// best class; the first is what it is asked about anyway.
func TestBoxPicked(t *testing.T) {
	d := detector(t)
	d.send(DevicePicked{ID: "x"})
	d.answersBoxes(0)
	d.settle()
	d.send(ClassPicked{Class: 1})
	d.settle()
	asks := func(want []task.Shape) {
		t.Helper()
		e := must[Explain](d)
		if !reflect.DeepEqual(e.Task.At, want) || e.Task.Target.Class != task.AutoClass {
			t.Errorf("asked at %v for class %d, want %v", e.Task.At, e.Task.Target.Class, want)
		}
	}
	d.send(BoxPicked{Box: 1})
	if d.Forward.Prediction == nil {
		t.Error("the old answer is gone before the new one is there")
	}
	asks([]task.Shape{boxOf(0.2, 0.2, 0.4)})
	d.answersBoxes(1)
	d.settle()
	d.send(BoxPicked{Box: 1})
	d.send(BoxPicked{Box: 3})
	d.send(BoxPicked{Box: -1})
	without[Explain](d)
	d.send(BoxPicked{Box: 0})
	asks(nil)
	d.answersBoxes(0)
	d.settle()

	// A press takes the smallest box around it.
	d.send(BoxPressed{X: 0.3, Y: 0.3})
	asks([]task.Shape{boxOf(0.25, 0.25, 0.1)})
	d.answersBoxes(2)
	d.settle()
	d.send(BoxPressed{X: 0.95, Y: 0.5})
	without[Explain](d)
	d.send(Undone{})
	asks(nil)
	d.answersBoxes(0)
	d.settle()

	// A region that is asked about takes its place, and the other way round.
	d.replaceRegions([]task.Region{{Name: "left", Shapes: []task.Shape{boxOf(0, 0, 0.5)}}})
	d.send(BoxPicked{Box: 2})
	d.answersBoxes(2)
	d.settle()
	d.send(RegionAsked{Region: 0})
	asks([]task.Shape{boxOf(0, 0, 0.5)})
	d.answersBoxes(1)
	d.settle()
	d.send(BoxPicked{Box: 2})
	asks([]task.Shape{boxOf(0.25, 0.25, 0.1)})
	if d.Regions()[0].Asked {
		t.Error("the region is asked about still")
	}
}

// TestBoxesAreMarkedInTheirPane: the boxes of a pane's own model lie over that pane
// alone.
func TestBoxesAreMarkedInTheirPane(t *testing.T) {
	d := detector(t)
	d.send(DevicePicked{ID: "x"})
	d.answersBoxes(1)
	c := must[PaintMarks](d)
	if len(c.Boxes) != 3 || !c.Boxes[2].Asked || c.Boxes[2].Number != 2 || c.Boxes[1].Number != 1 {
		t.Fatalf("%+v", c.Boxes)
	}
	shared := newPicture()
	d.send(MarksPainted{Job: c.Job, Image: shared})
	d.settle()
	d.send(LayoutPicked{Panes: 2})
	d.settle()
	if d.MarksOf(1) != d.Marks.Image {
		t.Error("a pane with the window's model has other marks")
	}
	d.send(ModelPicked{Ref: "/m/plain.onnx", Pane: 1})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("plain")})
	d.settle()
	if d.Marks.asked.boxes == nil || !d.ownMarks(1) || d.Panes[1].marks.asked.boxes != nil {
		t.Error("a classifier's pane has the detector's boxes")
	}
	d.send(RegionsShown{})
	d.settle()
	if d.Marks.asked.boxes != nil {
		t.Error("boxes that are hidden are drawn")
	}
}

func newPicture() *image.RGBA { return image.NewRGBA(image.Rect(0, 0, 2, 1)) }
