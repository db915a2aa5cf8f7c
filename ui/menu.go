package ui

import (
	"runtime"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// menu is the menu bar in the language of the moment.
func (w *Window) menu(s state.Settings) *fyne.MainMenu {
	send := func(m state.Msg) func() { return func() { w.loop.Handle(m) } }
	always := func(label string, shortcut fyne.Shortcut, f func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(label, f)
		i.Shortcut = shortcut
		return i
	}
	item := func(label string, shortcut fyne.Shortcut, f func()) *fyne.MenuItem {
		if shortcut == nil {
			return always(label, nil, f)
		}
		return always(label, shortcut, func() {
			if !w.beneath() {
				f()
			}
		})
	}
	quit := always(i18n.T("Quit"), ctrl(fyne.KeyQ), func() { w.win.Close() })
	// Fyne adds its own Quit, untranslated, where no item is marked as one.
	quit.IsQuit = true
	themes := item(i18n.T("Theme"), nil, nil)
	themes.ChildMenu = fyne.NewMenu("")
	for _, t := range []struct{ id, title string }{{look.System, i18n.T("As the system")}, {look.Light, i18n.T("Light")}, {look.Dark, i18n.T("Dark")}} {
		i := item(t.title, nil, send(state.ThemePicked{Theme: t.id}))
		i.Checked = s.Theme == t.id
		themes.ChildMenu.Items = append(themes.ChildMenu.Items, i)
	}
	languages := item(i18n.T("Language"), nil, nil)
	languages.ChildMenu = fyne.NewMenu("")
	for _, l := range i18n.Languages() {
		i := item(l.Name, nil, send(state.LanguagePicked{Tag: l.Tag}))
		i.Checked = s.Language == l.Tag
		languages.ChildMenu.Items = append(languages.ChildMenu.Items, i)
	}
	panes := item(i18n.T("Panes"), nil, nil)
	panes.ChildMenu = fyne.NewMenu("")
	for _, n := range state.Layouts() {
		panes.ChildMenu.Items = append(panes.ChildMenu.Items, item(strconv.Itoa(n), nil, send(state.LayoutPicked{Panes: n})))
	}
	return withKeys(
		fyne.NewMenu(
			i18n.T("File"),
			item(i18n.T("Open picture…"), ctrl(fyne.KeyO), w.askFor(screen.AskImages)),
			item(i18n.T("Open folder…"), nil, w.askFor(screen.AskFolder)),
			w.recentMenu(w.recent),
			item(i18n.T("Paste pictures"), nil, w.paste),
			item(i18n.T("Open model…"), ctrlShift(fyne.KeyO), w.askFor(screen.AskModel)),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Open project…"), nil, w.askFor(screen.AskProject)),
			item(i18n.T("Save project…"), ctrl(fyne.KeyS), w.askFor(screen.AskSaveProject)),
			item(i18n.T("Close all"), nil, send(state.SessionCleared{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Export…"), ctrl(fyne.KeyE), w.askFor(screen.AskExport)),
			fyne.NewMenuItemSeparator(),
			quit,
		),
		w.editMenu(),
		fyne.NewMenu(
			i18n.T("View"),
			always(i18n.T("Find anything…"), ctrl(fyne.KeyK), w.showPalette),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Compare"), ctrl(fyne.KeyD), send(state.CompareToggled{})),
			panes,
			item(i18n.T("Compare methods"), nil, send(state.MethodsCompared{})),
			item(i18n.T("Compare layers"), nil, send(state.LayersCompared{})),
			item(i18n.T("Compare classes"), nil, send(state.ClassesCompared{})),
			item(i18n.T("Every natural layer"), nil, send(state.SweepToggled{})),
			item(i18n.T("Graph of the model"), nil, send(state.GraphToggled{})),
			item(i18n.T("Active pane alone"), nil, func() { w.letter('s') }),
			item(i18n.T("Before/after line"), nil, func() { w.letter('w') }),
			item(i18n.T("Next pane"), nil, func() { w.letter('p') }),
			item(i18n.T("Close the active pane"), nil, func() { w.letter('x') }),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Zoom and pan together"), nil, func() { w.letter('l') }),
			item(i18n.T("Fit"), nil, func() { w.letter('0') }),
			item(i18n.T("Actual size"), nil, func() { w.letter('1') }),
			item(i18n.T("Zoom in"), nil, func() { w.zoom(zoomStep) }),
			item(i18n.T("Zoom out"), nil, func() { w.zoom(1 / zoomStep) }),
			item(i18n.T("What runs, and what was done"), nil, func() { w.letter('j') }),
			fyne.NewMenuItemSeparator(),
			themes,
			languages,
			always(i18n.T("Settings…"), ctrl(fyne.KeyComma), send(state.SettingsToggled{})),
		),
		fyne.NewMenu(
			i18n.T("Picture"),
			item(i18n.T("Next"), nil, send(state.ItemStepped{By: 1})),
			item(i18n.T("Previous"), nil, send(state.ItemStepped{By: -1})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Star the picture"), nil, func() { w.letter('f') }),
			item(i18n.T("Reject the picture"), nil, func() { w.letter('r') }),
			item(i18n.T("Note on the picture"), nil, func() { w.screen.EditNote() }),
			item(i18n.T("Select all pictures"), nil, send(state.AllSelected{})),
			item(i18n.T("Take from the filmstrip"), nil, send(state.ItemsRemoved{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Find a picture"), ctrlShift(fyne.KeyF), func() { w.screen.FocusFilter() }),
			item(i18n.T("Show all pictures"), nil, send(state.FilterCleared{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Find a class"), ctrl(fyne.KeyF), func() { w.screen.FocusSearch() }),
			item(i18n.T("Stop"), nil, send(state.Cancelled{})),
		),
		fyne.NewMenu(
			i18n.T("What if?"),
			item(i18n.T("What if? The tools"), nil, send(state.ToolsToggled{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Brush"), nil, send(state.ToolPicked{Tool: state.BrushTool})),
			item(i18n.T("Box"), nil, send(state.ToolPicked{Tool: state.BoxTool})),
			item(i18n.T("Lasso"), nil, send(state.ToolPicked{Tool: state.LassoTool})),
			item(i18n.T("Pieces"), nil, send(state.ToolPicked{Tool: state.PickTool})),
			item(i18n.T("Eraser"), nil, send(state.ToolPicked{Tool: state.EraserTool})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("The original beside the edited picture"), nil, send(state.BesideToggled{})),
			item(i18n.T("Clear all edits"), nil, send(state.EditsCleared{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Name a region"), nil, func() { w.screen.OpenRegions() }),
			item(i18n.T("Hide the selection"), nil, send(state.SelectionHidden{})),
			item(i18n.T("Outline regions"), nil, func() { w.loop.Handle(state.RegionsShown{On: w.loop.State().Marks.Hidden}) }),
		),
		fyne.NewMenu(
			i18n.T("Help"),
			item(i18n.T("Demonstration: honest and biased"), nil, send(state.DemonstrationPicked{})),
			fyne.NewMenuItemSeparator(),
			item(i18n.T("Tour of the window"), nil, send(state.TourStarted{})),
			item(i18n.T("Keys"), nil, w.showKeys),
			item(i18n.T("About SeeWhy"), nil, w.showAbout),
		),
	)
}

// withKeys makes the bar of menus, and writes the single keys behind what they
// do too. They are bound in keys.go: a menu runs no key without Ctrl, but for
// macOS, whose own bar would take letters from the fields.
func withKeys(menus ...*fyne.Menu) *fyne.MainMenu {
	keys := keysOf()
	for _, m := range menus {
		for _, i := range m.Items {
			if i.Shortcut == nil && i.ChildMenu == nil && runtime.GOOS != "darwin" {
				if k := keys[i.Label]; k != "" && !strings.ContainsAny(k, "+ ") || k == "+" {
					i.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyName(k)}
				}
			}
		}
	}
	return fyne.NewMainMenu(menus...)
}
