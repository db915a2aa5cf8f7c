package loop

import (
	"testing"
	"testing/synctest"
	"time"

	"seewhy/ui/state"
)

// A drag ends by itself when nothing has been added to it for a while.
func TestAStrokeEndsWithARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, fakeEngine(), nil)
		d.Start(state.Options{})
		d.until("heat", heat)
		d.Handle(state.AlphaSet{Alpha: 0.1})
		time.Sleep(pause / 2)
		d.Handle(state.AlphaSet{Alpha: 0.2})
		last := time.Now()
		d.until("rest", func(s state.State) bool { return s.Stroke() == 0 })
		// The timer of the first part begins again where it finds the second.
		if got := time.Since(last); got != pause/2+pause {
			t.Errorf("the stroke ended %v after its last part", got)
		}
		d.Handle(state.AlphaSet{Alpha: 0.9})
		d.Handle(state.Undone{})
		if got := d.State().Panes[0].Style.Alpha; got != 0.2 {
			t.Errorf("undone to %v", got)
		}
		d.Handle(state.Undone{})
		if got := d.State().Undoable(); got != "" {
			t.Errorf("more to undo: %q", got)
		}
	})
}
