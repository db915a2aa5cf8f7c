package segment

import (
	"image"
	"image/color"
	"image/draw"
)

// Outline draws the borders between segments on a copy of a picture, in yellow:
// the pixels that have a neighbour of another segment to the right or below.
// Labels of another size leave the copy as it is.
func Outline(picture image.Image, l Labels) *image.RGBA {
	b := picture.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), picture, b.Min, draw.Src)
	if l.Width != b.Dx() || l.Height != b.Dy() || len(l.Of) != l.Width*l.Height {
		return out
	}
	for y := range l.Height {
		for x := range l.Width {
			at := y*l.Width + x
			if x+1 < l.Width && l.Of[at] != l.Of[at+1] || y+1 < l.Height && l.Of[at] != l.Of[at+l.Width] {
				out.SetRGBA(x, y, color.RGBA{255, 220, 0, 255})
			}
		}
	}
	return out
}
