package report

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/disintegration/imaging"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/target"
)

// wideFrom is the aspect ratio from which pictures are stacked, not put side
// by side.
const wideFrom = 2.4

// tallest bounds a picture's height in units.
const tallest = 800.0

// fit is the size in units of a picture of w x h pixels in a box as wide as
// width: whole, its shape kept, at least a hairline.
func fit(w, h int, width float64) (float64, float64) {
	aspect := float64(w) / float64(h)
	fw, fh := width, width/aspect
	if fh > tallest {
		fw, fh = tallest*aspect, tallest
	}
	return max(fw, 1), max(fh, 1)
}

// scaleFor chooses pixels per unit so that a photograph drawn fw units wide
// keeps its pixels, within what is sharp enough for text and small enough to
// send.
func scaleFor(photo image.Image, fw, fh float64) float64 {
	b := photo.Bounds()
	return min(max(float64(b.Dx())/fw, float64(b.Dy())/fh, 1.25), 2.5)
}

// scalePhoto resamples to the size on the page. Pictures of few pixels stay
// blocks, since smoothing would invent what the model did not see.
func scalePhoto(photo image.Image, at image.Rectangle) image.Image {
	b := photo.Bounds()
	filter := imaging.Lanczos
	switch growth := float64(at.Dx()) / float64(b.Dx()); {
	case growth >= 6:
		filter = imaging.NearestNeighbor
	case growth > 1:
		filter = imaging.CatmullRom
	}
	white := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(white, white.Bounds(), photo, b.Min, draw.Over)
	return imaging.Resize(white, at.Dx(), at.Dy(), filter)
}

// frame paints the mat of a box and returns where a picture of fw x fh units
// lies in its middle, in pixels.
func (p *page) frame(x, y, w, h, fw, fh float64) image.Rectangle {
	if fw < w-1 || fh < h-1 {
		p.fill(x, y, w, h, mat)
	}
	return p.rect(x+(w-fw)/2, y+(h-fh)/2, fw, fh)
}

// photograph shows the picture without the map.
func (p *page) photograph(s *subject, at image.Rectangle) {
	s.atPhoto = at
	p.image(at, scalePhoto(s.Photo, at))
	p.outline(s, at)
	p.marks(s, at, false)
}

// overlay shows the picture under the map.
func (p *page) overlay(s *subject, at image.Rectangle) {
	s.atOverlay = at
	img, err := s.field.Compose(scalePhoto(s.Photo, at), s.place, s.Style)
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		return
	}
	p.image(at, img)
	p.outline(s, at)
	p.marks(s, at, true)
}

// cropped says whether the model saw less than the picture.
func (s *subject) cropped() bool {
	r := s.Result.Region
	return r.X1 > r.X0 && r.Y1 > r.Y0 &&
		(r.X0 > 0.75 || r.Y0 > 0.75 || r.X1 < float64(s.width)-0.75 || r.Y1 < float64(s.height)-0.75)
}

// outline marks the part that the model saw: white with a dark edge, so that
// it shows on any photograph.
func (p *page) outline(s *subject, at image.Rectangle) {
	if !s.cropped() {
		return
	}
	r, sx, sy := s.Result.Region, float64(at.Dx())/float64(s.width), float64(at.Dy())/float64(s.height)
	box := image.Rect(int(max(r.X0, 0)*sx+0.5), int(max(r.Y0, 0)*sy+0.5),
		int(min(r.X1, float64(s.width))*sx+0.5), int(min(r.Y1, float64(s.height))*sy+0.5)).Add(at.Min)
	thick := max(1, p.px(1.25))
	p.draw(func(img *image.RGBA) {
		stroke(img, at, box.Inset(-thick), thick, color.RGBA{A: 150})
		stroke(img, at, box, thick, color.RGBA{R: 255, G: 255, B: 255, A: 255})
	})
}

// stroke draws the edges of box, inwards, within clip.
func stroke(img *image.RGBA, clip, box image.Rectangle, thick int, c color.RGBA) {
	for _, side := range [4]image.Rectangle{
		{Min: box.Min, Max: image.Pt(box.Max.X, box.Min.Y+thick)},
		{Min: image.Pt(box.Min.X, box.Max.Y-thick), Max: box.Max},
		{Min: image.Pt(box.Min.X, box.Min.Y+thick), Max: image.Pt(box.Min.X+thick, box.Max.Y-thick)},
		{Min: image.Pt(box.Max.X-thick, box.Min.Y+thick), Max: image.Pt(box.Max.X, box.Max.Y-thick)},
	} {
		draw.Draw(img, side.Intersect(clip), image.NewUniform(c), image.Point{}, draw.Over)
	}
}

// barHeight is what colourBar takes, with its labels.
const barHeight = 46.0

// colourBar draws the scale of a map with round numbers and their unit.
func (p *page) colourBar(s *subject, x, y, w float64) {
	const thick = 10.0
	unit := p.unit(s)
	if s.field.Flat {
		p.fill(x, y, w, thick, mat)
		p.text(x, y+thick+18, p.elide(p.tr("The map is empty: it holds no differences"), styleSmall, w), styleSmall, left)
		return
	}
	at := p.rect(x, y, w, thick)
	p.image(at, heatmap.ColorBar(s.Style, s.field.Signed, at.Dx(), at.Dy()))
	var ticks []heatmap.Tick
	for n := max(2, int(w/110)); len(ticks) < 3 && n < 10; n++ {
		ticks = heatmap.Ticks(s.field.Range.Min, s.field.Range.Max, n)
	}
	end := x
	for _, tick := range ticks {
		tx := x + tick.At*w
		half := p.width(tick.Label, styleSmall) / 2
		middle := min(max(tx, x+half), x+w-half)
		if middle-half < end+6 && end > x {
			continue
		}
		p.fill(min(tx, x+w-1/p.scale), y+thick, 1/p.scale, 4, muted)
		p.text(middle, y+thick+17, tick.Label, styleSmall, centre)
		end = middle + half
	}
	p.text(x, y+thick+34, p.elide(unit, styleSmall, w), styleSmall, left)
}

// unit says what the numbers of the map are.
func (p *page) unit(s *subject) string {
	text := p.term(target.Of(s.Result.Task.Target.Kind).Unit)
	if s.Result.Task.Like != nil {
		text = p.tr("Relevance, in units of the cosine similarity")
	}
	if q := s.Result.Map.Quantity; q != "" {
		text = p.term(q)
	}
	if s.field.Range.Clipped {
		text += " · " + p.tr("stronger values share the end colour")
	}
	return text
}
