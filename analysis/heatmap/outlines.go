package heatmap

import (
	"fmt"
	"image"

	"seewhy/analysis/task"
)

// segmentShade is what an outline draws over segments that are off.
var segmentShade = [4]byte{0x0c, 0x0d, 0x0e, 0xd2}

// Outlines draws the borders between segments in white over a w x h picture
// that stands for the whole upright picture, and shades those that are off:
// premultiplied, transparent elsewhere. place tells where the segments lie.
func Outlines(s task.Segments, off []int, place Place, w, h int) (*image.RGBA, error) {
	if s.Width < 1 || s.Height < 1 || s.Width > MaxCells/s.Height || len(s.Of) != s.Width*s.Height {
		return nil, fmt.Errorf("heatmap: %d segment numbers are not %d x %d", len(s.Of), s.Width, s.Height)
	}
	if w < 1 || h < 1 || w > MaxPixels/h || place.Picture.Width < 1 || place.Picture.Height < 1 {
		return nil, fmt.Errorf("heatmap: cannot draw a picture of %d x %d pixels of one of %d x %d", w, h, place.Picture.Width, place.Picture.Height)
	}
	r := whole(place.Region, place.Picture)
	if !(r.X1 > r.X0 && r.Y1 > r.Y0) {
		return nil, fmt.Errorf("heatmap: the segments' region %v..%v, %v..%v is empty", r.X0, r.X1, r.Y0, r.Y1)
	}
	shaded := map[int32]bool{}
	for _, i := range off {
		shaded[int32(i)] = true
	}
	sx, sy := float64(w)/float64(place.Picture.Width), float64(h)/float64(place.Picture.Height)
	columns, lines := taps(s.Width, w, r.X0*sx, r.X1*sx, false), taps(s.Height, h, r.Y0*sy, r.Y1*sy, false)
	reach := max(1, min(w, h)/600)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	bands(h, func(from, to int) {
		for y := from; y < to; y++ {
			if lines[y].a < 0 {
				continue
			}
			under := lines[min(y+reach, h-1)].a
			row := s.Of[int(lines[y].a)*s.Width:][:s.Width]
			for x, t := range columns {
				if t.a < 0 {
					continue
				}
				here := row[t.a]
				beside := columns[min(x+reach, w-1)].a
				at := out.Pix[y*out.Stride+4*x:][:4]
				switch {
				case beside >= 0 && row[beside] != here, under >= 0 && s.Of[int(under)*s.Width+int(t.a)] != here:
					copy(at, []byte{0xc8, 0xc8, 0xc8, 0xc8})
				case shaded[here]:
					copy(at, segmentShade[:])
				}
			}
		}
	})
	return out, nil
}

// SegmentAt is the segment under the point x, y of the picture, given as
// fractions of it; false where there is none.
func SegmentAt(s task.Segments, place Place, x, y float64) (int, bool) {
	if s.Width < 1 || s.Height < 1 || len(s.Of) != s.Width*s.Height {
		return 0, false
	}
	r := whole(place.Region, place.Picture)
	fx, fy := (x*float64(place.Picture.Width)-r.X0)/(r.X1-r.X0), (y*float64(place.Picture.Height)-r.Y0)/(r.Y1-r.Y0)
	if !(fx >= 0 && fx < 1 && fy >= 0 && fy < 1) {
		return 0, false
	}
	return int(s.Of[int(fy*float64(s.Height))*s.Width+int(fx*float64(s.Width))]), true
}
