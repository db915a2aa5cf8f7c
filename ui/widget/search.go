package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// searchEntry is a text field that offers some keys to its owner first.
type searchEntry struct {
	widget.Entry
	onKey func(fyne.KeyName) bool
}

func newSearchEntry(placeholder string) *searchEntry {
	s := &searchEntry{}
	s.ExtendBaseWidget(s)
	s.PlaceHolder = placeholder
	return s
}

// TypedKey is Fyne's hook.
func (s *searchEntry) TypedKey(e *fyne.KeyEvent) {
	if s.onKey == nil || !s.onKey(e.Name) {
		s.Entry.TypedKey(e)
	}
}
