package edit

import (
	"context"
	"image"
	"sync"
)

// surroundings is what continuing a hole into it may read: the hole's rectangle
// and a margin.
func surroundings(hole image.Rectangle, w, h int) image.Rectangle {
	if hole.Empty() {
		return hole
	}
	return hole.Inset(-inpaintMargin).Intersect(image.Rect(0, 0, w, h))
}

// inpaintMargin is how many pixels around a hole are seen.
const inpaintMargin = 4

// inpaint continues what surrounds the covered pixels into them: the harmonic
// function (Laplace's equation, five-point stencil), channel by channel, with
// the values of the pixels around as its boundary and no flux over the
// picture's own border. Where nothing surrounds them the mean colour is taken;
// where ctx ends, what is found is rough.
func inpaint(ctx context.Context, dst *image.RGBA, cover *image.Alpha, mean func() [3]uint8) {
	area := surroundings(cover.Rect, dst.Rect.Dx(), dst.Rect.Dy())
	open := make([]uint8, area.Dx()*area.Dy())
	known := len(open)
	for y := cover.Rect.Min.Y; y < cover.Rect.Max.Y; y++ {
		line := open[(y-area.Min.Y)*area.Dx()+cover.Rect.Min.X-area.Min.X:]
		for x, a := range row(cover, y, cover.Rect) {
			if a > 0 {
				line[x] = 1
				known--
			}
		}
	}
	if known == 0 {
		flat(dst, cover, mean())
		return
	}
	levels := pyramid(open, area.Dx(), area.Dy())
	var planes [3][]float32
	var group sync.WaitGroup
	for c := range planes {
		group.Go(func() {
			v := make([]float32, len(open))
			for y := range area.Dy() {
				line := dst.Pix[dst.PixOffset(area.Min.X, area.Min.Y+y)+c:]
				for x := range area.Dx() {
					v[y*area.Dx()+x] = float32(line[4*x])
				}
			}
			continued(ctx, v, levels)
			planes[c] = v
		})
	}
	group.Wait()
	blend(dst, cover, func(y int) func(int) [3]uint8 {
		at := (y-area.Min.Y)*area.Dx() - area.Min.X
		return func(x int) (out [3]uint8) {
			for c, p := range planes {
				out[c] = uint8(min(max(p[at+x], 0), 255) + 0.5)
			}
			return out
		}
	})
}
