package widget

import (
	"image"
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
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

	// wipe is where the photo is bare to the left, or negative; cross the
	// point, in fractions of the photo, that the cross-hair marks.
	wipe    float64
	cross   view.Point
	crossed bool
	panning bool
	tight   bool
	wiping  bool
	tool    drawing
	pressed bool
	last    fyne.Position

	// overlay is the map as it was given; sharp shows its pixels.
	overlay                *image.RGBA
	sharp                  bool
	fittedBase, fittedHeat fitted

	// ground is around the photo only: under it, it would cost a fill of the
	// whole viewport in every frame.
	ground [4]*plate
	base   *canvas.Image
	heat   *canvas.Image
	over   *container.Clip
	lines  *canvas.Image
	marks  *canvas.Image
	region outline
	across *plate
	down   *plate
	edge   *plate
	inner  *fyne.Container
	clip   *container.Clip

	// Later runs a function on the window's goroutine after a time. Without it
	// pictures are shrunk by the graphics card alone.
	Later func(time.Duration, func())

	// OnZoom reports the wheel, with the pointer's place; OnPan a drag;
	// OnFit a double click; OnActivate a press; OnPoint where the mouse is, in
	// fractions of the photo, or that it has left; OnWipe where the
	// before/after line was dragged to.
	OnZoom     func(factor, x, y float64, port view.Port)
	OnPan      func(dx, dy float64, port view.Port)
	OnFit      func()
	OnActivate func()
	// OnMenu reports a right click, at a place of the window.
	OnMenu  func(at fyne.Position)
	OnPoint func(x, y float64, on bool)
	OnWipe  func(at float64)
	// OnStroke gets what is drawn while a tool is on; see SetTool.
	OnStroke func(part StrokePart, x, y float64)
	// OnPress, where it is set, gets clicks on the photo, in fractions of it.
	OnPress func(x, y float64)
}

// NewViewport makes an empty viewport.
func NewViewport() *Viewport {
	v := &Viewport{
		view: view.View{Fit: true},
		wipe: -1,
		base: canvas.NewImageFromImage(nil), heat: canvas.NewImageFromImage(nil), lines: canvas.NewImageFromImage(nil), region: newOutline(),
		across: newPlate(crossColor), down: newPlate(crossColor), edge: newPlate(color.White),
	}
	for i := range v.ground {
		v.ground[i] = newPlate(color.Transparent)
	}
	v.base.ScaleMode, v.heat.ScaleMode = canvas.ImageScaleFastest, canvas.ImageScaleFastest
	v.heat.Translucency = 1
	v.lines.ScaleMode = canvas.ImageScaleFastest
	v.lines.Hide()
	v.marks = canvas.NewImageFromImage(nil)
	v.marks.ScaleMode = canvas.ImageScaleFastest
	v.marks.Hide()
	v.base.Hide()
	v.heat.Hide()
	v.region.show(false)
	v.across.Hide()
	v.down.Hide()
	v.edge.Hide()
	v.over = container.NewClip(container.NewWithoutLayout(v.heat))
	v.inner = container.NewWithoutLayout(v.base, v.over, v.lines, v.marks)
	for _, k := range v.region {
		v.inner.Add(k.Raster)
	}
	for _, k := range []*plate{v.across, v.down, v.edge} {
		v.inner.Add(k.Raster)
	}
	v.tool.begin(v.inner)
	v.clip = container.NewClip(v.inner)
	v.ExtendBaseWidget(v)
	return v
}

// SetPhoto shows a picture of width x height pixels, given at halving sizes,
// largest first; none clears the viewport.
func (v *Viewport) SetPhoto(levels []image.Image, width, height int) {
	v.levels, v.photo = levels, image.Pt(width, height)
	v.base.Image = nil
	v.fittedBase.forget()
	v.arrange(v.Size())
}

// SetOverlay lays a premultiplied picture over all of the photo; nil takes it
// away. sharp shows its pixels as they are when enlarged.
func (v *Viewport) SetOverlay(img *image.RGBA, sharp bool) {
	if img == nil {
		v.overlay = nil
		v.fittedHeat.forget()
		v.heat.Hide()
		// A typed nil would panic when drawn.
		v.heat.Image = nil
		v.paint()
		return
	}
	v.overlay, v.sharp = img, sharp
	v.heat.Image = nil
	v.arrange(v.Size())
}

// SetLines lays a premultiplied picture over photo and map, as it is; nil
// takes it away.
func (v *Viewport) SetLines(img *image.RGBA) { v.lay(v.lines, img) }

// lay puts a picture that covers all of the photo, or none, into its place.
func (v *Viewport) lay(on *canvas.Image, img *image.RGBA) {
	switch {
	case img == nil && on.Image == nil, on.Image == image.Image(img):
		return
	case img == nil:
		on.Hide()
		// A typed nil would panic when drawn.
		on.Image = nil
		v.paint()
		return
	}
	on.Image = img
	on.Show()
	v.arrange(v.Size())
	on.Refresh()
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
		v.heat.Hidden = alpha == 0 || v.heat.Image == nil
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

// SetWipe leaves the photo bare to the left of a fraction of its width, and
// draws the line between; a negative one takes the line away.
func (v *Viewport) SetWipe(at float64) {
	if at < 0 {
		at = -1
	}
	if v.wipe != at {
		v.wipe = at
		v.arrange(v.Size())
	}
}

// SetCross marks a point of the photo, given in fractions of it, by two lines.
func (v *Viewport) SetCross(x, y float64, on bool) {
	if p := (view.Point{X: x, Y: y}); v.crossed != on || (on && v.cross != p) {
		v.cross, v.crossed = p, on
		v.arrangeCross()
		v.paint()
	}
}

// SetTight leaves less room around a fitted photo.
func (v *Viewport) SetTight(on bool) {
	if v.tight != on {
		v.tight = on
		v.arrange(v.Size())
	}
}

// SetPanning makes the mouse move the photo without a button.
func (v *Viewport) SetPanning(on bool) { v.panning = on }

// Port is the viewport's size and its photo's, for the arithmetic of package view.
func (v *Viewport) Port() view.Port {
	s := v.Size()
	return view.Port{Width: float64(s.Width), Height: float64(s.Height), PhotoW: float64(v.photo.X), PhotoH: float64(v.photo.Y), Scale: v.scale(), Tight: v.tight}
}

func (v *Viewport) scale() float64 {
	if c := canvasOf(v); c != nil {
		return float64(c.Scale())
	}
	return 1
}

func (v *Viewport) paint() { Repaint(v) }

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
	v.clip.Resize(size)
	if len(v.levels) == 0 || v.photo.X <= 0 || v.photo.Y <= 0 {
		v.arrangeGround(size, 0, 0, 0, 0)
		v.base.Hide()
		v.region.show(false)
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
	place(v.lines, x, y, w, h)
	place(v.marks, x, y, w, h)
	v.arrangeGround(size, x, y, w, h)
	// The map is clipped to what lies behind the before/after line.
	cut := float32(0)
	if v.wipe >= 0 {
		cut = snap(v.wipe * r.W)
		place(v.edge.Raster, x+cut-1, y, 2, h)
	}
	v.edge.Hidden = v.wipe < 0
	place(v.over, x+cut, y, w-cut, h)
	place(v.heat, -cut, 0, w, h)
	pixels := image.Pt(int(math.Round(r.W*scale)), int(math.Round(r.H*scale)))
	v.arrangeHeat(pixels)
	v.arrangeCross()
	partial := v.seen.W > 0 && (v.seen.X > 0.002 || v.seen.Y > 0.002 || v.seen.X+v.seen.W < 0.998 || v.seen.Y+v.seen.H < 0.998)
	if partial {
		v.region.place(snap(r.X+v.seen.X*r.W), snap(r.Y+v.seen.Y*r.H), snap(v.seen.W*r.W), snap(v.seen.H*r.H))
		v.region.show(true)
	} else {
		v.region.show(false)
	}
	img, mode = v.fittedBase.pick(img, mode, pixels)
	v.fittedBase.follow(v.Later, v.refit)
	if v.base.Image != img || v.base.ScaleMode != mode {
		v.base.Image, v.base.ScaleMode = img, mode
		v.base.Show()
		v.base.Refresh()
	}
	v.paint()
}

func (v *Viewport) refit() { v.arrange(v.Size()) }

// arrangeHeat shows the map as it fits so many pixels of the screen.
func (v *Viewport) arrangeHeat(pixels image.Point) {
	if v.overlay == nil {
		return
	}
	v.heat.Hidden = v.alpha == 0
	mode := canvas.ImageScaleFastest
	if v.sharp {
		mode = canvas.ImageScalePixels
	}
	img, mode := v.fittedHeat.pick(v.overlay, mode, pixels)
	v.fittedHeat.follow(v.Later, v.refit)
	if v.heat.Image != img || v.heat.ScaleMode != mode {
		v.heat.Image, v.heat.ScaleMode = img, mode
		v.heat.Refresh()
	}
}

// arrangeGround lays the ground around a photo.
func (v *Viewport) arrangeGround(size fyne.Size, x, y, w, h float32) {
	left, top := min(max(x, 0), size.Width), min(max(y, 0), size.Height)
	right, bottom := min(max(x+w, 0), size.Width), min(max(y+h, 0), size.Height)
	place(v.ground[0].Raster, 0, 0, size.Width, top)
	place(v.ground[1].Raster, 0, top, left, bottom-top)
	place(v.ground[2].Raster, right, top, size.Width-right, bottom-top)
	place(v.ground[3].Raster, 0, bottom, size.Width, size.Height-bottom)
	for _, g := range v.ground {
		s := g.Size()
		g.Hidden = s.Width <= 0 || s.Height <= 0
	}
}

// crossColor is seen on light and dark pictures alike.
var crossColor = color.NRGBA{R: 255, G: 255, B: 255, A: 150}

func (v *Viewport) arrangeCross() {
	r := v.view.Place(v.Port())
	v.arrangeRing(r)
	on := v.crossed && r.W > 0 && v.tool.radius == 0
	v.across.Hidden, v.down.Hidden = !on, !on
	if on {
		x, y := float32(math.Floor(r.X+v.cross.X*r.W)), float32(math.Floor(r.Y+v.cross.Y*r.H))
		place(v.across.Raster, float32(r.X), y, float32(r.W), 1)
		place(v.down.Raster, x, float32(r.Y), 1, float32(r.H))
	}
}

// CreateRenderer is Fyne's hook.
func (v *Viewport) CreateRenderer() fyne.WidgetRenderer {
	style := func() {
		for _, g := range v.ground {
			g.FillColor = look.Color(look.Stage)
		}
		for _, k := range v.region {
			k.FillColor = look.Color(look.Muted)
		}
	}
	style()
	return &drawn{
		objects: []fyne.CanvasObject{v.ground[0].Raster, v.ground[1].Raster, v.ground[2].Raster, v.ground[3].Raster, v.clip},
		layout:  v.arrange,
		min:     func() fyne.Size { return fyne.NewSize(120, 120) },
		refresh: func() {
			style()
			for _, g := range v.ground {
				g.Refresh()
			}
			for _, k := range v.region {
				k.Refresh()
			}
		},
	}
}
