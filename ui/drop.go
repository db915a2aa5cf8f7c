package ui

import (
	"fyne.io/fyne/v2"

	"seewhy/ui/state"
)

// OnDropped takes what was dropped anywhere on the window: pictures, folders,
// models; one picture dropped on a reference takes its place. What is neither is
// told in words.
func (w *Window) OnDropped(at fyne.Position, uris []fyne.URI) {
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		// Links to the web have no path here; they are named as they are and
		// refused by name.
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		} else {
			paths = append(paths, u.String())
		}
	}
	if pane, ok := w.screen.ReferenceAt(at); ok && len(paths) == 1 {
		w.loop.Handle(state.LikePicked{Pane: pane, Ref: paths[0]})
		return
	}
	w.loop.Handle(state.FilesGiven{Paths: paths})
}
