package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// Steps of the keyboard.
const (
	zoomStep  = 1.25
	alphaStep = 0.05
)

// keys binds the acts that no menu binds; see acts.go.
func (w *Window) keys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { w.key(e.Name) })
	c.SetOnTypedRune(w.rune)
	// These go to a text field first, where one has the keyboard.
	bind := func(s fyne.Shortcut, f func()) {
		c.AddShortcut(s, func(fyne.Shortcut) {
			if !w.covered() {
				f()
			}
		})
	}
	for _, a := range w.table {
		if a.field {
			bind(a.combination(), a.do)
		}
	}
	bind(ctrlShift(fyne.KeyZ), w.redo)
	// Held keys exist on the desktop only.
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(e *fyne.KeyEvent) { w.held(e.Name, true) })
		d.SetOnKeyUp(func(e *fyne.KeyEvent) { w.held(e.Name, false) })
	}
}

func (w *Window) key(name fyne.KeyName) {
	if w.overlaid(name) {
		return
	}
	if top := w.win.Canvas().Overlays().Top(); top != nil {
		// Esc closes what lies on top; other keys are not for what lies under it.
		if name == fyne.KeyEscape {
			w.win.Canvas().Overlays().Remove(top)
		}
		return
	}
	if do := byKey(w.table, name, w.shifted()); do != nil {
		do()
	}
}

// rune is for what a character does by itself.
func (w *Window) rune(r rune) {
	if w.covered() {
		return
	}
	if do := byRune(w.table, r); do != nil {
		do()
	}
}

// walk goes along the filmstrip, with Shift selecting on the way.
func (w *Window) walk(by int) {
	if w.shifted() {
		w.loop.Handle(state.ItemsExtended{By: by})
		return
	}
	w.loop.Handle(state.ItemStepped{By: by})
}

// overlaid hands keys to the tour or the page of settings, where one lies over
// the window.
func (w *Window) overlaid(name fyne.KeyName) bool {
	s := w.loop.State()
	if w.win.Canvas().Overlays().Top() != nil || s.Tour == 0 && !s.Page.On {
		return false
	}
	switch {
	case s.Tour > 0 && name == fyne.KeyEscape:
		w.loop.Handle(state.TourLeft{})
	case s.Tour > 0 && (name == fyne.KeyRight || name == fyne.KeyReturn || name == fyne.KeyEnter || name == fyne.KeySpace):
		w.loop.Handle(state.TourStepped{By: 1})
	case s.Tour > 0 && name == fyne.KeyLeft:
		w.loop.Handle(state.TourStepped{By: -1})
	case s.Tour == 0 && name == fyne.KeyEscape:
		w.loop.Handle(state.SettingsToggled{})
	}
	return true
}

// step makes a brush in the hand or the pieces smaller, or larger, else the heat.
func (w *Window) step(by int) {
	if t := w.loop.State().Marking.Tool; t.Sized() || t == state.PickTool {
		w.loop.Handle(state.BrushStepped{By: by})
		return
	}
	w.loop.Handle(state.AlphaStepped{By: float64(by) * alphaStep})
}

// zoom acts around the middle of the active pane.
func (w *Window) zoom(factor float64) {
	p := w.screen.ActivePort()
	w.loop.Handle(state.Zoomed{Pane: w.loop.State().Active, Factor: factor, X: p.Width / 2, Y: p.Height / 2, Port: p})
}

func ctrl(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

func ctrlShift(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

func (w *Window) askFor(q screen.Question) func() { return func() { w.ask(q) } }
