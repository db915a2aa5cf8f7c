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
func tellPlaces(c fyne.Canvas) {
	names := placeNames()
	pop, ok := c.Overlays().Top().(*widget.PopUp)
	if !ok {
		return
	}
	for _, list := range lists(pop.Content) {
		update := list.UpdateItem
		if update == nil {
			continue
		}
		list.UpdateItem = func(id widget.ListItemID, o fyne.CanvasObject) {
			update(id, o)
			for _, label := range labels(o) {
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

func lists(o fyne.CanvasObject) (out []*widget.List) {
	if l, ok := o.(*widget.List); ok {
		return []*widget.List{l}
	}
	for _, p := range parts(o) {
		out = append(out, lists(p)...)
	}
	return out
}

func labels(o fyne.CanvasObject) (out []*widget.Label) {
	if l, ok := o.(*widget.Label); ok {
		return []*widget.Label{l}
	}
	for _, p := range parts(o) {
		out = append(out, labels(p)...)
	}
	return out
}
