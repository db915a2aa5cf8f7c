package screen

import (
	"testing"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

// The filmstrip makes room where panes would be small, the sides where a person
// says so, and both come back.
func TestRoomForSmallPanes(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	low := func(want bool, when string) {
		t.Helper()
		high := d.strip.root.Size().Height
		if d.strip.low != want || d.strip.bar.root.Visible() == want || (high < 80) != want {
			t.Errorf("%s: low %v, %v high", when, d.strip.low, high)
		}
	}
	low(false, "one pane")
	d.loop.Handle(state.LayoutPicked{Panes: 9})
	low(true, "nine panes")
	last := d.state.FilmLen() - 1
	d.loop.Handle(state.ItemPicked{Item: d.state.FilmItem(last).ID})
	d.loop.Handle(state.LayoutPicked{Panes: 1})
	d.loop.Handle(state.LayoutPicked{Panes: 9})
	if f := d.strip.film.Frame(last); f == nil || f.Position().X+f.Size().Width > d.strip.film.Size().Width {
		t.Error("the current picture is out of sight in the low strip")
	}
	d.FocusFilter()
	low(false, "the search is wanted")
	d.loop.Handle(state.StripFolded{Low: true})
	d.loop.Handle(state.LayoutPicked{Panes: 2})
	low(true, "folded by hand")

	width := d.stage.root.Size().Width
	d.loop.Handle(state.RoomToggled{})
	if got := d.stage.root.Size().Width; got != 1280 || d.side.content().Visible() || d.answer.content().Visible() {
		t.Errorf("the stage is %v wide", got)
	}
	// The zoom that is told is that of the photo as it lies now.
	told := d.stage.zoom.Text()
	if d.stage.showZoom(d.loop.State()); told != d.stage.zoom.Text() {
		t.Errorf("the zoom is told as %s, it is %s", told, d.stage.zoom.Text())
	}
	// A search over classes needs the side that it stands in.
	d.FocusSearch()
	if got := d.stage.root.Size().Width; got != width || !d.answer.content().Visible() {
		t.Errorf("the stage is %v wide, want %v", got, width)
	}
}

// What is cut in a foot is told whole.
func TestFeetAreToldWhole(t *testing.T) {
	d := filled(t, look.Dark, "en", 1280, 772, 1)
	d.loop.Handle(state.LayoutPicked{Panes: 9})
	d.until("nine maps", func(s state.State) bool {
		for _, p := range s.Panes {
			if p.Overlay == nil {
				return false
			}
		}
		return true
	})
	for i, p := range d.stage.panes {
		if got, want := p.teller.Words(), footWords(d.state, i, false); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("pane %d tells %q, want %q", i, got, want)
		}
		if p.teller.Size().Width < 200 {
			t.Errorf("pane %d: the area is %v", i, p.teller.Size())
		}
	}
}
