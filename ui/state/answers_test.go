package state

import (
	"testing"

	"seewhy/analysis/task"
)

// edited has a part hidden and two panes, the second with a model of its own.
func edited(t *testing.T) *desk {
	d := easel(t)
	d.stroke(task.Point{X: 0.25, Y: 0.5}, task.Point{X: 0.5, Y: 0.5})
	d.settle()
	d.send(LayoutPicked{Panes: 2})
	d.settle()
	d.send(ModelPicked{Pane: 1, Ref: "/m/a.onnx"})
	d.settle()
	if p := d.Panes[1]; p.Own == nil || p.Forward.Prediction == nil || p.Before.Prediction == nil {
		t.Fatalf("pane 1: %+v", p)
	}
	return d
}

// asked are the questions of the last step about the picture with its edits, and
// without them, by a model of another file than the window's.
func (d *desk) askedOwn() (after, before int) {
	for _, c := range d.cmds {
		if p, ok := c.(Predict); ok && p.Task.Model != d.Model.Info.Ref {
			if len(p.Task.Edits) > 0 {
				after++
			} else {
				before++
			}
		}
	}
	return after, before
}

// A pane that repeats another takes over what is answered, and asks what is not:
// an answer under way comes to the one that asked.
func TestRepeatedPanesAskWhatIsNotAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*desk)
		do     Msg
		pane   int
		// asked of the model, with edits and without.
		after, bare int
	}{
		"pinned":                       {func(*desk) {}, ClassPinned{Class: 2}, 2, 0, 0},
		"pinned, edits asked about":    {func(d *desk) { d.Panes[1].Forward.Job = 901 }, ClassPinned{Class: 2}, 2, 1, 1},
		"pinned, original asked about": {func(d *desk) { d.Panes[1].Before = Forward{Job: 901} }, ClassPinned{Class: 2}, 2, 0, 1},
		"beside":                       {func(*desk) {}, BesideToggled{}, 2, 0, 0},
		"beside, edits asked about":    {func(d *desk) { d.Panes[1].Forward.Job = 901 }, BesideToggled{}, 2, 1, 1},
		"classes":                      {func(*desk) {}, ClassesCompared{}, 2, 0, 0},
		"classes, edits asked about":   {func(d *desk) { d.Panes[1].Forward.Job = 901 }, ClassesCompared{}, 2, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := edited(t)
			c.before(d)
			d.send(c.do)
			if d.Shown != 3 || d.Panes[c.pane].Own != d.Panes[1].Own {
				t.Fatalf("%d panes: %+v", d.Shown, d.Panes[c.pane].Own)
			}
			if after, bare := d.askedOwn(); after != c.after || bare != c.bare {
				t.Errorf("asked %d times with edits, %d times without; want %d, %d", after, bare, c.after, c.bare)
			}
			f, b := d.Panes[c.pane].Forward, d.Panes[c.pane].Before
			if f.Prediction == nil && f.Job == 0 || b.Prediction == nil && b.Job == 0 || f.Job == 901 || b.Job == 901 {
				t.Errorf("answers %+v, %+v", f, b)
			}
		})
	}
}

// What undo brings back takes the answer to the edited picture, also from a pane
// that shows the original, and asks what is still under way.
func TestUndoTakesTheRightAnswerOver(t *testing.T) {
	d := edited(t)
	d.send(ClassPinned{Class: 2})
	d.settle()
	d.send(PaneOriginalSet{Pane: 2, Original: true})
	d.settle()
	d.send(PaneClosed{Pane: 1})
	d.settle()
	want := d.Panes[1].Forward.Prediction
	if !d.Panes[1].Original || want == nil || want == d.Panes[1].Before.Prediction {
		t.Fatalf("%+v", d.Panes[1])
	}
	d.Panes[1].Before = Forward{Job: 901}
	d.send(Undone{})
	if got := d.Panes[2].Forward; got.Prediction != want || got.Job != 0 {
		t.Errorf("got %+v, want %p", got, want)
	}
	if after, bare := d.askedOwn(); after != 0 || bare != 1 || d.Panes[2].Before.Job == 0 {
		t.Errorf("asked %d, %d; before %+v", after, bare, d.Panes[2].Before)
	}
}
