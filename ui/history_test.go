package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"seewhy/ui/state"
)

func TestUndoFromTheMenuAndTheKeys(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	if d.undoItem.Label != "Undo" || !d.undoItem.Disabled || d.undoItem.Shortcut.ShortcutName() != "Undo" {
		t.Errorf("menu begins with %+v", d.undoItem)
	}
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	if d.undoItem.Label != "Undo: method" || d.undoItem.Disabled || !d.redoItem.Disabled {
		t.Errorf("menu has %q, redo %q", d.undoItem.Label, d.redoItem.Label)
	}
	d.undoItem.Action()
	if got := d.loop.State().Panes[0].Method; got != "gradcam" || d.redoItem.Label != "Redo: method" {
		t.Errorf("method %q, redo %q", got, d.redoItem.Label)
	}
	var found bool
	for _, a := range d.actions() {
		if a.Title == "Undo" {
			t.Error("the palette offers what cannot be done")
		}
		if a.Title == "Redo: method" {
			found = a.Keys != ""
			a.Do()
		}
	}
	if got := d.loop.State().Panes[0].Method; got != "saliency" || !found {
		t.Errorf("method %q; in the palette with its keys: %t", got, found)
	}
	// A changed language keeps what can be undone.
	d.loop.Handle(state.LanguagePicked{Tag: "zh-Hans"})
	if d.undoItem.Label != "撤销：方法" {
		t.Errorf("menu has %q", d.undoItem.Label)
	}
}

// In a field, Ctrl+Z takes back what was typed there, and then the last step.
func TestUndoInAField(t *testing.T) {
	d := newDesk(t, Options{Language: "en"})
	d.until("heat", heat)
	d.loop.Handle(state.MethodPicked{ID: "saliency"})
	entry := fynewidget.NewEntry()
	d.win.SetContent(entry)
	d.win.Canvas().Focus(entry)
	entry.TypedRune('a')
	d.undoItem.Action()
	if entry.Text != "" || d.loop.State().Panes[0].Method != "saliency" {
		t.Errorf("the field holds %q, the method is %q", entry.Text, d.loop.State().Panes[0].Method)
	}
	d.redoItem.Action()
	if entry.Text != "a" {
		t.Errorf("the field holds %q", entry.Text)
	}
	d.undoItem.Action()
	d.undoItem.Action()
	if d.loop.State().Panes[0].Method != "gradcam" {
		t.Error("with nothing typed Ctrl+Z does nothing")
	}
	d.win.Canvas().Unfocus()
	d.win.Canvas().(fyne.Shortcutable).TypedShortcut(ctrlShift(fyne.KeyZ))
	if d.loop.State().Panes[0].Method != "saliency" {
		t.Error("Ctrl+Shift+Z does nothing")
	}
}
