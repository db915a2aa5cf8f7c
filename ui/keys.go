package ui

import (
	"math"

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

// keys binds single keys. Those with Ctrl belong to menu items (see menu.go).
func (w *Window) keys() {
	c := w.win.Canvas()
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { w.key(e.Name) })
	c.SetOnTypedRune(w.rune)
}

func (w *Window) key(name fyne.KeyName) {
	switch name {
	case fyne.KeyLeft:
		w.loop.Handle(state.ItemStepped{By: -1})
	case fyne.KeyRight:
		w.loop.Handle(state.ItemStepped{By: 1})
	case fyne.KeyHome:
		w.loop.Handle(state.ItemStepped{By: math.MinInt32})
	case fyne.KeyEnd:
		w.loop.Handle(state.ItemStepped{By: math.MaxInt32})
	case fyne.KeyEscape:
		if top := w.win.Canvas().Overlays().Top(); top != nil {
			w.win.Canvas().Overlays().Remove(top)
			return
		}
		w.loop.Handle(state.Cancelled{})
	case fyne.KeyF1:
		w.showKeys()
	}
}

func (w *Window) rune(r rune) {
	switch r {
	case '+', '=':
		w.zoom(zoomStep)
	case '-', '−':
		w.zoom(1 / zoomStep)
	case '0':
		w.loop.Handle(state.Fitted{})
	case '1':
		w.loop.Handle(state.ActualSized{Port: w.screen.ActivePort()})
	case '[':
		w.loop.Handle(state.AlphaStepped{By: -alphaStep})
	case ']':
		w.loop.Handle(state.AlphaStepped{By: alphaStep})
	case '/':
		w.screen.FocusSearch()
	case '?':
		w.showKeys()
	}
}

// zoom acts around the middle of the active pane.
func (w *Window) zoom(factor float64) {
	p := w.screen.ActivePort()
	w.loop.Handle(state.Zoomed{Factor: factor, X: p.Width / 2, Y: p.Height / 2, Port: p})
}

func ctrl(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

func ctrlShift(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

func (w *Window) askFor(q screen.Question) func() { return func() { w.ask(q) } }
