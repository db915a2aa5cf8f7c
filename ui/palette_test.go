package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"seewhy/assets/i18n"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// find opens the palette, types into it and presses Enter.
func (d *desk) find(words string) {
	d.t.Helper()
	d.showPalette()
	c := d.win.Canvas()
	field := c.Focused()
	if field == nil || c.Overlays().Top() == nil {
		d.t.Fatal("the palette did not open with the keyboard in it")
	}
	test.Type(field, words)
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if c.Overlays().Top() != nil {
		d.t.Errorf("%q leaves the palette open", words)
	}
}

func TestPaletteGoesToEverything(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	d.find("saliency")
	if got := d.loop.State().Panes[0].Method; got != "saliency" {
		t.Errorf("method %s", got)
	}
	d.find("umbrella class")
	if got := d.loop.State().Panes[0].Class; got != 11 {
		t.Errorf("class %d", got)
	}
	d.find("next")
	if s := d.loop.State(); s.Current != s.Items[1].ID {
		t.Errorf("picture %d", s.Current)
	}
	last := d.loop.State().Items[20]
	d.find("picture " + last.Name)
	if got := d.loop.State().Current; got != last.ID {
		t.Errorf("picture %d, want %d", got, last.ID)
	}
	layer := d.loop.State().Model.Info.Layers[1]
	d.find("layer " + layer.Value)
	if got := d.loop.State().Panes[0].Layer; got != layer.Value {
		t.Errorf("layer %s", got)
	}
	d.find("theme: light")
	if got := d.loop.State().Settings.Theme; got != "light" {
		t.Errorf("theme %s", got)
	}
	d.find("model biased")
	d.until("model", func(s state.State) bool { return s.Model.Info.Ref.Path == "builtin:seewhy-scenes-biased" })
	// Nothing is found, Enter does nothing, Esc closes.
	d.showPalette()
	field := d.win.Canvas().Focused()
	test.Type(field, "qqqq")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.win.Canvas().Overlays().Top() != nil {
		t.Error("Esc leaves the palette open")
	}
}

func TestPaletteKnowsTheKeys(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		d := newDesk(t, Options{Language: language})
		all := d.actions()
		i := slices.IndexFunc(all, func(a screen.Action) bool { return a.Title == i18n.T("Active pane alone") })
		if i < 0 || all[i].Keys != "S" {
			t.Errorf("%s: the actions lack one, or its key", language)
		}
		if len(all) < 30 {
			t.Errorf("%d actions", len(all))
		}
	}
}
