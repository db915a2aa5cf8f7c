package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/ui/state"
)

// watch is how often a held key is looked after.
const watch = 150 * time.Millisecond

// covered says that something lies over the window: a dialog, a list, the tour
// or the page of settings. Keys are not for what lies under it.
func (w *Window) covered() bool {
	s := w.loop.State()
	return w.win.Canvas().Overlays().Top() != nil || s.Tour > 0 || s.Page.On
}

// beneath says that a shortcut of the menu is meant for what is covered. The
// toolkit runs the same function for a click into the menu, which is meant.
func (w *Window) beneath() bool {
	return w.covered() && w.modifiers()&fyne.KeyModifierShortcutDefault != 0
}

// shifted says that Shift is held. The driver is asked: the toolkit sends the
// end of a held key to the field that has got the keyboard meanwhile.
func (w *Window) shifted() bool { return w.modifiers()&fyne.KeyModifierShift != 0 }

// heldModifiers are Shift, Ctrl and the like, as the driver knows them.
func heldModifiers(d fyne.Driver) fyne.KeyModifier {
	if d, ok := d.(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// held follows the keys that do something for as long as they are held.
func (w *Window) held(name fyne.KeyName, on bool) {
	if on && w.covered() {
		return
	}
	i := slices.IndexFunc(w.table, func(a act) bool { return a.hold != nil && a.key == name })
	if i < 0 {
		return
	}
	w.table[i].hold(on)
	if on {
		w.watchHeld()
	}
}

// watchHeld lets go of held keys once something else has the keyboard, where
// their end would go to.
func (w *Window) watchHeld() {
	if w.watching {
		return
	}
	w.watching = true
	w.after(watch, func() {
		w.watching = false
		s := w.loop.State()
		if !s.Panning && !s.Marking.Peek {
			return
		}
		if w.win.Canvas().Focused() == nil && !w.covered() {
			w.watchHeld()
			return
		}
		w.loop.Handle(state.PanHeld{})
		w.loop.Handle(state.OriginalHeld{})
	})
}
