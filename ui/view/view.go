// Package view is the arithmetic of zoom and pan: which part of a photo a
// viewport shows. It knows neither Fyne nor what is shown.
//
//	v := view.View{Fit: true}.Zoomed(1.25, x, y, port)
//	rect := v.Place(port)
package view

import "math"

// View is the part of the photo that every pane shows: linked zoom and pan.
type View struct {
	// Fit shows the whole photo, whatever the pane's size; the rest is then unused.
	Fit bool
	// Zoom is screen units per photo pixel.
	Zoom float64
	// X and Y are the photo's point at the middle of the pane, as fractions 0..1.
	X, Y float64
}

// Port is a viewport: its size in screen units, the photo's in pixels, and how
// many device pixels a screen unit has.
type Port struct {
	Width, Height  float64
	PhotoW, PhotoH float64
	Scale          float64
	// Tight says that room is scarce.
	Tight bool
}

// Rect is where the photo lies in a viewport, in screen units.
type Rect struct{ X, Y, W, H float64 }

// Point is a place on the photo, as fractions 0..1 of it.
type Point struct{ X, Y float64 }

// margin is left free around a fitted photo, in screen units; tightMargin in a
// viewport that is Tight.
const (
	margin      = 12
	tightMargin = 4
)

// The largest zoom, in device pixels per photo pixel.
const maxZoom = 48

func (p Port) valid() bool { return p.Width > 0 && p.Height > 0 && p.PhotoW > 0 && p.PhotoH > 0 }

func (p Port) scale() float64 {
	if p.Scale > 0 {
		return p.Scale
	}
	return 1
}

// FitZoom is the zoom at which the whole photo is seen. Small photos are
// enlarged to fill the pane too.
func (p Port) FitZoom() float64 {
	free := 2.0 * margin
	if p.Tight {
		free = 2 * tightMargin
	}
	w, h := max(p.Width-free, 8), max(p.Height-free, 8)
	return min(w/p.PhotoW, h/p.PhotoH)
}

// Place is where the photo lies.
func (v View) Place(p Port) Rect {
	if !p.valid() {
		return Rect{}
	}
	v = v.settled(p)
	w, h := p.PhotoW*v.Zoom, p.PhotoH*v.Zoom
	return Rect{X: p.Width/2 - v.X*w, Y: p.Height/2 - v.Y*h, W: w, H: h}
}

// settled turns Fit into numbers.
func (v View) settled(p Port) View {
	if v.Fit || v.Zoom <= 0 {
		return View{Zoom: p.FitZoom(), X: 0.5, Y: 0.5}
	}
	return v
}

// Zoomed scales by factor and keeps the photo's point under x, y where it is.
func (v View) Zoomed(factor, x, y float64, p Port) View {
	if !p.valid() || !(factor > 0) {
		return v
	}
	r := v.Place(p)
	v = v.settled(p)
	px, py := (x-r.X)/r.W, (y-r.Y)/r.H
	low, high := min(p.FitZoom(), 1/p.scale())/2, max(maxZoom/p.scale(), p.FitZoom())
	v.Zoom = min(max(v.Zoom*factor, low), high)
	v.X = px + (p.Width/2-x)/(p.PhotoW*v.Zoom)
	v.Y = py + (p.Height/2-y)/(p.PhotoH*v.Zoom)
	return v.held()
}

// Panned moves the photo by dx, dy screen units.
func (v View) Panned(dx, dy float64, p Port) View {
	if !p.valid() {
		return v
	}
	v = v.settled(p)
	v.X -= dx / (p.PhotoW * v.Zoom)
	v.Y -= dy / (p.PhotoH * v.Zoom)
	return v.held()
}

// Actual shows one photo pixel per device pixel around the same middle.
func (v View) Actual(p Port) View {
	if !p.valid() {
		return v
	}
	v = v.settled(p)
	v.Zoom = 1 / p.scale()
	return v.held()
}

// held keeps the middle of the pane on the photo, so that it cannot be lost.
func (v View) held() View {
	v.Fit = false
	v.X = math.Min(math.Max(v.X, 0), 1)
	v.Y = math.Min(math.Max(v.Y, 0), 1)
	return v
}
