package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2/canvas"
)

// plate is a filled rectangle, with round corners or none and a line along its
// inside or none, drawn as a picture of just its pixels. The toolkit's own
// rectangle works its corners out anew for each pixel of each frame: without a
// graphics card that costs two to three times a picture's pixels, and three
// times a picture's time on the window's goroutine.
//
// The Raster within is what belongs into the tree of objects. Changed fields
// are seen after Refresh.
type plate struct {
	*canvas.Raster
	FillColor, StrokeColor    color.Color
	StrokeWidth, CornerRadius float32
	// shown is what the picture was last made of.
	shown plateLook
}

type plateLook struct {
	fill, stroke  color.NRGBA
	width, radius float32
}

func newPlate(fill color.Color) *plate {
	p := &plate{FillColor: fill}
	p.Raster = canvas.NewRaster(p.picture)
	p.ScaleMode = canvas.ImageScalePixels
	return p
}

// MinSize takes no part in drawing: with it a plate is no object of the toolkit,
// which draws only kinds that it knows and would leave a plate out without a word.
// So the compiler asks for the Raster.
func (p *plate) MinSize() {}

func (p *plate) look() plateLook {
	return plateLook{fill: straight(p.FillColor), stroke: straight(p.StrokeColor), width: p.StrokeWidth, radius: p.CornerRadius}
}

func straight(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// Refresh makes the picture anew where it would differ.
func (p *plate) Refresh() {
	if p.look() != p.shown {
		p.Raster.Refresh()
	}
}

// picture is the plate at a size in device pixels. Where there is nothing to
// see it is empty, and the toolkit leaves it out.
func (p *plate) picture(w, h int) image.Image {
	p.shown = p.look()
	l := p.shown
	if w <= 0 || h <= 0 || (l.fill.A == 0 && (l.stroke.A == 0 || l.width == 0)) {
		return &image.RGBA{}
	}
	if l.radius == 0 && l.width == 0 {
		return image.NewUniform(l.fill)
	}
	scale := float32(1)
	if size := p.Size(); size.Width > 0 {
		scale = float32(w) / size.Width
	}
	width := l.width
	if width > 0 {
		width = max(float32(math.Round(float64(width*scale))), 1)
	}
	return rounded(w, h, float64(l.radius*scale), float64(width), l.fill, l.stroke)
}

// rounded paints a rectangle with round corners and a line along its inside.
func rounded(w, h int, radius, line float64, fill, stroke color.NRGBA) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	radius = min(radius, float64(w)/2, float64(h)/2)
	// How much of a pixel lies within the rectangle drawn in by d.
	inside := func(x, y int, d float64) float64 {
		r := max(radius-d, 0)
		dx := math.Abs(float64(x)+0.5-float64(w)/2) - (float64(w)/2 - d) + r
		dy := math.Abs(float64(y)+0.5-float64(h)/2) - (float64(h)/2 - d) + r
		far := min(max(dx, dy), 0) + math.Hypot(max(dx, 0), max(dy, 0)) - r
		return min(max(0.5-far, 0), 1)
	}
	at := func(x, y int) color.RGBA {
		outer := inside(x, y, 0)
		inner := outer
		if line > 0 {
			inner = min(inside(x, y, line), outer)
		}
		f, s := inner*float64(fill.A)/255, (outer-inner)*float64(stroke.A)/255
		mix := func(a, b uint8) uint8 { return uint8(float64(a)*f + float64(b)*s + 0.5) }
		return color.RGBA{R: mix(fill.R, stroke.R), G: mix(fill.G, stroke.G), B: mix(fill.B, stroke.B), A: uint8(255*(f+s) + 0.5)}
	}
	// Rows and columns between the corners are all alike.
	corner := int(math.Ceil(max(radius, line))) + 1
	row := func(y int) []uint8 { return out.Pix[y*out.Stride : y*out.Stride+4*w] }
	for y := range min(corner+1, (h+1)/2) {
		middle := at(w/2, y)
		for x := range w {
			c := middle
			if x < corner || x >= w-corner {
				c = at(x, y)
			}
			out.SetRGBA(x, y, c)
		}
		copy(row(h-1-y), row(y))
	}
	for y := corner + 1; y < h-corner-1; y++ {
		copy(row(y), row(corner))
	}
	return out
}

// outline is a line of one unit along the inside of a rectangle, in four
// parts: what is within costs nothing.
type outline [4]*plate

func newOutline() outline {
	var o outline
	for i := range o {
		o[i] = newPlate(color.Transparent)
	}
	return o
}

func (o outline) place(x, y, w, h float32) {
	place(o[0].Raster, x, y, w, 1)
	place(o[1].Raster, x, y+h-1, w, 1)
	place(o[2].Raster, x, y+1, 1, h-2)
	place(o[3].Raster, x+w-1, y+1, 1, h-2)
}

func (o outline) show(on bool) {
	for _, k := range o {
		k.Hidden = !on
	}
}
