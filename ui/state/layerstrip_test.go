package state

import (
	"testing"

	"seewhy/analysis/task"
)

// swept has a strip of two layers.
func swept(t *testing.T) *desk {
	d := sweeping(t)
	c := must[SweepLayers](d)
	d.send(Swept{Job: c.Job, Maps: []task.LayerMap{
		{Layer: task.Layer{Value: "l0"}, Map: task.Map{Width: 1, Height: 1, Values: []float32{3}}},
		{Layer: task.Layer{Value: "l1"}, Map: task.Map{Width: 2, Height: 1, Values: []float32{1, 2}}},
	}})
	return d
}

func TestALayerOfTheStripBecomesAPane(t *testing.T) {
	d := swept(t)
	d.send(LayerPinned{Value: "no such layer"})
	if d.Shown != 1 {
		t.Fatal("an unknown layer is pinned")
	}
	d.send(LayerPinned{Value: "l0"})
	if d.Shown != 2 || d.Active != 1 || d.Panes[1].Layer != "l0" || d.Panes[1].Method != "gradcam" || d.Panes[0].Layer != task.Auto {
		t.Errorf("%d panes, %+v", d.Shown, d.Panes[1].Question)
	}
	if e := must[Explain](d); e.Task.Layer != "l0" {
		t.Errorf("asked about %+v", e.Task)
	}
	if d.Undoable() != "pin a layer" {
		t.Errorf("undo %q", d.Undoable())
	}
	// A method of pixels is swept by Grad-CAM: so is its pane.
	d = swept(t)
	d.send(MethodPicked{ID: "saliency"})
	d.send(LayerPinned{Value: "l1"})
	if k := d.Panes[1]; d.Shown != 2 || k.Method != "gradcam" || k.Layer != "l1" || d.Panes[0].Method != "saliency" {
		t.Errorf("%+v", k.Question)
	}
}

func TestTheMapOfALayerIsCopied(t *testing.T) {
	d := swept(t)
	d.send(LayerMapCopied{Value: "l1"})
	c := must[ComposePicture](d)
	if c.Photo != d.Photo.Levels[0] || c.Bare || c.Path != "" || c.Map.Width != 2 || c.Style.Alpha != d.Panes[0].Style.Alpha || c.Place.Region != d.Panes[0].Result.Region {
		t.Errorf("%+v", c)
	}
	d.send(LayerMapCopied{Value: "l9"})
	without[ComposePicture](d)
	if !d.Toast.Warning {
		t.Error("nothing is said")
	}
}
