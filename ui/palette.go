package ui

import (
	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/screen"
)

// showPalette opens the list of everything, over whatever else is open.
func (w *Window) showPalette() {
	c := w.win.Canvas()
	for top := c.Overlays().Top(); top != nil; top = c.Overlays().Top() {
		c.Overlays().Remove(top)
	}
	w.screen.ShowPalette(c, w.actions())
}

// actions are all that the menus do, with their keys.
func (w *Window) actions() []screen.Action {
	keys := w.keysOf()
	var out []screen.Action
	var gather func(items []*fyne.MenuItem, of string)
	gather = func(items []*fyne.MenuItem, of string) {
		for _, i := range items {
			title := of + i.Label
			switch {
			case i.ChildMenu != nil:
				gather(i.ChildMenu.Items, i18n.T("%s: ", i.Label))
			case !i.IsSeparator && !i.Disabled && i.Action != nil && keys[title] != "Ctrl+K":
				k := keys[title]
				if i == w.undoItem {
					k = keys[i18n.T("Undo")]
				} else if i == w.redoItem {
					k = keys[i18n.T("Redo")]
				}
				out = append(out, screen.Action{Title: title, Keys: k, Do: i.Action})
			}
		}
	}
	for _, m := range w.win.MainMenu().Items {
		gather(m.Items, "")
	}
	return out
}
