package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"seewhy/ui/look"
	"seewhy/ui/view"
)

// Viewport shows a photo with a coloured map over it, at any zoom.
//
// The map's opacity is its Translucency, a number per frame: changing it
// uploads nothing. Both images are scaled by the graphics card; photos come in
// halving sizes so that it never has to shrink one by more than two.
type Viewport struct {
	widget.BaseWidget
	levels []image.Image
	photo  image.Point
	seen   view.Rect
	view   view.View
	alpha  float64

	ground *canvas.Rectangle
	base   *canvas.Image
	heat   *canvas.Image
	region *canvas.Rectangle
	inner  *fyne.Container
	clip   *container.Clip

	// OnZoom reports the wheel, with the pointer's place; OnPan a drag;
	// OnFit a double click; OnActivate a press.
	OnZoom     func(factor, x, y float64, port view.Port)
	OnPan      func(dx, dy float64, port view.Port)
	OnFit      func()
	OnActivate func()
}

// NewViewport makes an empty viewport.
func NewViewport() *Viewport {
	v := &Viewport{
		view:   view.View{Fit: true},
		ground: canvas.NewRectangle(color.Transparent), base: canvas.NewImageFromImage(nil), heat: canvas.NewImageFromImage(nil), region: canvas.NewRectangle(color.Transparent),
	}
	v.base.ScaleMode, v.heat.ScaleMode = canvas.ImageScaleFastest, canvas.ImageScaleFastest
	v.heat.Translucency = 1
	v.region.StrokeWidth = 1
	v.base.Hide()
	v.heat.Hide()
	v.region.Hide()
	v.inner = container.NewWithoutLayout(v.base, v.heat, v.region)
	v.clip = container.NewClip(v.inner)
	v.ExtendBaseWidget(v)
	return v
}

// SetPhoto shows a picture of width x height pixels, given at halving sizes,
// largest first; none clears the viewport.
func (v *Viewport) SetPhoto(levels []image.Image, width, height int) {
	v.levels, v.photo = levels, image.Pt(width, height)
	v.base.Image = nil
	v.arrange(v.Size())
}

// SetOverlay lays a premultiplied picture over all of the photo; nil takes it
// away. sharp shows its pixels as they are when enlarged.
func (v *Viewport) SetOverlay(img *image.RGBA, sharp bool) {
	if img == nil {
		v.heat.Hide()
		// A typed nil would panic when drawn.
		v.heat.Image = nil
		v.paint()
		return
	}
	v.heat.Image = img
	v.heat.ScaleMode = canvas.ImageScaleFastest
	if sharp {
		v.heat.ScaleMode = canvas.ImageScalePixels
	}
	v.heat.Show()
	v.arrange(v.Size())
	v.heat.Refresh()
}

// SetSeen outlines the part of the photo, in fractions, that the model saw; a
// rectangle that holds all of it is not drawn.
func (v *Viewport) SetSeen(r view.Rect) {
	v.seen = r
	v.arrange(v.Size())
}

// SetAlpha sets the overlay's opacity, 0..1. It costs one frame.
func (v *Viewport) SetAlpha(alpha float64) {
	if v.alpha != alpha {
		v.alpha = alpha
		v.heat.Translucency = 1 - alpha
		v.paint()
	}
}

// SetView sets zoom and pan.
func (v *Viewport) SetView(w view.View) {
	if v.view != w {
		v.view = w
		v.arrange(v.Size())
	}
}

// Port is the viewport's size and its photo's, for the arithmetic of package view.
func (v *Viewport) Port() view.Port {
	s := v.Size()
	return view.Port{Width: float64(s.Width), Height: float64(s.Height), PhotoW: float64(v.photo.X), PhotoH: float64(v.photo.Y), Scale: v.scale()}
}

func (v *Viewport) scale() float64 {
	if c := canvasOf(v); c != nil {
		return float64(c.Scale())
	}
	return 1
}

func (v *Viewport) paint() { repaint(v) }

// level is the smallest copy that is not enlarged, or the largest.
func (v *Viewport) level(width float64) image.Image {
	for i := len(v.levels) - 1; i >= 0; i-- {
		if float64(v.levels[i].Bounds().Dx()) >= width*0.9 {
			return v.levels[i]
		}
	}
	return v.levels[0]
}

// pixelZoom is from where on a photo's pixels are shown as squares.
const pixelZoom = 4

func (v *Viewport) arrange(size fyne.Size) {
	v.ground.Resize(size)
	v.clip.Resize(size)
	if len(v.levels) == 0 || v.photo.X <= 0 || v.photo.Y <= 0 {
		v.base.Hide()
		v.region.Hide()
		v.paint()
		return
	}
	r := v.view.Place(v.Port())
	if r.W <= 0 || r.H <= 0 {
		return
	}
	scale := v.scale()
	img, mode := v.level(r.W*scale), canvas.ImageScaleFastest
	if r.W*scale >= pixelZoom*float64(v.photo.X) {
		mode = canvas.ImageScalePixels
	}
	// Whole device pixels, so that photo and map lie exactly on each other.
	snap := func(f float64) float32 { return float32(math.Round(f*scale) / scale) }
	x, y, w, h := snap(r.X), snap(r.Y), snap(r.W), snap(r.H)
	place(v.base, x, y, w, h)
	place(v.heat, x, y, w, h)
	partial := v.seen.W > 0 && (v.seen.X > 0.002 || v.seen.Y > 0.002 || v.seen.X+v.seen.W < 0.998 || v.seen.Y+v.seen.H < 0.998)
	if partial {
		place(v.region, snap(r.X+v.seen.X*r.W), snap(r.Y+v.seen.Y*r.H), snap(v.seen.W*r.W), snap(v.seen.H*r.H))
		v.region.Show()
	} else {
		v.region.Hide()
	}
	if v.base.Image != img || v.base.ScaleMode != mode {
		v.base.Image, v.base.ScaleMode = img, mode
		v.base.Show()
		v.base.Refresh()
	}
	v.paint()
}

// CreateRenderer is Fyne's hook.
func (v *Viewport) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		v.ground.FillColor = look.Color(look.Stage)
		v.region.StrokeColor = look.Color(look.Muted)
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{v.ground, v.clip},
		layout:  v.arrange,
		min:     func() fyne.Size { return fyne.NewSize(120, 120) },
		refresh: func() { style(); v.ground.Refresh(); v.region.Refresh() },
	}
}

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

// Dragged pans.
func (v *Viewport) Dragged(e *fyne.DragEvent) {
	if v.OnPan != nil {
		v.OnPan(float64(e.Dragged.DX), float64(e.Dragged.DY), v.Port())
	}
}

// DragEnd does nothing.
func (v *Viewport) DragEnd() {}

// DoubleTapped fits the photo.
func (v *Viewport) DoubleTapped(*fyne.PointEvent) {
	if v.OnFit != nil {
		v.OnFit()
	}
}

// MouseDown activates the pane; a tap would come late, after the time in which
// a second one could follow.
func (v *Viewport) MouseDown(*desktop.MouseEvent) {
	if v.OnActivate != nil {
		v.OnActivate()
	}
}

// MouseUp does nothing.
func (v *Viewport) MouseUp(*desktop.MouseEvent) {}
