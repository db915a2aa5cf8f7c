package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// press is a key as the toolkit sends it to the window, with what is held.
func (d *desk) press(k fyne.KeyName, held fyne.KeyModifier) {
	d.modifiers = func() fyne.KeyModifier { return held }
	d.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: k})
	d.modifiers = func() fyne.KeyModifier { return 0 }
}

func TestKeysStayOffWhatIsCovered(t *testing.T) {
	for _, cover := range []struct {
		name        string
		open, close func(*desk)
	}{
		{"a dialog", func(d *desk) { d.ask(screen.AskImages) }, func(d *desk) { d.press(fyne.KeyEscape, 0) }},
		{"the settings", func(d *desk) { d.loop.Handle(state.SettingsToggled{}) }, func(d *desk) { d.press(fyne.KeyEscape, 0) }},
		{"the tour", func(d *desk) { d.loop.Handle(state.TourStarted{}) }, func(d *desk) { d.press(fyne.KeyEscape, 0) }},
	} {
		d := newDesk(t, Options{Language: "en"})
		d.until("heat", heat)
		d.loop.Handle(state.LayoutPicked{Panes: 2})
		d.loop.Handle(state.PaneActivated{Pane: 1})
		before := d.loop.State()
		cover.open(d)
		c := d.win.Canvas()
		for _, k := range []fyne.KeyName{fyne.KeyDelete, fyne.KeyBackspace, fyne.KeyEnd} {
			d.press(k, 0)
		}
		for _, r := range "xfwslm" {
			c.OnTypedRune()(r)
		}
		d.modifiers = func() fyne.KeyModifier { return fyne.KeyModifierShortcutDefault }
		d.undoItem.Action()
		find(d.win.MainMenu(), fyne.KeyD, fyne.KeyModifierShortcutDefault).Action()
		c.(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
		if desk, ok := c.(desktop.Canvas); ok {
			desk.OnKeyDown()(&fyne.KeyEvent{Name: fyne.KeyH})
		}
		s := d.loop.State()
		if len(s.Items) != len(before.Items) || s.Shown != 2 || s.Current != before.Current || s.Solo || len(s.Selected) > 0 ||
			s.Items[0].Mark != "" || s.Panes[0].Wipe.On || s.Links != before.Links || s.Marking.Peek || s.Undoable() != "panes" {
			t.Errorf("under %s: %d pictures, %d panes, %d selected, undo %q", cover.name, len(s.Items), s.Shown, len(s.Selected), s.Undoable())
		}
		// A click into the menu is meant for the window.
		d.modifiers = func() fyne.KeyModifier { return 0 }
		if d.win.Canvas().Overlays().Top() == nil {
			d.undoItem.Action()
			if d.loop.State().Shown != 1 {
				t.Errorf("under %s the menu is dead", cover.name)
			}
			d.redoItem.Action()
		}
		cover.close(d)
		if s := d.loop.State(); s.Tour > 0 || s.Page.On || c.Overlays().Top() != nil {
			t.Fatalf("Esc leaves %s open", cover.name)
		}
		d.loop.Handle(state.PaneActivated{Pane: 1})
		c.OnTypedRune()('x')
		if d.loop.State().Shown != 1 {
			t.Errorf("after %s keys are dead", cover.name)
		}
	}
}

// The end of a held key goes to the field that has got the keyboard.
func TestNoKeyStaysHeld(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	c := d.win.Canvas()
	desk, ok := c.(desktop.Canvas)
	if !ok {
		t.Skip("no desktop")
	}
	desk.OnKeyDown()(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	d.press(fyne.KeyRight, 0)
	if s := d.loop.State(); len(s.Selected) > 0 || s.Current != s.Items[1].ID {
		t.Errorf("Shift is still held: %d selected", len(s.Selected))
	}
	d.press(fyne.KeyRight, fyne.KeyModifierShift)
	if s := d.loop.State(); len(s.Selected) != 2 {
		t.Errorf("Shift+→ selects %d", len(s.Selected))
	}
	desk.OnKeyDown()(&fyne.KeyEvent{Name: fyne.KeyH})
	desk.OnKeyDown()(&fyne.KeyEvent{Name: fyne.KeySpace})
	if s := d.loop.State(); !s.Marking.Peek || !s.Panning {
		t.Fatal("H and Space do nothing")
	}
	d.screen.FocusFilter()
	if c.Focused() == nil {
		t.Fatal("no field has the keyboard")
	}
	d.until("the keys are let go", func(s state.State) bool { return !s.Marking.Peek && !s.Panning })
}
