package screen

import (
	"testing"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

func TestConceptStrip(t *testing.T) {
	d := newDesk(t, look.Light, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	if d.stage.parts.root.Visible() {
		t.Error("a map of no concepts has a strip of them")
	}
	d.loop.Handle(state.MethodPicked{ID: "dff"})
	d.until("concepts", func(s state.State) bool { return heat(s) && len(s.Concepts.Thumbs) == 4 })
	strip := d.stage.parts
	if got := strip.frame(2).Title; got != "30 %  ·  6.25" || strip.at != 2 || strip.frame(2).Thumb == nil {
		t.Errorf("the second is %q, shown is %d", got, strip.at)
	}
	d.shot("concepts")
	strip.film.OnPicked(3)
	d.until("third", func(s state.State) bool { return s.Panes[0].Job == 0 && s.Panes[0].Result.Task.Params["concept"] == 3 })
	strip.film.OnPicked(0)
	d.until("all", func(s state.State) bool { return s.Panes[0].Overlay.Mixed })
	p := d.stage.panes[0]
	if p.colours.Visible() || strip.at != 0 {
		t.Error("all in one have no scale")
	}
	d.shot("concepts-mixed")
	d.loop.Handle(state.MethodPicked{ID: "gradcam"})
	d.until("other map", func(s state.State) bool {
		return heat(s) && s.Panes[0].Result.Task.Method == "gradcam" && !s.Panes[0].Overlay.Mixed
	})
	if strip.root.Visible() || !p.colours.Visible() {
		t.Error("the strip stays")
	}
}
