package loop

import (
	"context"
	"image"
	"math"

	"golang.org/x/image/draw"

	"seewhy/models/prep"
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

func (l *Loop) openPhoto(ctx context.Context, e Engine, c state.OpenPhoto) state.Msg {
	info, err := e.OpenImage(ctx, c.Ref)
	if err != nil {
		return state.PhotoFailed{Job: c.Job, Item: c.Item, Err: err.Error(), Fault: prep.FaultOf(err)}
	}
	levels := pyramid(info.Picture)
	edited, wrong := l.easels.openEdited(ctx, levels, c.Edits)
	if err := ctx.Err(); err != nil {
		return state.PhotoFailed{Job: c.Job, Item: c.Item, Err: err.Error()}
	}
	return state.PhotoOpened{
		Job: c.Job, Item: c.Item, Info: info, Levels: levels, Thumb: thumb(levels),
		Edited: edited, Edits: c.Edits, EditErr: wrong,
	}
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

// thumb makes a thumbnail from the smallest level, with its corners rounded:
// done here once, it costs the screen nothing in each frame.
func thumb(levels []image.Image) image.Image {
	img := small(levels)
	rounded(img, max(img.Rect.Dx(), img.Rect.Dy())/24)
	return img
}

// small is the smallest level, shrunk to a thumbnail's size.
func small(levels []image.Image) *image.RGBA {
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

// rounded makes the corners of a premultiplied picture transparent outside of
// a quarter circle of that radius, with soft edges.
func rounded(img *image.RGBA, radius int) {
	w, h, r := img.Rect.Dx(), img.Rect.Dy(), float64(radius)
	for y := range min(radius, h/2) {
		for x := range min(radius, w/2) {
			cover := r - math.Hypot(r-float64(x)-0.5, r-float64(y)-0.5) + 0.5
			if cover >= 1 {
				continue
			}
			for _, at := range [4]int{img.PixOffset(x, y), img.PixOffset(w-1-x, y), img.PixOffset(x, h-1-y), img.PixOffset(w-1-x, h-1-y)} {
				for c := range 4 {
					img.Pix[at+c] = uint8(float64(img.Pix[at+c])*max(cover, 0) + 0.5)
				}
			}
		}
	}
}
