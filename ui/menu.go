package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// menu is the menu bar in the language of the moment.
func (w *Window) menu(s state.Settings) *fyne.MainMenu {
	send := func(m state.Msg) func() { return func() { w.loop.Handle(m) } }
	of := func(label string, f func()) *fyne.MenuItem { return fyne.NewMenuItem(label, f) }
	quit := w.item(i18n.T("Quit"))
	// Fyne adds its own Quit, untranslated, where no item is marked as one.
	quit.IsQuit = true
	themes := of(i18n.T("Theme"), nil)
	themes.ChildMenu = fyne.NewMenu("")
	for _, t := range []struct{ id, title string }{{look.System, i18n.T("As the system")}, {look.Light, i18n.T("Light")}, {look.Dark, i18n.T("Dark")}} {
		i := of(t.title, send(state.ThemePicked{Theme: t.id}))
		i.Checked = s.Theme == t.id
		themes.ChildMenu.Items = append(themes.ChildMenu.Items, i)
	}
	languages := of(i18n.T("Language"), nil)
	languages.ChildMenu = fyne.NewMenu("")
	for _, l := range i18n.Languages() {
		i := of(l.Name, send(state.LanguagePicked{Tag: l.Tag}))
		i.Checked = s.Language == l.Tag
		languages.ChildMenu.Items = append(languages.ChildMenu.Items, i)
	}
	panes := of(i18n.T("Panes"), nil)
	panes.ChildMenu = fyne.NewMenu("")
	for _, n := range state.Layouts() {
		panes.ChildMenu.Items = append(panes.ChildMenu.Items, of(strconv.Itoa(n), send(state.LayoutPicked{Panes: n})))
	}
	fill := of(i18n.T("Fill the stage with"), nil)
	fill.ChildMenu = fyne.NewMenu(
		"", of(i18n.T("Methods"), send(state.MethodsCompared{})), of(i18n.T("Layers"), send(state.LayersCompared{})), of(i18n.T("Classes"), send(state.ClassesCompared{})),
	)
	add := of(i18n.T("Add a pane"), nil)
	add.ChildMenu = fyne.NewMenu("", of(i18n.T("Difference"), w.addMade(state.ShowDifference)), of(i18n.T("Agreement"), w.addMade(state.ShowAgreement)))
	return fyne.NewMainMenu(
		fyne.NewMenu(
			i18n.T("File"),
			w.item(i18n.T("Open picture…")),
			of(i18n.T("Open folder…"), w.askFor(screen.AskFolder)),
			w.recentMenu(w.recent),
			w.item(i18n.T("Paste pictures")),
			w.item(i18n.T("Open model…")),
			fyne.NewMenuItemSeparator(),
			of(i18n.T("Open project or report…"), w.askFor(screen.AskProject)),
			w.item(i18n.T("Save project…")),
			of(i18n.T("Close all"), send(state.SessionCleared{})),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Export…")),
			fyne.NewMenuItemSeparator(),
			quit,
		),
		w.editMenu(),
		fyne.NewMenu(
			i18n.T("View"),
			w.item(i18n.T("Find anything…")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Compare")),
			panes,
			fill,
			add,
			w.item(i18n.T("Every natural layer")),
			w.item(i18n.T("Graph of the model")),
			w.item(i18n.T("Active pane alone")),
			w.item(i18n.T("Before/after line")),
			w.item(i18n.T("Panes without the sides")),
			w.item(i18n.T("Next pane")),
			w.item(i18n.T("Close the active pane")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Zoom and pan together")),
			w.item(i18n.T("Fit")),
			w.item(i18n.T("Actual size")),
			w.item(i18n.T("Zoom in")),
			w.item(i18n.T("Zoom out")),
			w.item(i18n.T("What runs, and what was done")),
			fyne.NewMenuItemSeparator(),
			themes,
			languages,
			w.item(i18n.T("Settings…")),
		),
		fyne.NewMenu(
			i18n.T("Picture"),
			w.item(i18n.T("Next")),
			w.item(i18n.T("Previous")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Star the picture")),
			w.item(i18n.T("Reject the picture")),
			w.item(i18n.T("Note on the picture")),
			w.item(i18n.T("Select all pictures")),
			w.item(i18n.T("Take from the filmstrip")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Find a picture")),
			of(i18n.T("Show all pictures"), send(state.FilterCleared{})),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Find a class")),
			w.item(i18n.T("Stop")),
		),
		fyne.NewMenu(
			i18n.T("What if?"),
			w.item(i18n.T("What if? The tools")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Brush")),
			w.item(i18n.T("Box")),
			w.item(i18n.T("Lasso")),
			w.item(i18n.T("Pieces")),
			w.item(i18n.T("Eraser")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("The original beside the edited picture")),
			w.item(i18n.T("Clear all edits")),
			fyne.NewMenuItemSeparator(),
			w.item(i18n.T("Name a region")),
			of(i18n.T("Hide the selection"), send(state.SelectionHidden{})),
			of(i18n.T("Outline regions"), func() { w.loop.Handle(state.RegionsShown{On: w.loop.State().Marks.Hidden}) }),
		),
		fyne.NewMenu(
			i18n.T("Help"),
			of(i18n.T("Demonstration: honest and biased"), send(state.DemonstrationPicked{})),
			fyne.NewMenuItemSeparator(),
			of(i18n.T("Tour of the window"), send(state.TourStarted{})),
			w.item(i18n.T("Keys")),
			of(i18n.T("About SeeWhy"), w.showAbout),
		),
	)
}

// addMade adds a pane that is made of the others.
func (w *Window) addMade(show state.Show) func() {
	return func() { w.loop.Handle(state.ShowPicked{Pane: w.loop.State().Shown, Show: show}) }
}
