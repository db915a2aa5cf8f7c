package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// NoteField is a text of some lines. Enter ends the writing, Shift+Enter
// begins a line, Escape gives back what was there before.
type NoteField struct {
	widget.Entry
	before string
	shift  bool
	// OnWritten reports the text at every change, OnClosed the end.
	OnWritten func(string)
	OnClosed  func()
}

// NewNoteField makes a field with a text in it.
func NewNoteField(text string) *NoteField {
	f := &NoteField{before: text}
	f.ExtendBaseWidget(f)
	f.MultiLine, f.Wrapping = true, fyne.TextWrapWord
	f.SetText(text)
	f.CursorRow = 1 << 20
	f.OnChanged = func(text string) {
		if f.OnWritten != nil {
			f.OnWritten(text)
		}
	}
	return f
}

// TypedKey is Fyne's hook.
func (f *NoteField) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape:
		if f.Text != f.before {
			f.SetText(f.before)
		}
	case (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) && f.shift:
		f.TypedRune('\n')
		return
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter:
	default:
		f.Entry.TypedKey(e)
		return
	}
	if f.OnClosed != nil {
		f.OnClosed()
	}
}

// KeyDown and KeyUp follow the Shift key.
func (f *NoteField) KeyDown(e *fyne.KeyEvent) {
	f.shift = f.shift || shift(e.Name)
	f.Entry.KeyDown(e)
}

// KeyUp ends it.
func (f *NoteField) KeyUp(e *fyne.KeyEvent) {
	f.shift = f.shift && !shift(e.Name)
	f.Entry.KeyUp(e)
}

func shift(k fyne.KeyName) bool { return k == desktop.KeyShiftLeft || k == desktop.KeyShiftRight }
