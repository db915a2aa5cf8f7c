package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Field is a short text that counts when Enter is pressed or the keyboard
// goes elsewhere.
type Field struct {
	widget.Entry
	shown string
	// OnCommitted reports a changed text.
	OnCommitted func(string)
	// OnClosed reports Escape.
	OnClosed func()
}

// NewField makes an empty field.
func NewField(committed func(string)) *Field {
	f := &Field{OnCommitted: committed}
	f.ExtendBaseWidget(f)
	return f
}

// SetValue fills the field, unless the user is writing in it.
func (f *Field) SetValue(text string) {
	if f.shown == text {
		return
	}
	f.shown = text
	f.SetText(text)
}

func (f *Field) commit() {
	if f.Text != f.shown {
		f.shown = f.Text
		if f.OnCommitted != nil {
			f.OnCommitted(f.Text)
		}
	}
}

// FocusLost is Fyne's hook.
func (f *Field) FocusLost() {
	f.Entry.FocusLost()
	f.commit()
}

// TypedKey is Fyne's hook.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.commit()
	case fyne.KeyEscape:
		f.SetText(f.shown)
		if f.OnClosed != nil {
			f.OnClosed()
		}
	default:
		f.Entry.TypedKey(e)
	}
}
