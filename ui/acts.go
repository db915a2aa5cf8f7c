package ui

import (
	"math"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/assets/i18n"
	"seewhy/ui/screen"
	"seewhy/ui/session"
	"seewhy/ui/state"
)

// act is something that the window does by a key: this one line binds the key,
// and stands in the menu, in the sheet of keys and in Ctrl+K.
type act struct {
	// group is the part of the sheet that it stands in.
	group string
	// keys are what does it, as the sheet writes them, two spaces apart.
	keys string
	// title says what is done.
	title string
	do    func()
	// back is what the first of two keys does, where they go two ways.
	back func()
	// key is held, and hold follows it, for what lasts as long.
	key  fyne.KeyName
	hold func(on bool)
	// over says that it is meant for the window whatever lies over it; field
	// that a text field with the keyboard has it first.
	over, field bool
}

// acts are all of these in the language of the moment, in the order of the sheet.
func (w *Window) acts() []act {
	send := func(m state.Msg) func() { return func() { w.loop.Handle(m) } }
	active := func(m func(pane int) state.Msg) func() {
		return func() { w.loop.Handle(m(w.loop.State().Active)) }
	}
	tool := func(t state.Tool) func() { return send(state.ToolPicked{Tool: t}) }
	everything, panes, pictures, parts := i18n.T("Everything"), i18n.T("Panes"), i18n.T("Pictures"), i18n.T("What if?")
	return []act{
		{group: everything, keys: "Ctrl+K", title: i18n.T("Find anything…"), do: w.showPalette, over: true},
		{group: everything, keys: "Ctrl+Z", title: i18n.T("Undo"), do: w.undo, over: true},
		{group: everything, keys: "Ctrl+Y", title: i18n.T("Redo"), do: w.redo, over: true},
		{group: everything, keys: "Ctrl+C", title: i18n.T("Copy the picture"), do: active(func(p int) state.Msg { return state.PictureCopied{Pane: p} }), field: true},
		{group: everything, keys: "Ctrl+Shift+C", title: i18n.T("Copy the values"), do: active(func(p int) state.Msg { return state.ValuesCopied{Pane: p} }), field: true},
		{group: everything, keys: "Ctrl+V", title: i18n.T("Paste pictures"), do: w.paste, field: true},
		{group: everything, keys: "Ctrl+O", title: i18n.T("Open picture…"), do: w.askFor(screen.AskImages)},
		{group: everything, keys: "Ctrl+Shift+O", title: i18n.T("Open model…"), do: w.askFor(screen.AskModel)},
		{group: everything, keys: "Ctrl+S", title: i18n.T("Save project…"), do: w.askFor(screen.AskSaveProject)},
		{group: everything, keys: "Ctrl+E", title: i18n.T("Export…"), do: w.askFor(screen.AskExport)},
		{group: everything, keys: "Ctrl+,", title: i18n.T("Settings…"), do: send(state.SettingsToggled{}), over: true},
		{group: everything, keys: "J", title: i18n.T("What runs, and what was done"), do: w.screen.ToggleJobs},
		{group: everything, keys: "Esc", title: i18n.T("Stop"), do: send(state.Cancelled{})},
		{group: everything, keys: "F1  ?", title: i18n.T("Keys"), do: w.showKeys},
		{group: everything, keys: "Ctrl+Q", title: i18n.T("Quit"), do: func() { w.win.Close() }, over: true},

		{group: panes, keys: "Ctrl+D", title: i18n.T("Compare"), do: send(state.CompareToggled{})},
		{group: panes, keys: "D", title: i18n.T("Panes without the sides"), do: send(state.RoomToggled{})},
		{group: panes, keys: "P", title: i18n.T("Next pane"), do: func() {
			s := w.loop.State()
			w.loop.Handle(state.PaneActivated{Pane: (s.Active + 1) % s.Shown})
		}},
		{group: panes, keys: "S", title: i18n.T("Active pane alone"), do: active(func(p int) state.Msg { return state.PaneSoloed{Pane: p} })},
		{group: panes, keys: "X", title: i18n.T("Close the active pane"), do: active(func(p int) state.Msg { return state.PaneClosed{Pane: p} })},
		{group: panes, keys: "Y", title: i18n.T("Every natural layer"), do: send(state.SweepToggled{})},
		{group: panes, keys: "V", title: i18n.T("Graph of the model"), do: send(state.GraphToggled{})},
		{group: panes, keys: "W", title: i18n.T("Before/after line"), do: send(state.WipeToggled{})},
		{group: panes, keys: "[  ]", title: i18n.T("Less, more heat, or brush"), back: func() { w.step(-1) }, do: func() { w.step(1) }},
		{group: panes, keys: "+", title: i18n.T("Zoom in"), do: func() { w.zoom(zoomStep) }},
		{group: panes, keys: "−", title: i18n.T("Zoom out"), do: func() { w.zoom(1 / zoomStep) }},
		{group: panes, keys: "0", title: i18n.T("Fit"), do: active(func(p int) state.Msg { return state.Fitted{Pane: p} })},
		{group: panes, keys: "1", title: i18n.T("Actual size"), do: active(func(p int) state.Msg { return state.ActualSized{Pane: p, Port: w.screen.ActivePort()} })},
		{group: panes, keys: "L", title: i18n.T("Zoom and pan together"), do: func() {
			l := w.loop.State().Links
			l.View = !l.View
			w.loop.Handle(state.LinksSet{Links: l})
		}},
		{group: panes, keys: i18n.T("Space held"), title: i18n.T("The mouse moves the picture"), key: fyne.KeySpace, hold: func(on bool) { w.loop.Handle(state.PanHeld{On: on}) }},
		{group: panes, keys: "Shift+F10", title: i18n.T("The pane's menu"), do: w.screen.PaneMenu},

		{group: pictures, keys: "→", title: i18n.T("Next"), do: func() { w.walk(1) }},
		{group: pictures, keys: "←", title: i18n.T("Previous"), do: func() { w.walk(-1) }},
		{group: pictures, keys: "Home  End", title: i18n.T("First and last picture"), back: func() { w.walk(math.MinInt32) }, do: func() { w.walk(math.MaxInt32) }},
		{group: pictures, keys: "PgUp  PgDn", title: i18n.T("A page of pictures"), back: func() { w.walk(-w.screen.PageLength()) }, do: func() { w.walk(w.screen.PageLength()) }},
		{group: pictures, keys: "F", title: i18n.T("Star the picture"), do: send(state.ItemMarked{Mark: session.Starred})},
		{group: pictures, keys: "R", title: i18n.T("Reject the picture"), do: send(state.ItemMarked{Mark: session.Rejected})},
		{group: pictures, keys: "N", title: i18n.T("Note on the picture"), do: w.screen.EditNote},
		{group: pictures, keys: "Ctrl+A", title: i18n.T("Select all pictures"), do: send(state.AllSelected{}), field: true},
		{group: pictures, keys: "Del", title: i18n.T("Take from the filmstrip"), do: send(state.ItemsRemoved{})},
		{group: pictures, keys: "Ctrl+Shift+F", title: i18n.T("Find a picture"), do: w.screen.FocusFilter},
		{group: pictures, keys: "Ctrl+F  /", title: i18n.T("Find a class"), do: w.screen.FocusSearch},

		{group: parts, keys: "I", title: i18n.T("What if? The tools"), do: send(state.ToolsToggled{})},
		{group: parts, keys: "B", title: i18n.T("Brush"), do: tool(state.BrushTool)},
		{group: parts, keys: "M", title: i18n.T("Box"), do: tool(state.BoxTool)},
		{group: parts, keys: "O", title: i18n.T("Lasso"), do: tool(state.LassoTool)},
		{group: parts, keys: "G", title: i18n.T("Pieces"), do: tool(state.PickTool)},
		{group: parts, keys: "E", title: i18n.T("Eraser"), do: tool(state.EraserTool)},
		{group: parts, keys: i18n.T("H held"), title: i18n.T("The original for a moment"), key: fyne.KeyH, hold: func(on bool) { w.loop.Handle(state.OriginalHeld{On: on}) }},
		{group: parts, keys: "C", title: i18n.T("The original beside the edited picture"), do: send(state.BesideToggled{})},
		{group: parts, keys: "T", title: i18n.T("Name a region"), do: w.screen.OpenRegions},
		{group: parts, keys: "Backspace", title: i18n.T("Clear all edits"), do: send(state.EditsCleared{})},
	}
}

// keyNames are keys without a character, as the sheet writes them.
var keyNames = map[string]fyne.KeyName{
	"Esc": fyne.KeyEscape, "F1": fyne.KeyF1, "F10": fyne.KeyF10, "→": fyne.KeyRight, "←": fyne.KeyLeft, "Home": fyne.KeyHome, "End": fyne.KeyEnd,
	"PgUp": fyne.KeyPageUp, "PgDn": fyne.KeyPageDown, "Del": fyne.KeyDelete, "Backspace": fyne.KeyBackspace,
}

// also are keys that are on some keyboards what another one is on most.
var also = map[rune]rune{'=': '+', '-': '−'}

// toolkits are the combinations that the toolkit has names of its own for.
var toolkits = map[string]fyne.Shortcut{
	"Ctrl+Z": &fyne.ShortcutUndo{}, "Ctrl+Y": &fyne.ShortcutRedo{}, "Ctrl+C": &fyne.ShortcutCopy{}, "Ctrl+V": &fyne.ShortcutPaste{}, "Ctrl+A": &fyne.ShortcutSelectAll{},
}

// byKey is what a key does that has no character; nil where it does nothing.
func byKey(acts []act, name fyne.KeyName, shift bool) func() {
	if name == desktop.KeyMenu {
		name, shift = fyne.KeyF10, true
	}
	for _, a := range acts {
		for i, k := range strings.Fields(a.keys) {
			plain, shifted := strings.CutPrefix(k, "Shift+")
			if a.do != nil && keyNames[plain] == name && keyNames[plain] != "" && (shift || !shifted) {
				return a.of(i)
			}
		}
	}
	return nil
}

// byRune is what a character does; nil where it does nothing.
func byRune(acts []act, r rune) func() {
	if k, ok := also[r]; ok {
		r = k
	}
	want := strings.ToUpper(string(r))
	for _, a := range acts {
		if i := slices.Index(strings.Fields(a.keys), want); i >= 0 && a.do != nil {
			return a.of(i)
		}
	}
	return nil
}

// of is what the key at a place of keys does.
func (a act) of(i int) func() {
	if i == 0 && a.back != nil {
		return a.back
	}
	return a.do
}

// combination is the one with Ctrl, if there is one.
func (a act) combination() fyne.Shortcut {
	keys, _, _ := strings.Cut(a.keys, " ")
	if s, ok := toolkits[keys]; ok {
		return s
	}
	if k, ok := strings.CutPrefix(keys, "Ctrl+Shift+"); ok {
		return ctrlShift(fyne.KeyName(k))
	}
	if k, ok := strings.CutPrefix(keys, "Ctrl+"); ok {
		return ctrl(fyne.KeyName(k))
	}
	return nil
}

// item is an act in a menu, by its title. A combination with Ctrl that no field
// may want is bound by the toolkit. Single keys are bound in keys.go and only
// written behind what they do; not on macOS, whose own bar would take letters
// from the fields.
func (w *Window) item(title string) *fyne.MenuItem {
	i := slices.IndexFunc(w.table, func(a act) bool { return a.title == title })
	if i < 0 {
		panic("ui: no act is called " + title)
	}
	a := w.table[i]
	item := fyne.NewMenuItem(title, a.do)
	switch s := a.combination(); {
	case a.field:
	case s != nil:
		item.Shortcut = s
		if !a.over {
			item.Action = func() {
				if !w.beneath() {
					a.do()
				}
			}
		}
	case !strings.ContainsAny(strings.TrimPrefix(a.keys, "+"), "+ ") && runtime.GOOS != "darwin":
		item.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyName(a.keys)}
	}
	return item
}
