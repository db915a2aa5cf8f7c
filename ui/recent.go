package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/state"
)

// recentMenu lists what was open lately: projects, then pictures and folders.
// One that is not there says so; it may come back.
func (w *Window) recentMenu(r state.Recent) *fyne.MenuItem {
	item := fyne.NewMenuItem(i18n.T("Open recent"), nil)
	item.ChildMenu = fyne.NewMenu("")
	add := func(i *fyne.MenuItem) { item.ChildMenu.Items = append(item.ChildMenu.Items, i) }
	list := func(paths []string, open func(path string) state.Msg) {
		for _, path := range paths {
			title := shortPath(path)
			if r.Missing[path] {
				title = i18n.T("%s (not found)", title)
			}
			add(fyne.NewMenuItem(title, func() { w.loop.Handle(open(path)) }))
		}
	}
	list(r.Projects, func(path string) state.Msg { return state.ProjectPicked{Path: path} })
	if len(r.Projects) > 0 && len(r.Pictures) > 0 {
		add(fyne.NewMenuItemSeparator())
	}
	list(r.Pictures, func(path string) state.Msg { return state.FilesGiven{Paths: []string{path}} })
	if len(r.Projects)+len(r.Pictures) == 0 {
		none := fyne.NewMenuItem(i18n.T("Nothing yet"), func() {})
		none.Disabled = true
		add(none)
		return item
	}
	add(fyne.NewMenuItemSeparator())
	add(fyne.NewMenuItem(i18n.T("Clear this list"), func() { w.loop.Handle(state.RecentCleared{}) }))
	return item
}

// shortPath is a file's name with its folder's.
func shortPath(path string) string {
	name, dir := filepath.Base(path), filepath.Base(filepath.Dir(path))
	if dir == "." || dir == string(filepath.Separator) {
		return name
	}
	return dir + string(filepath.Separator) + name
}

// showRecent builds the menu anew where the list has changed.
func (w *Window) showRecent(s state.State) {
	same := len(w.recent.Missing) == len(s.Recent.Missing)
	for path := range s.Recent.Missing {
		same = same && w.recent.Missing[path]
	}
	if same && equal(w.recent.Pictures, s.Recent.Pictures) && equal(w.recent.Projects, s.Recent.Projects) {
		return
	}
	w.recent = s.Recent
	w.win.SetMainMenu(w.menu(s.Settings))
}

// equal is cheap: what the state holds is replaced, never changed.
func equal(a, b []string) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// paste opens what is in the clipboard.
func (w *Window) paste() {
	w.loop.Handle(state.Pasted{Text: w.app.Clipboard().Content()})
}
