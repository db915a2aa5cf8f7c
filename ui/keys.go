package ui

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/ui/screen"
	"seewhy/ui/session"
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
	// These go to a text field first, where one has the keyboard.
	bind := func(s fyne.Shortcut, f func()) {
		c.AddShortcut(s, func(fyne.Shortcut) {
			if !w.covered() {
				f()
			}
		})
	}
	bind(&fyne.ShortcutPaste{}, w.paste)
	bind(&fyne.ShortcutSelectAll{}, func() { w.loop.Handle(state.AllSelected{}) })
	bind(&fyne.ShortcutCopy{}, func() { w.loop.Handle(state.PictureCopied{Pane: w.loop.State().Active}) })
	bind(ctrlShift(fyne.KeyC), func() { w.loop.Handle(state.ValuesCopied{Pane: w.loop.State().Active}) })
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
	switch name {
	case fyne.KeyLeft:
		w.walk(-1)
	case fyne.KeyRight:
		w.walk(1)
	case fyne.KeyHome:
		w.walk(math.MinInt32)
	case fyne.KeyEnd:
		w.walk(math.MaxInt32)
	case fyne.KeyPageUp:
		w.walk(-w.screen.PageLength())
	case fyne.KeyPageDown:
		w.walk(w.screen.PageLength())
	case fyne.KeyDelete:
		w.loop.Handle(state.ItemsRemoved{})
	case fyne.KeyEscape:
		w.loop.Handle(state.Cancelled{})
	case fyne.KeyBackspace:
		w.loop.Handle(state.EditsCleared{})
	case desktop.KeyMenu:
		w.screen.PaneMenu()
	case fyne.KeyF10:
		if w.shifted() {
			w.screen.PaneMenu()
		}
	case fyne.KeyF1:
		w.showKeys()
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

// rune is for keys only; what the menu does too is in letter.
func (w *Window) rune(r rune) {
	if !w.covered() {
		w.letter(r)
	}
}

func (w *Window) letter(r rune) {
	s := w.loop.State()
	switch r {
	case '+', '=':
		w.zoom(zoomStep)
	case '-', '−':
		w.zoom(1 / zoomStep)
	case '0':
		w.loop.Handle(state.Fitted{Pane: s.Active})
	case '1':
		w.loop.Handle(state.ActualSized{Pane: s.Active, Port: w.screen.ActivePort()})
	case '[':
		w.step(-1)
	case ']':
		w.step(1)
	case 'j', 'J':
		w.screen.ToggleJobs()
	case 'l', 'L':
		l := s.Links
		l.View = !l.View
		w.loop.Handle(state.LinksSet{Links: l})
	case 's', 'S':
		w.loop.Handle(state.PaneSoloed{Pane: s.Active})
	case 'p', 'P':
		w.loop.Handle(state.PaneActivated{Pane: (s.Active + 1) % s.Shown})
	case 'x', 'X':
		w.loop.Handle(state.PaneClosed{Pane: s.Active})
	case 'w', 'W':
		w.loop.Handle(state.WipeToggled{})
	case 'f', 'F':
		w.loop.Handle(state.ItemMarked{Mark: session.Starred})
	case 'r', 'R':
		w.loop.Handle(state.ItemMarked{Mark: session.Rejected})
	case 'n', 'N':
		w.screen.EditNote()
	case 'y', 'Y':
		w.loop.Handle(state.SweepToggled{})
	case 'i', 'I':
		w.loop.Handle(state.ToolsToggled{})
	case 'b', 'B':
		w.loop.Handle(state.ToolPicked{Tool: state.BrushTool})
	case 'm', 'M':
		w.loop.Handle(state.ToolPicked{Tool: state.BoxTool})
	case 'o', 'O':
		w.loop.Handle(state.ToolPicked{Tool: state.LassoTool})
	case 'g', 'G':
		w.loop.Handle(state.ToolPicked{Tool: state.PickTool})
	case 'e', 'E':
		w.loop.Handle(state.ToolPicked{Tool: state.EraserTool})
	case 'c', 'C':
		w.loop.Handle(state.BesideToggled{})
	case 't', 'T':
		w.screen.OpenRegions()
	case 'v', 'V':
		w.loop.Handle(state.GraphToggled{})
	case '/':
		w.screen.FocusSearch()
	case '?':
		w.showKeys()
	}
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
