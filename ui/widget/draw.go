// Package widget holds the window's own controls. They draw what they are told
// and report what the user did through OnX callbacks; they decide nothing and
// know nothing of models.
//
//	v := widget.NewViewport()
//	v.OnZoom = func(factor, x, y float64, port view.Port) { ... }
//	v.SetPhoto(levels, width, height)
package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"seewhy/ui/look"
)

// drawn is the renderer of every widget here: fixed objects and three functions.
type drawn struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (d *drawn) Layout(s fyne.Size)           { d.layout(s) }
func (d *drawn) MinSize() fyne.Size           { return d.min() }
func (d *drawn) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawn) Destroy()                     {}
func (d *drawn) Refresh() {
	if d.refresh != nil {
		d.refresh()
	}
}

// again arranges a widget whose renderer is made anew: the toolkit drops the
// renderers of what has not been seen for a minute, and a new one is laid out
// only when the size changes.
func again(d *drawn, size fyne.Size) *drawn {
	if size.Width > 0 || size.Height > 0 {
		d.layout(size)
	}
	return d
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// Repaint asks for a new frame without touching any texture: changing an
// image's Translucency or place needs nothing else.
func Repaint(o fyne.CanvasObject) {
	switch c := canvasOf(o).(type) {
	case nil:
	case interface{ SetDirty() }:
		c.SetDirty()
	default:
		c.Refresh(o)
	}
}

// lineHeight is a text line's height.
func lineHeight(size float32, style fyne.TextStyle) float32 {
	return fyne.MeasureText("Mg", size, style).Height
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// Line is a hairline; lay it out one unit thick.
func Line() fyne.CanvasObject { return NewSurface(look.Hairline, 0) }

// Spacer takes up room.
func Spacer(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}
