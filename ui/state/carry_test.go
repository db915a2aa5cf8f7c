package state

import "testing"

func TestAPaneIsCarriedAndLetGo(t *testing.T) {
	d := opened(t)
	d.send(LayoutPicked{Panes: 2})
	d.send(PaneActivated{Pane: 0})
	undo := d.Undoable()
	d.send(PaneCarried{Pane: 1, X: 3, Y: 4})
	if c := d.Carried; c == nil || *c != (Carry{Pane: 1, X: 3, Y: 4}) || d.Active != 0 {
		t.Fatalf("%+v", d.Carried)
	}
	// Let go inside the window nothing happens.
	d.send(PaneLetGo{})
	if d.Carried != nil || d.Active != 0 {
		t.Errorf("%+v, active %d", d.Carried, d.Active)
	}
	d.send(PaneCarried{Pane: 1, X: -5, Y: 4, Out: true})
	d.send(PaneLetGo{})
	if d.Carried != nil || d.Active != 1 {
		t.Errorf("%+v, active %d", d.Carried, d.Active)
	}
	// Esc ends a drag, and what is left of it carries nothing.
	d.send(PaneCarried{Pane: 0, X: -5, Out: true})
	d.send(Cancelled{})
	d.send(PaneCarried{Pane: 0, X: -6, Out: true})
	if d.Carried != nil {
		t.Error("it is carried on after Esc")
	}
	d.send(PaneLetGo{})
	d.send(PaneCarried{Pane: 0, X: 6})
	if d.Carried == nil || d.Active != 1 || d.Undoable() != undo {
		t.Errorf("%+v, active %d, undo %q", d.Carried, d.Active, d.Undoable())
	}
	d.send(PaneLetGo{})
	d.send(PaneCarried{Pane: 7, Out: true})
	if d.Carried != nil {
		t.Error("a pane that is not there is carried")
	}
}
