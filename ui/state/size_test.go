package state

import (
	"slices"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/prep"
)

func square(n int) prep.Size { return prep.Size{Width: n, Height: n} }

// anySize is a model that takes pictures of any size, 224 its own.
func anySize(name string) task.ModelInfo {
	m := model(name)
	m.Layout, m.InputSize = prep.NCHW, square(224)
	m.Input = task.TensorInfo{Name: "x", Shape: []int{-1, 3, -1, -1}}
	return m
}

func openedAnySize(t *testing.T) *desk {
	d := opened(t)
	d.send(ModelPicked{Ref: "/m/any.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: anySize("any")})
	d.settle()
	return d
}

// A pane asks at the size that was picked; undo goes back.
func TestSizePicked(t *testing.T) {
	d := openedAnySize(t)
	if d.SizeOf(0) != square(224) || d.Resized(0) {
		t.Fatalf("it begins at %v", d.SizeOf(0))
	}
	d.send(SizePicked{Size: square(160)})
	if e := must[Explain](d); e.Task.Size != square(160) {
		t.Errorf("asked at %v", e.Task.Size)
	}
	if d.SizeOf(0) != square(160) || !d.Resized(0) || d.Undoable() != "input size" {
		t.Errorf("%v, undo %q", d.SizeOf(0), d.Undoable())
	}
	d.settle()
	for _, bad := range []prep.Size{{Width: 160}, square(-1), square(1 << 20)} {
		d.send(SizePicked{Size: bad})
		without[Explain](d)
	}
	// Its own size is no other one.
	d.send(SizePicked{Size: square(224)})
	if e := must[Explain](d); e.Task.Size != (prep.Size{}) || d.Resized(0) {
		t.Errorf("asked at %v", e.Task.Size)
	}
	d.settle()
	d.undo()
	if d.Panes[0].Size != square(160) || d.Panes[0].Result.Task.Size != square(160) {
		t.Errorf("after undo %v", d.Panes[0].Size)
	}
	d.send(ParamsReset{})
	if e := must[Explain](d); e.Task.Size != (prep.Size{}) {
		t.Errorf("after the reset %v", e.Task.Size)
	}
}

func TestSizeIsOfModelsThatTakeAny(t *testing.T) {
	d := opened(t)
	d.send(SizePicked{Size: square(160)})
	without[Explain](d)
	if d.AnySize(0) || d.Panes[0].Size != (prep.Size{}) {
		t.Errorf("%v on a model of one size", d.Panes[0].Size)
	}
	// It waits for a model that takes it.
	d = openedAnySize(t)
	d.send(SizePicked{Size: square(160)})
	d.settle()
	d.send(ModelPicked{Ref: "/m/fixed.onnx"})
	d.send(ModelOpened{Job: must[OpenModel](d).Job, Info: model("fixed")})
	if e := must[Explain](d); e.Task.Size != (prep.Size{}) || d.Resized(0) {
		t.Errorf("a model of one size is asked at %v", e.Task.Size)
	}
}

func TestSessionKeepsTheSize(t *testing.T) {
	d := openedAnySize(t)
	d.send(SizePicked{Size: prep.Size{Width: 160, Height: 96}})
	d.settle()
	s, ok := d.State.Session()
	if !ok || s.Panes[0].Task.Size != (prep.Size{Width: 160, Height: 96}) {
		t.Fatalf("kept %v, %v", s.Panes[0].Task.Size, ok)
	}
	info := anySize("any")
	if q := questionOf(s.Panes[0], Opened{Info: &info}); q.Size != (prep.Size{Width: 160, Height: 96}) {
		t.Errorf("came back as %v", q.Size)
	}
}

// What needs less is offered while the failure stands, and one message asks it.
func TestOffers(t *testing.T) {
	d := openedAnySize(t)
	list := []task.Lighter{{Size: square(160)}, {Method: "gradcam", Title: "Grad-CAM"}}
	fail := func() {
		t.Helper()
		d.send(MethodPicked{ID: "saliency"})
		d.send(ExplainFailed{Job: must[Explain](d).Job, Err: "not enough memory", Lighter: list})
		if !slices.Equal(d.Offers(0), list) {
			t.Fatalf("offered %v", d.Offers(0))
		}
	}
	fail()
	d.send(SizePicked{Size: list[0].Size})
	if e := must[Explain](d); e.Task.Method != "saliency" || e.Task.Size != square(160) || d.Offers(0) != nil {
		t.Errorf("asked %+v, still offered %v", e.Task, d.Offers(0))
	}
	d.send(ExplainFailed{Job: d.Panes[0].Job, Err: "something else"})
	if d.Offers(0) != nil {
		t.Errorf("for another failure %v", d.Offers(0))
	}
	d.send(MethodPicked{ID: "gradcam"})
	d.settle()
	fail()
	d.send(MethodPicked{ID: list[1].Method})
	if e := must[Explain](d); e.Task.Method != "gradcam" || d.Offers(0) != nil {
		t.Errorf("asked %+v, still offered %v", e.Task, d.Offers(0))
	}
}
