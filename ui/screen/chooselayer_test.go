package screen

import (
	"testing"

	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

func TestSeveralLayersInOneMap(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	p := d.stage.panes[0]
	test.Tap(p.layer)
	list := d.window.Canvas().Overlays().Top().(*fynewidget.PopUp).Content.(*widget.Choices)
	list.OnTicked("/stage3/block2/relu")
	list.OnTicked("/stage2/block2/relu")
	if got := p.layer.Value(); got != "3 layers" || d.window.Canvas().Overlays().Top() == nil {
		t.Errorf("the head says %q", got)
	}
	if got := ticked(d.state, 0); len(got) != 3 {
		t.Errorf("ticked %q", got)
	}
	d.shot("layers-ticked")
	d.until("map of three layers", func(s state.State) bool {
		r := s.Panes[0].Result
		return r != nil && len(r.Task.Layers) == 3 && s.Panes[0].Job == 0
	})
	list.OnPicked(naturalLayers)
	d.until("map of all", func(s state.State) bool { return s.Panes[0].Job == 0 && len(s.Panes[0].Result.Task.Layers) == 4 })
	if got := p.layer.Value(); got != "4 layers" {
		t.Errorf("the head says %q", got)
	}
	// A method that takes one has no boxes.
	for _, c := range layerChoices(d.state, 0, false) {
		if c.Ticks || c.ID == naturalLayers {
			t.Errorf("%q can be ticked", c.Title)
		}
	}
}
