package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Toast shows a message at the bottom of its area and lets every click through.
type Toast struct {
	widget.BaseWidget
	ground *Surface
	text   *Text
}

// NewToast makes one that shows nothing.
func NewToast() *Toast {
	t := &Toast{ground: NewSurface(look.Raised, look.Radius).Outlined(look.Faint), text: NewText("").Wrapped(4)}
	t.ground.Hide()
	t.text.Hide()
	t.ExtendBaseWidget(t)
	return t
}

// Say shows words; none hides it.
func (t *Toast) Say(text string, warning bool) {
	t.text.color = look.Text
	if warning {
		t.text.color = look.Warning
	}
	t.text.SetText(text)
	if text == "" {
		t.ground.Hide()
		t.text.Hide()
	} else {
		t.ground.Show()
		t.text.Show()
	}
	t.arrange(t.Size())
	t.text.Refresh()
	Repaint(t)
}

func (t *Toast) arrange(size fyne.Size) {
	most := min(size.Width-48, 520)
	w := min(t.text.width(t.text.Text())+2, most)
	h := t.text.HeightFor(w)
	x, y := (size.Width-w)/2, size.Height-h-30
	place(t.text, x, y, w, h)
	place(t.ground, x-14, y-9, w+28, h+18)
}

// CreateRenderer is Fyne's hook.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{t.ground, t.text},
		layout:  t.arrange,
		min:     func() fyne.Size { return fyne.NewSize(0, 0) },
		refresh: func() { t.ground.Refresh(); t.text.Refresh() },
	}
}
