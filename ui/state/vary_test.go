package state

import (
	"slices"
	"testing"

	"seewhy/analysis/task"
)

// versatile is a model with many methods.
func versatile(name string, ids ...string) task.ModelInfo {
	info := model(name)
	info.Methods = []task.MethodInfo{{ID: "zother"}, {ID: "broken", Why: "no rule for Foo"}}
	for _, id := range ids {
		info.Methods = append(info.Methods, task.MethodInfo{ID: id, NeedsLayer: id != "saliency"})
	}
	return info
}

func (d *desk) methods() (out []string) {
	for _, q := range d.questions() {
		out = append(out, q.Method)
	}
	return out
}

// A grid that is made before the model is there asks as many methods as one
// that is made after it.
func TestGridVariesOnceTheModelIsKnown(t *testing.T) {
	want := []string{"gradcam", "saliency", "layercam", "lrp"}
	early := booted(t, Options{})
	open := must[OpenModel](early)
	early.send(LayoutPicked{Panes: 4})
	if got := early.methods(); !slices.Equal(got, []string{"gradcam", "gradcam", "gradcam", "gradcam"}) {
		t.Fatalf("without a model %v", got)
	}
	early.send(ModelOpened{Job: open.Job, Info: versatile("m", "lrp", "saliency", "layercam", "gradcam")})
	if got := early.methods(); !slices.Equal(got, want) {
		t.Errorf("the model came later: %v", got)
	}

	late := booted(t, Options{})
	late.send(ModelOpened{Job: must[OpenModel](late).Job, Info: versatile("m", "lrp", "saliency", "layercam", "gradcam")})
	late.send(LayoutPicked{Panes: 4})
	if got := late.methods(); !slices.Equal(got, want) {
		t.Errorf("the model was there: %v", got)
	}
}

// What was chosen with one model stays with the next; what that lacks gives way
// to something that no other pane shows.
func TestGridVariesWithAnotherModel(t *testing.T) {
	d := booted(t, Options{})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: versatile("m", "gradcam", "saliency", "layercam", "lrp")})
	d.send(LayoutPicked{Panes: 4})
	d.send(MethodPicked{Pane: 0, ID: "lrp"})
	d.send(MethodPicked{Pane: 3, ID: "gradcam"})
	d.send(ModelPicked{Ref: "/other.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: versatile("other", "gradcam", "saliency", "hirescam")})
	if got := d.methods(); !slices.Equal(got, []string{"gradcam", "saliency", "hirescam", "zother"}) {
		t.Errorf("methods %v", got)
	}

	// Layers are the old model's: panes that differed in them alone ask methods.
	d = rich(t)
	d.settled()
	d.send(LayersCompared{})
	d.send(ModelPicked{Ref: "/other.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: versatile("other", "gradcam", "saliency", "layercam")})
	if got := d.methods(); !slices.Equal(got, []string{"gradcam", "saliency", "layercam", "zother"}) {
		t.Errorf("after layers %v", got)
	}
}

// The original beside the edited picture asks the same on purpose, and so does a
// pane that waits for a model of its own.
func TestWhatAsksTheSameOnPurposeStays(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.send(MethodPicked{Pane: 1, ID: "gradcam"})
	d.send(PaneOriginalSet{Pane: 1, Original: true})
	d.send(ModelPicked{Ref: "/other.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: versatile("other", "gradcam", "saliency")})
	if got := d.methods(); !slices.Equal(got, []string{"gradcam", "gradcam"}) {
		t.Errorf("the original asks %v", got)
	}
}

// A new pane asks about the class that is at hand, of the same layer.
func TestNewPanesTakeTheQuestionOver(t *testing.T) {
	d := rich(t)
	d.send(RatherPicked{Class: 0})
	d.send(ClassPicked{Class: 2})
	d.send(LayerPicked{Value: "b"})
	d.send(CompareToggled{})
	if q := d.Panes[1].Question; q.Method != "saliency" || q.Class != 2 || q.Kind != task.Margin || q.Rather != 0 || q.Layer != "b" {
		t.Errorf("the second pane asks %+v", q)
	}
	// One that was there before keeps what it asked.
	d.send(ClassPicked{Pane: 1, Class: 1})
	d.settled()
	d.send(CompareToggled{})
	d.send(CompareToggled{})
	if q := d.Panes[1].Question; q.Class != 1 {
		t.Errorf("the pane comes back with %+v", q)
	}
}

// A pane made of others, added to one alone, brings the second that it needs; on
// a full stage it says why not.
func TestADifferenceBringsWhatItNeeds(t *testing.T) {
	d := rich(t)
	d.send(ShowPicked{Pane: 1, Show: ShowDifference})
	if p := d.Panes[2]; d.Shown != 3 || p.Show != ShowDifference || p.A != 0 || p.B != 1 || d.Panes[1].Method != "saliency" || d.Active != 2 {
		t.Errorf("%d panes, the last %+v", d.Shown, p)
	}
	d.send(LayoutPicked{Panes: MaxPanes})
	d.send(ShowPicked{Pane: MaxPanes, Show: ShowAgreement})
	if d.Shown != MaxPanes || !d.Toast.Warning {
		t.Errorf("%d panes, said %+v", d.Shown, d.Toast)
	}
}
