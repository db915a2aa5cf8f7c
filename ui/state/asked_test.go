package state

import (
	"reflect"
	"testing"

	"seewhy/analysis/task"
)

// TestRegionAsked: a detector is asked at the region that was picked, once, and
// again without it; a classifier never.
func TestRegionAsked(t *testing.T) {
	d := easel(t)
	d.send(SelectingSet{On: true})
	d.send(ToolPicked{Tool: BoxTool})
	for _, name := range []string{"left", "right"} {
		x := map[string]float64{"left": 0, "right": 0.5}[name]
		d.stroke(task.Point{X: x, Y: 0.1}, task.Point{X: x + 0.4, Y: 0.5})
		d.send(RegionNamed{Name: name})
	}
	d.settle()
	d.send(RegionAsked{Region: 0})
	without[Predict](d)
	without[Explain](d)
	if r := d.Regions(); !r[0].Asked || r[1].Asked {
		t.Fatalf("%+v", r)
	}
	d.send(RegionAsked{Region: 0})

	info := model("boxes")
	info.Output = task.Detection
	d.send(ModelPicked{Ref: "/m/boxes.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: info})
	d.settle()
	left := d.Regions()[0].Shapes
	at := func(want []task.Shape) {
		t.Helper()
		p, e := must[Predict](d), must[Explain](d)
		if !reflect.DeepEqual(p.Task.At, want) || !reflect.DeepEqual(e.Task.At, want) {
			t.Errorf("asked at %v and %v, want %v", p.Task.At, e.Task.At, want)
		}
		d.settle()
	}
	d.send(RegionAsked{Region: 0})
	at(left)
	d.send(RegionAsked{Region: 1})
	if r := d.Regions(); r[0].Asked || !r[1].Asked {
		t.Errorf("%+v", r)
	}
	at(d.Regions()[1].Shapes)
	d.send(Undone{})
	at(left)
	d.send(RegionDeleted{Region: 0})
	at(nil)
	d.send(RegionAsked{Region: 9})
	without[Explain](d)
}
