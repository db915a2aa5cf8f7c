package state

import (
	"reflect"
	"testing"
)

// While a session waits for its models its panes are empty. Neither a step
// that is taken meanwhile nor undo may put that in the place of the session.
func TestUndoKeepsASessionThatIsBeingOpened(t *testing.T) {
	s, _ := study(t).State.Session()
	for _, c := range []struct {
		name string
		at   func(*desk)
	}{
		{"at once", func(d *desk) { d.send(Undone{}) }},
		{"when all is there", func(d *desk) { d.serve(); d.send(Undone{}) }},
		{"before the second model", func(d *desk) {
			open := must[OpenModel](d)
			d.cmds = nil
			d.send(ModelOpened{Job: open.Job, Info: pathed(open.Ref)})
			if d.Model.saved == nil {
				t.Fatal("no second model is under way")
			}
			second := d.cmds
			d.send(SeedSet{Pane: 0, Seed: 77})
			d.send(SeedSet{Pane: 0, Seed: 9})
			d.send(PaneActivated{Pane: 1})
			d.send(Undone{})
			d.cmds = second
		}},
	} {
		d := started(t, Options{}, EngineReady{Session: &s})
		start := d.cmds
		d.send(ItemStepped{By: 1})
		d.send(ItemStepped{By: -1})
		d.cmds = start
		c.at(d)
		if d.Undoable() != "" {
			t.Errorf("%s: %q can be undone", c.name, d.Undoable())
		}
		d.cmds = append(d.cmds, start...)
		d.serve()
		if got, ok := d.State.Session(); !ok || !reflect.DeepEqual(got, s) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.name, got, s)
		}
	}
}

// A project that is being opened can be taken back, but not brought back half.
func TestUndoOfAProjectOnItsWay(t *testing.T) {
	s, _ := study(t).State.Session()
	d := opened(t)
	want := d.document()
	d.send(ProjectRead{Path: "/p/x.seewhy", Session: s})
	d.send(ItemStepped{By: 1})
	d.send(Undone{})
	d.settle()
	d.mustBe("the project taken back", want)
	if d.Undoable() != "" || d.Redoable() != "" {
		t.Errorf("undo %q, redo %q", d.Undoable(), d.Redoable())
	}
}
