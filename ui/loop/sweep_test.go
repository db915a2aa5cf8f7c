package loop

import (
	"slices"
	"testing"

	"seewhy/ui/state"
)

func TestOtherColoursMakeNoOtherMaps(t *testing.T) {
	e := fakeEngine()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	d.Handle(state.SweepToggled{})
	swept := func(s state.State) bool { return s.Sweep.Job == 0 && len(s.Sweep.Thumbs) > 0 }
	d.until("the strip", swept)
	before, done := d.State().Sweep, e.Explains()
	d.Handle(state.ColormapPicked{ID: "viridis"})
	if d.State().Sweep.Job == 0 {
		t.Fatal("the strip keeps its colours")
	}
	d.until("the strip in other colours", swept)
	if after := d.State().Sweep; len(after.Maps) != len(before.Maps) || slices.Equal(after.Thumbs, before.Thumbs) {
		t.Error("the thumbnails are those of before")
	}
	if n := e.Explains(); n != done {
		t.Errorf("%d maps were computed for other colours", n-done)
	}
}
