// Package segment divides pictures into parts that look of a piece
// (superpixels), by the definitions of scikit-image.
//
//	img := segment.Of(picture)
//	labels := segment.Quickshift(img, segment.QuickshiftOptions{Kernel: 4, MaxDistance: 200, Ratio: 0.2, Seed: 1})
//	labels.Of[y*labels.Width+x] // 0 .. labels.Count-1
//
// Each result is decided by its arguments: threads play no part, and what is
// drawn at random is drawn from a seed.
package segment

import (
	"fmt"
	"image"
	"slices"
)

// Image is a picture in RGB, one plane a colour, row by row, 0 to 1.
type Image struct {
	Width, Height int
	Planes        [3][]float64
}

// Of takes the colours of a picture at 8 bits, without its transparency.
func Of(picture image.Image) Image {
	b := picture.Bounds()
	img := blank(b.Dx(), b.Dy())
	if p, ok := picture.(*image.RGBA); ok {
		for y := range img.Height {
			row := p.Pix[p.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range img.Width {
				for c := range 3 {
					img.Planes[c][y*img.Width+x] = float64(row[4*x+c]) / 255
				}
			}
		}
		return img
	}
	for y := range img.Height {
		for x := range img.Width {
			r, g, bl, _ := picture.At(b.Min.X+x, b.Min.Y+y).RGBA()
			for c, v := range [3]uint32{r, g, bl} {
				img.Planes[c][y*img.Width+x] = float64(v>>8) / 255
			}
		}
	}
	return img
}

func blank(w, h int) Image {
	img := Image{Width: w, Height: h}
	for c := range img.Planes {
		img.Planes[c] = make([]float64, w*h)
	}
	return img
}

// Labels tell the segment of each pixel, row by row: 0 to Count-1, each of
// them present, in the order in which the rows first meet them.
type Labels struct {
	Width, Height int
	Of            []int32
	Count         int
}

// labelled numbers segments in the order in which the rows meet them. marks
// has any number below len(marks) for each pixel, the same in one segment.
func labelled(w, h int, marks []int32) Labels {
	l := Labels{Width: w, Height: h, Of: make([]int32, len(marks))}
	next := make([]int32, len(marks)+1)
	for i, m := range marks {
		if next[m] == 0 {
			l.Count++
			next[m] = int32(l.Count)
		}
		l.Of[i] = next[m] - 1
	}
	return l
}

// Check says what keeps labels that come from outside from being whole.
func (l Labels) Check() error {
	if l.Width < 1 || l.Height < 1 || l.Width > len(l.Of)/l.Height || len(l.Of) != l.Width*l.Height {
		return fmt.Errorf("%d labels do not fill %d x %d pixels", len(l.Of), l.Width, l.Height)
	}
	if l.Count < 1 || l.Count > len(l.Of) {
		return fmt.Errorf("there are %d segments in %d pixels; each needs one at least", l.Count, len(l.Of))
	}
	seen := make([]bool, l.Count)
	for i, s := range l.Of {
		if s < 0 || int(s) >= l.Count {
			return fmt.Errorf("pixel %d is in segment %d of %d", i, s, l.Count)
		}
		seen[s] = true
	}
	if at := slices.Index(seen, false); at >= 0 {
		return fmt.Errorf("segment %d of %d has no pixel", at, l.Count)
	}
	return nil
}

// Sizes counts the pixels of each segment.
func (l Labels) Sizes() []int {
	sizes := make([]int, l.Count)
	for _, s := range l.Of {
		sizes[s]++
	}
	return sizes
}
