package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
)

// Fader is a slim slider for a value in 0..1.
type Fader struct {
	widget.BaseWidget
	value   float64
	hovered bool
	track   *plate
	filled  *canvas.Rectangle
	knob    *canvas.Circle
	drags   beforeFrame
	// Notch is how far the wheel moves it.
	Notch float64
	// OnChanged reports where the user put it.
	OnChanged func(float64)
}

// NewFader makes a fader at 0.
func NewFader(changed func(float64)) *Fader {
	f := &Fader{Notch: 0.05, OnChanged: changed, track: newPlate(color.Transparent), filled: canvas.NewRectangle(color.Transparent), knob: canvas.NewCircle(color.Transparent)}
	f.track.CornerRadius, f.filled.CornerRadius = 2, 2
	f.ExtendBaseWidget(f)
	return f
}

// SetValue moves the knob.
func (f *Fader) SetValue(v float64) {
	if v != f.value {
		f.value = v
		f.arrange(f.Size())
		Repaint(f)
	}
}

const knob = 12

func (f *Fader) arrange(size fyne.Size) {
	middle := size.Height / 2
	run := max(size.Width-knob, 0)
	x := run * float32(f.value)
	place(f.track.Raster, knob/2, middle-2, run, 4)
	place(f.filled, knob/2, middle-2, x, 4)
	place(f.knob, x, middle-knob/2, knob, knob)
}

// CreateRenderer is Fyne's hook.
func (f *Fader) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		f.track.FillColor, f.filled.FillColor, f.knob.FillColor = look.Color(look.Hairline), look.Color(look.Accent), look.Color(look.Text)
		if f.hovered {
			f.knob.FillColor = look.Color(look.Accent)
		}
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{f.track.Raster, f.filled, f.knob},
		layout:  f.arrange,
		min:     func() fyne.Size { return fyne.NewSize(80, 22) },
		refresh: func() {
			style()
			f.track.Refresh()
			f.filled.Refresh()
			f.knob.Refresh()
		},
	}
}

func (f *Fader) set(x float32) {
	run := max(f.Size().Width-knob, 1)
	v := min(max(float64((x-knob/2)/run), 0), 1)
	if f.OnChanged != nil {
		f.OnChanged(v)
	}
}

// MouseDown puts the knob under the pointer.
func (f *Fader) MouseDown(e *desktop.MouseEvent) { f.set(e.Position.X) }

// MouseUp does nothing.
func (f *Fader) MouseUp(*desktop.MouseEvent) {}

// Dragged follows the pointer, once in a frame.
func (f *Fader) Dragged(e *fyne.DragEvent) {
	x := e.Position.X
	f.drags.do(func() { f.set(x) })
}

// DragEnd does nothing.
func (f *Fader) DragEnd() {}

// Scrolled moves it by a notch.
func (f *Fader) Scrolled(e *fyne.ScrollEvent) {
	step := f.Notch
	if e.Scrolled.DY < 0 {
		step = -step
	}
	if f.OnChanged != nil {
		f.OnChanged(min(max(f.value+step, 0), 1))
	}
}

// MouseIn, MouseMoved and MouseOut colour the knob.
func (f *Fader) MouseIn(*desktop.MouseEvent) { f.hovered = true; f.Refresh() }

// MouseMoved does nothing.
func (f *Fader) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the hover.
func (f *Fader) MouseOut() { f.hovered = false; f.Refresh() }
