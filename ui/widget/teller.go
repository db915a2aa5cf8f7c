package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Teller is an area over words that may be cut: while the mouse rests on it, the
// layer of tips tells them whole. It draws nothing and takes no clicks.
type Teller struct {
	widget.BaseWidget
	tips  *Tips
	words string
	in    bool
}

// NewTeller makes an area that tells nothing yet.
func NewTeller(tips *Tips) *Teller {
	t := &Teller{tips: tips}
	t.ExtendBaseWidget(t)
	return t
}

// SetWords sets what is told; nothing where they are empty.
func (t *Teller) SetWords(words string) {
	if t.words == words {
		return
	}
	t.words = words
	if t.in {
		t.tips.leave()
		t.begin()
	}
}

// SetNeeded puts it over what is told, or takes it away: what is seen costs each
// frame a little.
func (t *Teller) SetNeeded(on bool) {
	switch {
	case on == t.Visible():
	case on:
		t.Show()
	default:
		t.Hide()
	}
}

// Words are what is told.
func (t *Teller) Words() string { return t.words }

func (t *Teller) begin() {
	if t.words != "" {
		t.tips.enter(t, t.words)
	}
}

// MouseIn, MouseMoved and MouseOut are Fyne's hooks.
func (t *Teller) MouseIn(*desktop.MouseEvent) {
	t.in = true
	t.begin()
}

// MouseMoved does nothing.
func (t *Teller) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the tip away.
func (t *Teller) MouseOut() {
	t.in = false
	t.tips.leave()
}

// CreateRenderer is Fyne's hook.
func (t *Teller) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{layout: func(fyne.Size) {}, min: func() fyne.Size { return fyne.Size{} }, refresh: func() {}}
}
