package screen

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"seewhy/ui/look"
	"seewhy/ui/state"
)

func TestMenuOfALayerInTheStrip(t *testing.T) {
	for _, c := range []struct{ theme, language, use string }{{look.Dark, "en", "Use this layer"}, {look.Light, "zh-Hans", "使用此层"}} {
		d := newDesk(t, c.theme, c.language, 1280, 772, state.Options{})
		d.until("heat", heat)
		d.loop.Handle(state.SweepToggled{})
		d.until("swept", func(s state.State) bool { return s.Sweep.Job == 0 && len(s.Sweep.Maps) > 1 && heat(s) })
		w := d.stage.sweep
		w.film.OnMenu(1, fyne.NewPos(420, 480))
		d.shot("layer-menu-" + c.theme)
		items := w.items(1)
		if d.window.Canvas().Overlays().Top() == nil || items[0].Label != c.use {
			t.Fatalf("the menu begins with %q", items[0].Label)
		}
		d.window.Canvas().Overlays().Remove(d.window.Canvas().Overlays().Top())
		value := d.state.Sweep.Maps[1].Layer.Value
		if items[1].Checked {
			t.Error("the map is said to be of this layer already")
		}
		items[1].Action()
		if now := d.state.Layers(0); len(now) != 2 || !slices.Contains(now, value) || !w.items(1)[1].Checked {
			t.Errorf("the map is made of %v", now)
		}
		items[0].Action()
		if k := d.state.Panes[0]; k.Layer != value || len(k.Layers) > 0 {
			t.Errorf("layer %q of %v", k.Layer, k.Layers)
		}
		items[len(items)-1].Action()
		if d.state.Shown != 2 || d.state.Panes[1].Layer != value {
			t.Errorf("%d panes", d.state.Shown)
		}
		d.until("pinned", heat)
	}
}

func TestShowInFolder(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.strip.showFolder("/home/ann/my pictures/100 %/a#1.png")
	if want := []string{"file:///home/ann/my%20pictures/100%20%25"}; !slices.Equal(d.opened, want) {
		t.Errorf("%q, want %q", d.opened, want)
	}
}

func TestOnlyFilesHaveAPath(t *testing.T) {
	d := newDesk(t, look.Dark, "en", 1280, 772, state.Options{})
	d.until("heat", heat)
	for ref, want := range map[string]bool{"gallery:cat": false, "/home/ann/shot 12:30.png": true, `C:\pictures\a.png`: true, "/home/ann/a.png": true} {
		has := slices.ContainsFunc(d.strip.items(&state.Item{Ref: ref}), func(m *fyne.MenuItem) bool { return m.Label == "Copy the path" })
		if has != want {
			t.Errorf("%s: its path can be copied: %v", ref, has)
		}
	}
}
