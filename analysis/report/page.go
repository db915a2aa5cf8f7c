package report

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// The page is laid out in units: 1360 wide with margins of 48. A unit is
// scale pixels, chosen so that photographs keep their resolution.
const (
	pageWidth = 1360.0
	margin    = 48.0
	content   = pageWidth - 2*margin
	gutter    = 24.0
	column    = (content - gutter) / 2
)

// page gathers drawing steps while the layout runs down to its end, then
// draws them at once: its height is known last.
type page struct {
	fonts *fonts
	scale float64
	// y is the layout's cursor in units.
	y float64
	// inside says that all models came with the program: their classes have names
	// in each language.
	inside bool
	steps  []func(*image.RGBA)
	err    error
}

func (p *page) draw(step func(*image.RGBA)) { p.steps = append(p.steps, step) }

// px turns units into pixels.
func (p *page) px(units float64) int { return int(math.Round(units * p.scale)) }

// rect is a rectangle of units in pixels, at least one pixel each way. Equal
// sizes in units are equal in pixels, wherever they lie.
func (p *page) rect(x, y, w, h float64) image.Rectangle {
	at := image.Pt(p.px(x), p.px(y))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(max(p.px(w), 1), max(p.px(h), 1)))}
}

func (p *page) fill(x, y, w, h float64, c color.RGBA) {
	r := p.rect(x, y, w, h)
	p.draw(func(img *image.RGBA) { draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src) })
}

func (p *page) image(at image.Rectangle, src image.Image) {
	p.draw(func(img *image.RGBA) { draw.Draw(img, at, src, src.Bounds().Min, draw.Src) })
}

// line is a horizontal hairline.
func (p *page) line(x, y, w float64) { p.fill(x, y, w, 1/p.scale, rule) }

// finish draws the page with its bottom margin under the cursor.
func (p *page) finish() (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, p.px(pageWidth), p.px(p.y)))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	for _, step := range p.steps {
		step(img)
	}
	return img, p.err
}
