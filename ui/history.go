package ui

import (
	"reflect"

	"fyne.io/fyne/v2"

	"seewhy/assets/i18n"
	"seewhy/ui/screen"
	"seewhy/ui/state"
)

// editMenu begins with undo and redo; showHistory names what they do.
func (w *Window) editMenu() *fyne.Menu {
	w.undoItem, w.redoItem = w.item(i18n.T("Undo")), w.item(i18n.T("Redo"))
	w.undoItem.Disabled, w.redoItem.Disabled = true, true
	w.undoable, w.redoable = "", ""
	return fyne.NewMenu(
		i18n.T("Edit"), w.undoItem, w.redoItem, fyne.NewMenuItemSeparator(),
		w.item(i18n.T("Copy the picture")), w.item(i18n.T("Copy the values")),
		fyne.NewMenuItem(i18n.T("Save the picture…"), w.askFor(screen.AskSavePicture)),
	)
}

// showHistory writes into the menu which steps can be undone and done again.
// The menu bar is built anew for it, so only where it differs.
func (w *Window) showHistory(s state.State) {
	undo, redo := s.Undoable(), s.Redoable()
	if undo == w.undoable && redo == w.redoable {
		return
	}
	w.undoable, w.redoable = undo, redo
	name := func(i *fyne.MenuItem, plain, named, what string) {
		i.Label, i.Disabled = plain, what == ""
		if what != "" {
			i.Label = named
		}
	}
	name(w.undoItem, i18n.T("Undo"), i18n.T("Undo: %s", undo), undo)
	name(w.redoItem, i18n.T("Redo"), i18n.T("Redo: %s", redo), redo)
	w.win.MainMenu().Refresh()
}

// undo takes back the last step; in a field with the keyboard first what was
// typed there.
func (w *Window) undo() {
	if !w.typed(field.Undo) && !w.beneath() {
		w.loop.Handle(state.Undone{})
	}
}

func (w *Window) redo() {
	if !w.typed(field.Redo) && !w.beneath() {
		w.loop.Handle(state.Redone{})
	}
}

// field is a text field, or what is built on one.
type field interface {
	fyne.Focusable
	Undo()
	Redo()
}

// typed does something in the field that has the keyboard; false where there
// is none, or it made no difference there.
func (w *Window) typed(do func(field)) bool {
	f, ok := w.win.Canvas().Focused().(field)
	if !ok {
		return false
	}
	before := textIn(f)
	do(f)
	return textIn(f) != before
}

// textIn is what stands in a field: the toolkit has it as a field of its
// Entry, for which no interface can ask.
func textIn(f field) string {
	if v := reflect.Indirect(reflect.ValueOf(f)); v.Kind() == reflect.Struct {
		if text := v.FieldByName("Text"); text.Kind() == reflect.String {
			return text.String()
		}
	}
	return ""
}
