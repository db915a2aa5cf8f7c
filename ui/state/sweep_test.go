package state

import (
	"image"
	"testing"

	"seewhy/analysis/task"
)

func sweeping(t *testing.T) *desk {
	d := opened(t)
	info := model("sweeps")
	info.Methods[0].Sweeps = true
	d.Model.Info = &info
	d.Photo.Levels = []image.Image{image.NewRGBA(image.Rect(0, 0, 4, 2))}
	d.send(SweepToggled{})
	return d
}

func TestSweepFollowsTheActivePane(t *testing.T) {
	d := sweeping(t)
	c := must[SweepLayers](d)
	if c.Task.Method != "gradcam" || c.Task.Layer != "" || c.Photo == nil || !d.Busy() {
		t.Fatalf("%+v", c)
	}
	maps := []task.LayerMap{{Layer: task.Layer{Value: "l0"}}, {Layer: task.Layer{Value: "l1"}, Same: true}}
	d.send(Swept{Job: c.Job, Maps: maps})
	if len(d.Sweep.Maps) != 2 || d.Sweep.Job != 0 {
		t.Fatalf("%+v", d.Sweep)
	}
	// Picking a layer of the strip changes no strip.
	d.send(LayerPicked{Value: "l0"})
	without[SweepLayers](d)
	// Another class does, and the old maps stay until the new ones come.
	d.send(ClassPicked{Class: 2})
	first := must[SweepLayers](d)
	if first.Task.Target.Class != 2 || len(d.Sweep.Maps) != 2 {
		t.Errorf("%+v", first)
	}
	d.send(ClassPicked{Class: 0})
	second := must[SweepLayers](d)
	d.send(Swept{Job: first.Job, Err: "cancelled"})
	if d.Sweep.Err != "" || d.Sweep.Job != second.Job {
		t.Error("the answer of a superseded sweep was taken")
	}
	d.send(Swept{Job: second.Job, Err: "no room"})
	if d.Sweep.Err != "no room" {
		t.Errorf("%+v", d.Sweep)
	}
	// A method of pixels is swept by Grad-CAM.
	d.send(MethodPicked{ID: "saliency"})
	without[SweepLayers](d)
	// Other colours are painted anew.
	d.send(ColormapPicked{ID: "viridis"})
	again := must[SweepLayers](d)
	if again.Style.Colormap != "viridis" || again.Maps != nil {
		t.Errorf("%+v", again)
	}
	// Once there are maps, they are not made a second time for that.
	d.send(Swept{Job: again.Job, Maps: maps})
	d.send(ColormapPicked{ID: "inferno"})
	d.send(ColormapPicked{ID: "viridis"})
	if c := must[SweepLayers](d); c.Style.Colormap != "viridis" || len(c.Maps) != 2 {
		t.Errorf("%+v", c)
	}
	// An unfinished answer to another question leaves none to paint.
	d.send(ClassPicked{Class: 2})
	d.send(ColormapPicked{ID: "inferno"})
	if c := must[SweepLayers](d); c.Task.Target.Class != 2 || c.Maps != nil || len(d.Sweep.Maps) != 2 {
		t.Errorf("%+v", c)
	}
	// Another picture: nothing of the old one is shown.
	d.send(ItemStepped{By: 1})
	open := must[OpenPhoto](d)
	d.send(PhotoOpened{Job: open.Job, Item: open.Item, Info: picture("b")})
	if c := must[SweepLayers](d); c.Task.Image.Name != "b" || d.Sweep.Maps != nil {
		t.Errorf("%+v", c.Task)
	}
	d.send(Cancelled{})
	if d.Sweep.Job != 0 || d.Busy() {
		t.Error("Esc does not stop it")
	}
	d.send(SweepToggled{})
	without[SweepLayers](d)
	if d.Sweep.On {
		t.Error("it stays")
	}
}

func TestSweepWithoutAMethodSaysSo(t *testing.T) {
	d := opened(t)
	d.send(SweepToggled{})
	without[SweepLayers](d)
	if d.Sweep.Err == "" {
		t.Error("no words")
	}
}
