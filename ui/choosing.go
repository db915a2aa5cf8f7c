package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
)

// enterButton is pressed by Enter too: the toolkit's takes the space bar alone.
type enterButton struct{ widget.Button }

func newEnterButton(text string, tapped func()) *enterButton {
	b := &enterButton{}
	b.ExtendBaseWidget(b)
	b.Text, b.OnTapped = text, tapped
	return b
}

// TypedKey is Fyne's hook.
func (b *enterButton) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	b.Button.TypedKey(k)
}

// chooseOf asks which of two things to do; the second is the one that stands
// out and has the keyboard. Esc does neither.
func chooseOf(w fyne.Window, title, words, first, second string, chosen func(second bool)) {
	text := widget.NewLabel(words)
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomWithoutButtons(title, text, w)
	answer := func(is bool) func() {
		return func() {
			d.Hide()
			chosen(is)
		}
	}
	a, b := newEnterButton(first, answer(false)), newEnterButton(second, answer(true))
	b.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{a, b})
	d.Resize(fyne.NewSize(choiceWidth, 0))
	d.Show()
	w.Canvas().Focus(b)
}

const choiceWidth = 460
