package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// fileKeys has the keyboard in the toolkit's dialogs for opening, which by
// themselves give it to nothing: arrow keys walk the files, Enter goes into a
// folder, takes a file and, once more, opens it, and Esc closes.
type fileKeys struct {
	widget.BaseWidget
	files  fyne.Focusable
	pop    *widget.PopUp
	closes func()
	// moved says that the keyboard has left the file that is taken.
	moved bool
}

// takeFileKeys gives a dialog that has just been shown that. Where the toolkit
// builds its dialog otherwise some day, it stays as it was.
func takeFileKeys(w fyne.Window, pop *widget.PopUp, d fileDialog) {
	room, files := filesOf(pop.Content)
	if room == nil {
		return
	}
	k := &fileKeys{files: files, pop: pop, closes: d.Hide}
	k.ExtendBaseWidget(k)
	room.Add(k)
	w.Canvas().Focus(k)
}

// filesOf is the list of files, and what it lies in.
func filesOf(o fyne.CanvasObject) (*fyne.Container, fyne.Focusable) {
	for _, s := range all[*container.Scroll](o) {
		if room, ok := s.Content.(*fyne.Container); ok && len(room.Objects) > 0 {
			switch files := room.Objects[0].(type) {
			case *widget.GridWrap:
				return room, files
			case *widget.List:
				return room, files
			}
		}
	}
	return nil, nil
}

// CreateRenderer is Fyne's hook: there is nothing to see.
func (k *fileKeys) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// FocusGained is Fyne's hook; the files show where the keyboard is.
func (k *fileKeys) FocusGained() { k.files.FocusGained() }

// FocusLost is Fyne's hook.
func (k *fileKeys) FocusLost() { k.files.FocusLost() }

// TypedRune is Fyne's hook.
func (k *fileKeys) TypedRune(rune) {}

// TypedKey is Fyne's hook.
func (k *fileKeys) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		k.closes()
	case fyne.KeyReturn, fyne.KeyEnter:
		if open := saveButton(k.pop.Content); open != nil && !open.Disabled() && !k.moved {
			open.OnTapped()
			return
		}
		k.take()
	case fyne.KeySpace:
		k.take()
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		k.moved = true
		k.files.TypedKey(e)
	}
}

// take goes into the folder, or takes the file, at which the keyboard is.
func (k *fileKeys) take() {
	k.moved = false
	k.files.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
}
