package state

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

// joining is a desk whose model has four layers and a method that joins them.
func joining(t *testing.T) *desk {
	d := opened(t)
	info := model("deep")
	info.Layers = []task.Layer{{Value: "l0", Candidate: true}, {Value: "l1"}, {Value: "l2", Candidate: true}, {Value: "l3", Candidate: true, NoGradient: "no rule"}}
	info.Natural = 2
	info.Methods[0].Joins = true
	d.send(ModelPicked{Ref: "deep"})
	d.send(ModelOpened{Job: d.Model.Job, Info: info})
	return d
}

func (d *desk) asks() task.Task {
	d.t.Helper()
	return must[Explain](d).Task
}

func TestLayersAreTicked(t *testing.T) {
	d := joining(t)
	// What the pane shows by itself counts as the first.
	d.send(LayerTicked{Value: "l0"})
	if got := d.asks(); !reflect.DeepEqual(got.Layers, []string{"l2", "l0"}) || got.Layer != "l2" {
		t.Errorf("asked of %q and %q", got.Layer, got.Layers)
	}
	d.send(LayerTicked{Value: "l1"})
	if got := d.asks().Layers; !reflect.DeepEqual(got, []string{"l2", "l1", "l0"}) || !reflect.DeepEqual(d.Layers(0), got) {
		t.Errorf("%q: the last layer comes first, whatever was ticked first", got)
	}
	d.send(LayerTicked{Value: "l2"})
	d.send(LayerTicked{Value: "l0"})
	if got := d.asks(); got.Layers != nil || got.Layer != "l1" || d.Layers(0) != nil {
		t.Errorf("one alone is asked as %q and %q", got.Layer, got.Layers)
	}
	d.send(LayerTicked{Value: "l1"})
	if got := d.asks(); got.Layers != nil || got.Layer != task.Auto {
		t.Errorf("none is asked as %q and %q", got.Layer, got.Layers)
	}
	d.send(LayerTicked{Value: "gone"})
	without[Explain](d)
}

func TestNaturalLayersTogether(t *testing.T) {
	d := joining(t)
	d.send(NaturalLayersPicked{})
	if got := d.asks().Layers; !reflect.DeepEqual(got, []string{"l2", "l0"}) {
		t.Errorf("%q: those that no gradient reaches cannot serve", got)
	}
	// A method that cannot join asks for the first; one that can gets all back.
	d.send(MethodPicked{ID: "saliency"})
	if got := d.asks(); got.Layers != nil || d.Layers(0) != nil {
		t.Errorf("asked of %q", got.Layers)
	}
	d.send(MethodPicked{ID: "gradcam"})
	if got := d.asks().Layers; len(got) != 2 {
		t.Errorf("back with %q", got)
	}
	d.send(LayerPicked{Value: "l1"})
	if got := d.asks(); got.Layers != nil || got.Layer != "l1" {
		t.Errorf("a picked layer is asked as %q and %q", got.Layer, got.Layers)
	}
}

func TestLayersOfOneMapAreBounded(t *testing.T) {
	d := joining(t)
	info := *d.Model.Info
	info.Layers = nil
	for i := range 100 {
		info.Layers = append(info.Layers, task.Layer{Value: fmt.Sprintf("n%03d", i), Candidate: true})
	}
	d.send(ModelPicked{Ref: "deep"})
	d.send(ModelOpened{Job: d.Model.Job, Info: info})
	d.send(NaturalLayersPicked{})
	if got := d.asks().Layers; len(got) != task.MaxLayers || got[0] != "n099" {
		t.Errorf("%d layers, first %q", len(got), got[0])
	}
	d.send(LayerTicked{Value: "n000"})
	without[Explain](d)
	if !d.Toast.Warning || !strings.Contains(d.Toast.Text, "64") {
		t.Errorf("said %q", d.Toast.Text)
	}
}

func TestLayersOfAnotherModelAreForgotten(t *testing.T) {
	d := joining(t)
	d.send(NaturalLayersPicked{})
	d.send(ModelPicked{Ref: "other"})
	d.send(ModelOpened{Job: d.Model.Job, Info: model("other")})
	if got := d.asks(); got.Layers != nil || got.Layer != task.Auto {
		t.Errorf("asked of %q and %q", got.Layer, got.Layers)
	}
}

// The graph beside the panes is still that of another model for a moment.
func TestALayerThatTheModelHasNotIsNotPicked(t *testing.T) {
	d := joining(t)
	steps := len(d.history.past)
	d.send(LayerPicked{Value: "of another model"})
	without[Explain](d)
	if d.Panes[0].Layer != task.Auto || len(d.history.past) != steps {
		t.Errorf("layer %q, step %q", d.Panes[0].Layer, d.Undoable())
	}
	d.send(LayerPicked{Value: "l1"})
	if e := must[Explain](d); e.Task.Layer != "l1" {
		t.Errorf("asked at %q", e.Task.Layer)
	}
}
