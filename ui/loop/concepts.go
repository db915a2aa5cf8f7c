package loop

import (
	"image"
	"image/color"
	"image/draw"

	"seewhy/analysis/heatmap"
	"seewhy/ui/state"
)

// conceptAlpha is how strongly concepts cover the photo on their thumbnails.
const conceptAlpha = 220

// paintConcepts makes the thumbnails of a layer's concepts, all in one first.
func paintConcepts(c state.PaintConcepts) state.Msg {
	out := state.ConceptsPainted{Job: c.Job, Thumbs: make([]image.Image, len(c.Concepts)+1)}
	if c.Photo == nil {
		return out
	}
	for i := range out.Thumbs {
		thumb := small([]image.Image{c.Photo})
		// Concepts that cannot be drawn show the bare photo.
		if over, err := heatmap.Concepts(c.Concepts, i-1, c.Place, thumb.Rect.Dx(), thumb.Rect.Dy()); err == nil {
			draw.DrawMask(thumb, thumb.Rect, over, image.Point{}, image.NewUniform(color.Alpha{A: conceptAlpha}), image.Point{}, draw.Over)
		}
		rounded(thumb, max(thumb.Rect.Dx(), thumb.Rect.Dy())/24)
		out.Thumbs[i] = thumb
	}
	return out
}
