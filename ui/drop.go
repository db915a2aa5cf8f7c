package ui

import (
	"fyne.io/fyne/v2"

	"seewhy/ui/state"
)

// OnDropped takes what was dropped anywhere on the window: pictures, folders,
// models. What is neither is told in words.
func (w *Window) OnDropped(_ fyne.Position, uris []fyne.URI) {
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
	w.loop.Handle(state.FilesGiven{Paths: paths})
}
