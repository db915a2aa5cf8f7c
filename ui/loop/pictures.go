package loop

import (
	"context"
	"image"

	"golang.org/x/image/draw"

	"seewhy/ui/state"
)

// Thumbnails fit into this size; twice what the filmstrip shows, for screens
// of double density.
const (
	thumbWidth  = 176
	thumbHeight = 132
)

// smallestLevel is where halving stops.
const smallestLevel = 480

func openPhoto(ctx context.Context, e Engine, c state.OpenPhoto) state.Msg {
	info, err := e.OpenImage(ctx, c.Ref)
	if err != nil {
		return state.PhotoFailed{Job: c.Job, Item: c.Item, Err: err.Error()}
	}
	levels := pyramid(info.Picture)
	return state.PhotoOpened{Job: c.Job, Item: c.Item, Info: info, Levels: levels, Thumb: thumb(levels)}
}

// pyramid is the picture at halving sizes, largest first, each premultiplied
// and starting at 0, 0 as the screen wants it.
func pyramid(src image.Image) []image.Image {
	b := src.Bounds()
	full := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(full, full.Bounds(), src, b.Min, draw.Src)
	levels := []image.Image{full}
	for last := full; max(last.Rect.Dx(), last.Rect.Dy()) >= 2*smallestLevel; {
		last = shrink(last, (last.Rect.Dx()+1)/2, (last.Rect.Dy()+1)/2)
		levels = append(levels, last)
	}
	return levels
}

// thumb makes a thumbnail from the smallest level.
func thumb(levels []image.Image) image.Image {
	src := levels[len(levels)-1]
	b := src.Bounds()
	scale := min(float64(thumbWidth)/float64(b.Dx()), float64(thumbHeight)/float64(b.Dy()), 1)
	return shrink(src, max(1, int(float64(b.Dx())*scale+.5)), max(1, int(float64(b.Dy())*scale+.5)))
}

// shrink uses the bilinear kernel widened to the scale, which does not alias.
func shrink(src image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Rect, src, src.Bounds(), draw.Src, nil)
	return out
}
