package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/ui/look"
	"seewhy/ui/state"
)

// The list has every target; what a model has none of says why.
func TestTargetChoices(t *testing.T) {
	for _, c := range []struct {
		info   task.ModelInfo
		chosen task.TargetKind
		why    map[task.TargetKind]bool
	}{
		{task.ModelInfo{Classes: 10}, target.Finer, nil},
		{task.ModelInfo{Classes: 10, MultiLabel: true}, target.LogProbability, map[task.TargetKind]bool{target.Finer: true, target.ReST: true}},
		{task.ModelInfo{Classes: 1}, task.Logit, map[task.TargetKind]bool{task.Margin: true, target.LogProbability: true, target.Finer: true, target.ReST: true}},
	} {
		items := targetChoices(&c.info, c.chosen, task.MethodInfo{})
		if len(items) != len(target.All()) {
			t.Fatalf("%d of %d targets", len(items), len(target.All()))
		}
		for _, i := range items {
			k := task.TargetKind(i.ID)
			if i.Title == "" || i.Note == "" || i.Chosen != (k == c.chosen) || (i.Why != "") != c.why[k] {
				t.Errorf("%+v: %+v", c.info, i)
			}
		}
	}
}

// A method that explains class scores only is greyed out under other targets, and
// they under it.
func TestMethodsThatRefuseTargets(t *testing.T) {
	lrp, cam := task.MethodInfo{Title: "LRP", ClassScores: true}, task.MethodInfo{Title: "Grad-CAM"}
	for _, k := range target.All() {
		if got := whyNot(lrp, k.ID); (got != "") != k.Derived || k.Derived && !strings.Contains(got, k.Title) {
			t.Errorf("LRP under %s: %q", k.ID, got)
		}
		if got := whyNot(cam, k.ID); got != "" {
			t.Errorf("Grad-CAM under %s: %q", k.ID, got)
		}
	}
	for _, i := range targetChoices(&task.ModelInfo{Classes: 10}, task.Logit, lrp) {
		if derived := target.Of(task.TargetKind(i.ID)).Derived; (i.Why != "") != derived {
			t.Errorf("under LRP, %s: %q", i.ID, i.Why)
		}
	}
	if got := whyNot(task.MethodInfo{ClassScores: true, Why: "no rule for Foo"}, target.Finer); got != "no rule for Foo" {
		t.Errorf("the model's reason is %q", got)
	}
}

// A target without a button stands in a line of its own, which says its name.
func TestTargetWithoutButton(t *testing.T) {
	d := newDesk(t, look.Light, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	a := d.answer
	for _, k := range target.All() {
		d.loop.Handle(state.KindPicked{Kind: k.ID})
		if a.other.Visible() == k.Quick || a.rather.Visible() != k.Second || !k.Quick && a.other.Value() != kind(k.ID) {
			t.Errorf("%s: the line %v %q, the second class %v", k.ID, a.other.Visible(), a.other.Value(), a.rather.Visible())
		}
	}
	// A pane that is made of others asks nothing itself.
	d.loop.Handle(state.LayoutPicked{Panes: 3})
	d.loop.Handle(state.ShowPicked{Pane: 2, Show: state.ShowAgreement})
	if a.more.Visible() || a.other.Visible() || a.setting.Visible() || a.rather.Visible() || !a.kinds[task.Logit].Disabled() || !strings.Contains(a.explain.Text(), "MADE OF OTHERS") {
		t.Errorf("it can be asked under %q", a.explain.Text())
	}
	d.loop.Handle(state.LayoutPicked{Panes: 1})
	// The palette finds targets too, for the keyboard.
	lines := 0
	for _, c := range paletteChoices(d.state, nil) {
		if kind, what, _ := strings.Cut(c.ID, ":"); kind == findTarget {
			lines++
			if got := found(d.state, kind, what); got != (state.KindPicked{Kind: task.TargetKind(what)}) {
				t.Errorf("%s sends %v", c.Title, got)
			}
		}
	}
	if lines != len(target.All()) {
		t.Errorf("the palette has %d targets", lines)
	}
	test.Tap(a.more)
	pop := d.window.Canvas().Overlays().Top()
	if pop == nil {
		t.Fatal("the list of targets does not open")
	}
	d.shot("targets")
}
