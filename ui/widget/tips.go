package widget

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// tipWidth is how wide a tip gets before it goes on in another line.
const tipWidth float32 = 460

// tipDelay is how long the mouse rests on a control before its tip is shown.
const tipDelay = 500 * time.Millisecond

// Tips is a layer over the whole content that tells what a control does while
// the mouse rests on it. It takes no clicks: a pop-up would swallow the first.
type Tips struct {
	widget.BaseWidget
	after func(time.Duration, func())
	back  *canvas.Rectangle
	text  *Text
	// of is the control that the mouse is on; serial tells an older wait from
	// the newest.
	of     fyne.CanvasObject
	serial int
	shown  bool
}

// NewTips makes the layer; after runs a function on the window's goroutine
// after a while.
func NewTips(after func(time.Duration, func())) *Tips {
	t := &Tips{after: after, back: canvas.NewRectangle(look.Color(look.Raised)), text: NewText("").Wrapped(0)}
	t.back.CornerRadius, t.back.StrokeWidth = look.RadiusSmall, 1
	t.ExtendBaseWidget(t)
	return t
}

// Shown is the tip on the screen; empty where there is none.
func (t *Tips) Shown() string {
	if !t.shown {
		return ""
	}
	return t.text.Text()
}

// enter waits for the mouse to rest on a control.
func (t *Tips) enter(of fyne.CanvasObject, words string) {
	t.leave()
	t.of = of
	serial := t.serial
	t.after(tipDelay, func() {
		if serial != t.serial || !of.Visible() || canvasOf(of) == nil || canvasOf(of).Overlays().Top() != nil {
			return
		}
		t.text.SetText(words)
		t.shown = true
		t.Refresh()
	})
}

// leave takes the tip away.
func (t *Tips) leave() {
	t.serial++
	t.of = nil
	if t.shown {
		t.shown = false
		t.Refresh()
	}
}

// arrange puts the tip under its control, or over it where there is no room,
// within the window.
func (t *Tips) arrange(size fyne.Size) {
	t.back.Hidden, t.text.Hidden = !t.shown, !t.shown
	if !t.shown {
		return
	}
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(t.of).Subtract(driver.AbsolutePositionForObject(t))
	// A short tip is a line, a long one a paragraph.
	wide := float32(0)
	for _, line := range strings.Split(t.text.Text(), "\n") {
		wide = max(wide, t.text.width(line))
	}
	words := fyne.NewSize(min(wide+1, tipWidth, size.Width-28), 0)
	words.Height = t.text.HeightFor(words.Width)
	w, h := words.Width+16, words.Height+8
	x := max(min(at.X+(t.of.Size().Width-w)/2, size.Width-w-6), 6)
	y := at.Y + t.of.Size().Height + 5
	if y+h > size.Height-4 {
		y = at.Y - h - 5
	}
	place(t.back, x, y, w, h)
	place(t.text, x+8, y+4, words.Width, words.Height)
}

// CreateRenderer is Fyne's hook.
func (t *Tips) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{t.back, t.text},
		layout:  t.arrange,
		min:     func() fyne.Size { return fyne.Size{} },
		refresh: func() {
			t.back.FillColor, t.back.StrokeColor = look.Color(look.Raised), look.Color(look.Hairline)
			t.arrange(t.Size())
			t.back.Refresh()
			t.text.Refresh()
			Repaint(t)
		},
	}
}
