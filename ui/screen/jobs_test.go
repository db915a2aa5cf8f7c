package screen

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// buttons are those under an object.
func buttons(o fyne.CanvasObject) (out []*widget.Button) {
	switch o := o.(type) {
	case *widget.Button:
		out = append(out, o)
	case *fyne.Container:
		for _, k := range o.Objects {
			out = append(out, buttons(k)...)
		}
	}
	return out
}

// What was done in one language is told in the next.
func TestFinishedWorkFollowsTheLanguage(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	d.loop.Handle(state.SweepToggled{})
	d.until("layers", func(s state.State) bool { return len(s.Sweep.Thumbs) > 0 })
	done := d.loop.State().Done[0]
	if got := done.Title(); got != "Every natural layer" {
		t.Fatalf("done: %q", got)
	}
	i18n.Use("zh-Hans")
	t.Cleanup(func() { i18n.Use("en") })
	if got := done.Title(); got != "每个自然层" {
		t.Errorf("done: %q", got)
	}
}

func TestCountsLeaveTheDrawersButtons(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("thumbs", func(s state.State) bool { return heat(s) && thumbed(s, 12) })
	d.engine.Slow(time.Hour)
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	// without is the state with so many thumbnails to come.
	without := func(n int) state.State {
		s := d.loop.State()
		s.Items = slices.Clone(s.Items)
		for i := range n {
			it := *s.Items[i]
			it.Thumb = nil
			s.Items[i] = &it
		}
		return s
	}
	d.ToggleJobs()
	drawer := d.status.drawer
	drawer.show(without(3))
	before := buttons(drawer.column)
	if got := drawer.titles[1].Text(); len(before) != 3 || got != "Thumbnails: 3 to come" {
		t.Fatalf("%d buttons, the second work is %q", len(before), got)
	}
	drawer.show(without(2))
	if got := drawer.titles[1].Text(); got != "Thumbnails: 2 to come" {
		t.Errorf("the count stays at %q", got)
	}
	if !slices.Equal(before, buttons(drawer.column)) {
		t.Error("a count makes the buttons anew: a click that has begun is lost")
	}
	s := without(2)
	s.Done = []state.Done{{Total: time.Second}}
	drawer.show(s)
	if slices.Equal(before, buttons(drawer.column)) {
		t.Error("finished work is not listed")
	}
}
