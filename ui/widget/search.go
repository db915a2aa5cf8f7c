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

// Search is a field for words to look for. Enter gives the keyboard back to
// the window, Escape empties the field too.
type Search struct {
	searchEntry
	shown string
}

// NewSearch makes an empty field; searched gets other words.
func NewSearch(placeholder string, searched func(string)) *Search {
	s := &Search{}
	s.ExtendBaseWidget(s)
	s.PlaceHolder = placeholder
	s.OnChanged = func(text string) {
		if text != s.shown {
			s.shown = text
			searched(text)
		}
	}
	s.onKey = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyEscape:
			s.SetText("")
		case fyne.KeyReturn, fyne.KeyEnter:
		default:
			return false
		}
		if c := canvasOf(s); c != nil {
			c.Unfocus()
		}
		return true
	}
	return s
}

// SetWords fills the field without a report.
func (s *Search) SetWords(text string) {
	if s.shown != text {
		s.shown = text
		s.SetText(text)
	}
}

// Finder is a field for words to look for whose Enter goes on to the next find.
type Finder struct {
	searchEntry
	// OnEntered reports Enter.
	OnEntered func()
}

// NewFinder makes an empty field.
func NewFinder(placeholder string) *Finder {
	s := &Finder{}
	s.ExtendBaseWidget(s)
	s.PlaceHolder = placeholder
	s.onKey = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyReturn, fyne.KeyEnter:
			if s.OnEntered != nil {
				s.OnEntered()
			}
		case fyne.KeyEscape:
			if c := canvasOf(s); c != nil {
				c.Unfocus()
			}
		default:
			return false
		}
		return true
	}
	return s
}
