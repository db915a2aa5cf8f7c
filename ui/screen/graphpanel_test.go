package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

func TestGraphBesideThePanes(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.GraphToggled{})
	d.until("graph", func(s state.State) bool { return s.Graph.Drawing != nil })
	g := d.stage.graph
	if !g.root.Visible() || d.stage.panes[0].viewport.Size().Width > 480 {
		t.Fatalf("the graph has no room: the picture is %v", d.stage.panes[0].viewport.Size())
	}
	d.shot("graph-blocks")
	test.Tap(g.all)
	blocks := d.state.Graph.Drawing
	d.until("all", func(s state.State) bool { return s.Graph.Drawing != blocks })
	drawing := d.state.Graph.Drawing
	box := drawing.Holding("/stage2/block1/relu")
	g.pick(box)
	d.until("layer", func(s state.State) bool { return s.Panes[0].Result.Task.Layer == "/stage2/block1/relu" })
	if got := d.stage.panes[0].layer.Value(); got != "stage2.block1" {
		t.Errorf("the pane shows %q", got)
	}
	g.search.SetText("stage4 add")
	if len(g.hits) != 2 || g.at != 0 {
		t.Errorf("found %v", g.hits)
	}
	g.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if g.at != 1 {
		t.Error("Enter does not go on")
	}
	d.shot("graph-all")
	// What is no layer says so.
	g.pick(0)
	if d.state.Toast.Text == "" {
		t.Error("nothing is said")
	}
	test.Tap(d.stage.panes[0].layer)
	d.loop.Handle(state.GraphToggled{})
	if g.root.Visible() || d.stage.panes[0].viewport.Size().Width < 600 {
		t.Error("the room is not given back")
	}
}
