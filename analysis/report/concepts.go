package report

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"seewhy/analysis/heatmap"
)

const (
	// conceptColumns is how many small pictures of concepts stand in a row.
	conceptColumns = 6
	conceptGap     = 16.0
	// conceptAlpha is how strongly a concept covers the photo.
	conceptAlpha = 215
)

// concepts shows all that the layer was divided into: in one picture, then
// each in its colour, with its share of the activation and its score.
func (p *page) concepts(s *subject) {
	list := s.Result.Concepts
	if len(list) == 0 {
		return
	}
	p.text(margin, p.y+14, p.tr("Concepts of the layer"), styleHeading, left)
	p.text(margin+content, p.y+14, p.elide(p.tr("Under each: its share of the activation, and what it scores for %s by itself", p.label(s.Result.Target)), styleSmall, content*.7), styleSmall, right)
	p.y += 30
	width := (content - conceptGap*(conceptColumns-1)) / conceptColumns
	fw, fh := fit(s.width, s.height, width)
	row, top, shown := fh+44, p.y, s.Result.ShownConcept()
	for i := range len(list) + 1 {
		x, y := margin+float64(i%conceptColumns)*(width+conceptGap), top+float64(i/conceptColumns)*row
		at := p.frame(x, y, width, fh, fw, fh)
		img := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
		draw.Draw(img, img.Rect, scalePhoto(s.Photo, at), image.Point{}, draw.Src)
		over, err := heatmap.Concepts(list, i-1, s.place, at.Dx(), at.Dy())
		if err != nil {
			if p.err == nil {
				p.err = err
			}
			return
		}
		draw.DrawMask(img, img.Rect, over, image.Point{}, image.NewUniform(color.Alpha{A: conceptAlpha}), image.Point{}, draw.Over)
		p.image(at, img)
		words, st := p.tr("All in one"), styleSmall
		if i > 0 {
			words = fmt.Sprintf("%.0f %%  ·  %s", 100*list[i-1].Share, number(list[i-1].Score))
		}
		if i == shown+1 {
			st = textStyle{medium, sizeSmall, accent}
		}
		p.text(x+width/2, y+fh+18, p.elide(words, st, width), st, centre)
	}
	p.y = top + row*float64((len(list)+conceptColumns)/conceptColumns) + 12
}
