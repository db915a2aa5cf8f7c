package state

import (
	"image"
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

// segmented shows a map of two segments, left and right.
func segmented(t *testing.T) *desk {
	d := opened(t)
	d.send(ClassPicked{Class: 2})
	e := must[Explain](d)
	d.send(Explained{Job: e.Job, Result: task.Result{
		Task: e.Task, Map: task.Map{Width: 2, Height: 1, Values: []float32{0, 1}},
		Segments: &task.Segments{Width: 2, Height: 1, Of: []int32{0, 1}, Count: 2},
	}})
	return d
}

func TestSegmentsAreSwitched(t *testing.T) {
	d := segmented(t)
	d.send(SegmentPressed{X: .2, Y: .5})
	without[Switch](d)
	d.send(SegmentsToggled{})
	o := must[OutlineSegments](d)
	if o.Width != 1024 || o.Height != 512 || len(o.Off) != 0 {
		t.Errorf("%+v", o)
	}
	img := image.NewRGBA(image.Rect(0, 0, 1, 1))
	d.send(Outlined{Job: o.Job, Image: img})
	if d.Panes[0].Switches.Outline != img {
		t.Error("no outline")
	}
	d.send(SegmentPressed{X: .7, Y: .5})
	first := must[Switch](d)
	if !reflect.DeepEqual(first.Off, []int{1}) || first.Task.Target.Class != 2 {
		t.Errorf("%+v", first)
	}
	d.send(SegmentSwitched{Segment: 0})
	second := must[Switch](d)
	if !reflect.DeepEqual(second.Off, []int{0, 1}) || must[Cancel](d).Job != first.Job {
		t.Errorf("%+v", second)
	}
	d.send(Switched{Job: first.Job, Err: "cancelled"})
	if d.Panes[0].Switches.Err != "" {
		t.Error("an overtaken answer was taken")
	}
	d.send(Switched{Job: second.Job, Prediction: task.Prediction{Order: []int{1}}})
	if p := d.Panes[0].Switches.Prediction; p == nil || p.Order[0] != 1 {
		t.Errorf("%+v", p)
	}
	d.send(SegmentSwitched{Segment: 1})
	must[Switch](d)
	d.send(SegmentSwitched{Segment: 0})
	without[Switch](d)
	if w := d.Panes[0].Switches; len(w.Off) != 0 || w.Prediction != nil || !w.On {
		t.Errorf("%+v", w)
	}
	for _, m := range []Msg{SegmentSwitched{Segment: 2}, SegmentSwitched{Segment: -1}, SegmentSwitched{Pane: 3}, SegmentsReset{}} {
		d.send(m)
		if len(d.cmds) != 0 {
			t.Errorf("%+v led to %+v", m, d.cmds)
		}
	}
	d.send(SegmentSwitched{Segment: 1})
	d.send(SegmentsReset{})
	if w := d.Panes[0].Switches; len(w.Off) != 0 || !w.On || w.Job != 0 {
		t.Errorf("%+v", w)
	}
	// Another map has other segments.
	d.send(SegmentSwitched{Segment: 1})
	d.send(ClassPicked{Class: 0})
	d.send(Explained{Job: must[Explain](d).Job, Result: task.Result{Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}})
	if w := d.Panes[0].Switches; w.On || len(w.Off) != 0 {
		t.Errorf("%+v", w)
	}
	d.send(SegmentsToggled{})
	if d.Panes[0].Switches.On {
		t.Error("there are no segments")
	}
}
