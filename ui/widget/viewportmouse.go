package widget

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// wheelStep is the zoom of one notch of the wheel, which Fyne reports as 10 or
// more units.
const wheelStep = 1.0 / 55

// Scrolled zooms at the pointer.
func (v *Viewport) Scrolled(e *fyne.ScrollEvent) {
	if v.OnZoom == nil || e.Scrolled.DY == 0 {
		return
	}
	by := min(max(float64(e.Scrolled.DY)*wheelStep, -0.7), 0.7)
	v.OnZoom(math.Exp(by), float64(e.Position.X), float64(e.Position.Y), v.Port())
}

// grip is how near to the before/after line a press takes hold of it.
const grip = 8

// Dragged pans, or moves the before/after line.
func (v *Viewport) Dragged(e *fyne.DragEvent) {
	v.point(e.Position)
	v.pressed = false
	if v.draw(StrokeOn, e.Position) {
		return
	}
	if v.wiping && v.OnWipe != nil {
		if r := v.view.Place(v.Port()); r.W > 0 {
			v.OnWipe((float64(e.Position.X) - r.X) / r.W)
		}
		return
	}
	if v.OnPan != nil {
		v.OnPan(float64(e.Dragged.DX), float64(e.Dragged.DY), v.Port())
	}
}

// DragEnd lets go of the line, or ends a stroke.
func (v *Viewport) DragEnd() {
	v.wiping = false
	v.draw(StrokeEnd, fyne.Position{})
}

// DoubleTapped fits the photo. Two quick strokes are no double click.
func (v *Viewport) DoubleTapped(*fyne.PointEvent) {
	if v.OnFit != nil && !v.tool.on {
		v.OnFit()
	}
}

// TappedSecondary asks for the pane's menu.
func (v *Viewport) TappedSecondary(e *fyne.PointEvent) {
	if v.OnMenu != nil {
		v.OnMenu(e.AbsolutePosition)
	}
}

// MouseDown activates the pane; a tap would come late, after the time in which
// a second one could follow.
func (v *Viewport) MouseDown(e *desktop.MouseEvent) {
	v.wiping, v.pressed = false, true
	if v.wipe >= 0 {
		r := v.view.Place(v.Port())
		v.wiping = math.Abs(float64(e.Position.X)-r.X-v.wipe*r.W) <= grip
	}
	if v.OnActivate != nil {
		v.OnActivate()
	}
	if v.tool.on && !v.panning && !v.wiping && e.Button == desktop.MouseButtonPrimary {
		v.tool.drawing = true
		v.draw(StrokeBegin, e.Position)
	}
}

// MouseUp presses where the mouse went down and has not moved.
func (v *Viewport) MouseUp(e *desktop.MouseEvent) {
	if v.draw(StrokeEnd, e.Position) {
		v.pressed = false
		return
	}
	r := v.view.Place(v.Port())
	if v.OnPress == nil || !v.pressed || r.W <= 0 || r.H <= 0 || e.Button == desktop.MouseButtonSecondary {
		return
	}
	v.pressed = false
	if x, y := (float64(e.Position.X)-r.X)/r.W, (float64(e.Position.Y)-r.Y)/r.H; x >= 0 && x < 1 && y >= 0 && y < 1 {
		v.OnPress(x, y)
	}
}

// MouseIn begins to tell where the mouse is.
func (v *Viewport) MouseIn(e *desktop.MouseEvent) {
	v.last = e.Position
	v.point(e.Position)
}

// MouseMoved tells where the mouse is; while panning it moves the photo.
func (v *Viewport) MouseMoved(e *desktop.MouseEvent) {
	by := e.Position.Subtract(v.last)
	v.last = e.Position
	if v.panning && v.OnPan != nil {
		v.OnPan(float64(by.X), float64(by.Y), v.Port())
	}
	v.point(e.Position)
	// A drag begins a few pixels late; the first of them are drawn too.
	v.draw(StrokeOn, e.Position)
}

// MouseOut tells that it has left.
func (v *Viewport) MouseOut() {
	if v.OnPoint != nil {
		v.OnPoint(0, 0, false)
	}
}

func (v *Viewport) point(at fyne.Position) {
	r := v.view.Place(v.Port())
	if v.OnPoint == nil || r.W <= 0 || r.H <= 0 {
		return
	}
	x, y := (float64(at.X)-r.X)/r.W, (float64(at.Y)-r.Y)/r.H
	v.OnPoint(x, y, x >= 0 && x < 1 && y >= 0 && y < 1)
}

// Cursor is a cross over the photo, arrows while it is being moved.
func (v *Viewport) Cursor() desktop.Cursor {
	if v.panning {
		return desktop.PointerCursor
	}
	return desktop.CrosshairCursor
}
