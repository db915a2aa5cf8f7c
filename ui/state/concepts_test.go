package state

import (
	"image"
	"testing"

	"seewhy/analysis/task"
)

// divided is a desk whose pane shows the concepts of a layer.
func divided(t *testing.T) *desk {
	d := opened(t)
	info := model("parts")
	info.Methods = append(info.Methods, task.MethodInfo{ID: "dff", NeedsLayer: true, Params: []task.Param{{ID: "concept", Max: 16, Step: 1}}})
	d.send(ModelPicked{Ref: "parts"})
	d.send(ModelOpened{Job: d.Model.Job, Info: info})
	d.send(MethodPicked{ID: "dff"})
	d.concepts(must[Explain](d))
	return d
}

// concepts answers a question with three concepts, of which the second scores
// highest.
func (d *desk) concepts(e Explain) {
	d.t.Helper()
	r := task.Result{Task: e.Task, Map: task.Map{Width: 1, Height: 1, Values: []float32{1}}}
	for _, v := range []float64{1, 5, -2} {
		r.Concepts = append(r.Concepts, task.Concept{Map: r.Map, Share: .3, Score: v})
	}
	d.send(Explained{Job: e.Job, Result: r})
}

func TestConceptsAreShownAndChosen(t *testing.T) {
	d := divided(t)
	c := must[PaintConcepts](d)
	if len(c.Concepts) != 3 || d.State.Concepts.Of != d.Panes[0].Result {
		t.Fatalf("%d concepts are painted", len(c.Concepts))
	}
	if got := d.Panes[0].Result.ShownConcept(); got != 1 {
		t.Errorf("shown is %d, not the one that scores highest", got)
	}
	d.send(ConceptsPainted{Job: c.Job - 1, Thumbs: make([]image.Image, 1)})
	if d.State.Concepts.Thumbs != nil {
		t.Error("an older answer is taken")
	}
	d.send(ConceptsPainted{Job: c.Job, Thumbs: make([]image.Image, 4)})
	d.send(ConceptPicked{Concept: 3})
	e := must[Explain](d)
	if e.Task.Params["concept"] != 3 || len(d.State.Concepts.Thumbs) != 4 {
		t.Errorf("asked with %v", e.Task.Params)
	}
	d.concepts(e)
	if got := d.Panes[0].Result.ShownConcept(); got != 2 {
		t.Errorf("shown is %d", got)
	}
	d.send(ConceptPicked{Concept: 3})
	without[Explain](d)
	d.send(ConceptPicked{Concept: 9})
	without[Explain](d)
}

func TestConceptsInOnePicture(t *testing.T) {
	d := divided(t)
	d.Panes[0].paint = 0
	d.send(ConceptPicked{Concept: 0})
	p := must[Paint](d)
	without[Explain](d)
	if len(p.Concepts) != 3 {
		t.Errorf("%d concepts are painted", len(p.Concepts))
	}
	d.send(Painted{Job: p.Job, Overlay: Overlay{Mixed: true}})
	d.send(PointerMoved{X: .5, Y: .5, On: true})
	if _, ok := d.Reading(0); ok {
		t.Error("what has no scale has no value under the pointer")
	}
	// The one that the map shows needs no new map.
	d.send(ConceptPicked{Concept: 2})
	if p := must[Paint](d); p.Concepts != nil {
		t.Error("all are painted still")
	}
	without[Explain](d)
}

func TestConceptsGoWithTheirMap(t *testing.T) {
	d := divided(t)
	d.send(MethodPicked{ID: "gradcam"})
	d.finish(must[Explain](d))
	if d.State.Concepts.Of != nil {
		t.Error("the strip stays under another method's map")
	}
}
