package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"seewhy/assets/i18n"
)

// placeNames are the toolkit's names of places that its table of translations does
// not reach, in the language of the moment.
func placeNames() map[string]string {
	return map[string]string{
		"App Files": i18n.T("Files of SeeWhy"), "Home": i18n.T("Home folder"), "Computer": i18n.T("Computer"), "Desktop": i18n.T("Desktop"), "Documents": i18n.T("Documents"), "Downloads": i18n.T("Downloads"),
		"Music": i18n.T("Music"), "Movies": i18n.T("Videos"), "Pictures": i18n.T("Pictures"), "Videos": i18n.T("Videos"),
	}
}

// tellPlaces names the places of the dialog that has just been shown in the
// language of the moment: the toolkit writes "Home" and the like as they are.
// Where its dialogs are built otherwise some day, they stay in English.
func tellPlaces(pop *widget.PopUp) {
	names := placeNames()
	for _, list := range all[*widget.List](pop.Content) {
		update := list.UpdateItem
		if update == nil {
			continue
		}
		list.UpdateItem = func(id widget.ListItemID, o fyne.CanvasObject) {
			update(id, o)
			for _, label := range all[*widget.Label](o) {
				if name := names[label.Text]; name != "" {
					label.SetText(name)
				}
			}
		}
		list.Refresh()
	}
}

// parts are the objects within one.
func parts(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Split:
		return []fyne.CanvasObject{o.Leading, o.Trailing}
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	}
	return nil
}

// all are the objects of a kind within one, from the outside in, itself among them.
func all[T fyne.CanvasObject](o fyne.CanvasObject) (out []T) {
	if t, ok := o.(T); ok {
		out = append(out, t)
	}
	for _, p := range parts(o) {
		out = append(out, all[T](p)...)
	}
	return out
}

// first is the first of a kind within an object that fits; the kind's zero where
// there is none.
func first[T fyne.CanvasObject](o fyne.CanvasObject, fits func(T) bool) (none T) {
	for _, t := range all[T](o) {
		if fits(t) {
			return t
		}
	}
	return none
}
