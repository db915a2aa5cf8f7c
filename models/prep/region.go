package prep

import (
	"fmt"
	"image"
	"math"
)

// frame is the geometry of one Apply: the picture is scaled to scaled, and
// the input shows the rectangle out of that scaled picture, which may reach
// outside it.
type frame struct {
	scaled image.Point
	out    image.Rectangle
	// pad says that what lies outside is the mean colour and not black.
	pad bool
}

// maxInput bounds the values of one channel of the input.
const maxInput = 64 << 20

func (s Spec) frame(w, h int) (frame, error) {
	r := s.Resize
	f := frame{scaled: image.Pt(w, h)}
	switch r.Mode {
	case ResizeShorter:
		// torchvision: int(size * long / short), cut, not rounded.
		if w <= h {
			f.scaled = image.Pt(r.Size, max(r.Size*h/w, 1))
		} else {
			f.scaled = image.Pt(max(r.Size*w/h, 1), r.Size)
		}
	case ResizeSquash:
		f.scaled = image.Pt(r.Width, r.Height)
	case ResizePad:
		scale := min(float64(r.Width)/float64(w), float64(r.Height)/float64(h))
		f.scaled = image.Pt(
			min(max(int(math.RoundToEven(float64(w)*scale)), 1), r.Width),
			min(max(int(math.RoundToEven(float64(h)*scale)), 1), r.Height))
		f.pad = true
	}
	f.out = image.Rectangle{Max: f.scaled}
	if f.pad {
		left, top := (r.Width-f.scaled.X)/2, (r.Height-f.scaled.Y)/2
		f.out = image.Rect(-left, -top, r.Width-left, r.Height-top)
	}
	if c := s.Crop; c != (Size{}) {
		f.out = centreCrop(f.out, c)
	}
	if int64(f.out.Dx())*int64(f.out.Dy()) > maxInput {
		return f, fmt.Errorf("preprocessing: an input of %d x %d pixels; the limit is %d million: add a crop or a fixed size",
			f.out.Dx(), f.out.Dy(), maxInput>>20)
	}
	return f, nil
}

// centreCrop is torchvision's center_crop: a side that is too short is padded
// first, (c-s)//2 before and (c-s+1)//2 after; then
// top = int(round((s-c)/2)), where Python rounds a half to even.
func centreCrop(r image.Rectangle, c Size) image.Rectangle {
	side := func(low, high, want int) (int, int) {
		have := high - low
		if want > have {
			low -= (want - have) / 2
		} else {
			low += int(math.RoundToEven(float64(have-want) / 2))
		}
		return low, low + want
	}
	x0, x1 := side(r.Min.X, r.Max.X, c.Width)
	y0, y1 := side(r.Min.Y, r.Max.Y, c.Height)
	return image.Rect(x0, y0, x1, y1)
}

// inside is the part of out that holds picture.
func (f frame) inside() image.Rectangle {
	return f.out.Intersect(image.Rectangle{Max: f.scaled})
}

// region is out in pixels of a source of w x h.
func (f frame) region(w, h int) Region {
	x, y := float64(w)/float64(f.scaled.X), float64(h)/float64(f.scaled.Y)
	return Region{
		X0: float64(f.out.Min.X) * x, Y0: float64(f.out.Min.Y) * y,
		X1: float64(f.out.Max.X) * x, Y1: float64(f.out.Max.Y) * y,
	}
}

// RegionOf is the rectangle that Apply would show of a picture of w x h
// pixels, without computing anything.
func (s Spec) RegionOf(w, h int) (Region, error) {
	if err := s.Check(); err != nil {
		return Region{}, err
	}
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return Region{}, fmt.Errorf("preprocessing: a picture of %d x %d pixels", w, h)
	}
	f, err := s.frame(w, h)
	if err != nil {
		return Region{}, err
	}
	return f.region(w, h), nil
}

// OutputSize is the size of the input that Apply makes of a picture of w x h
// pixels; for most specs it does not depend on the picture.
func (s Spec) OutputSize(w, h int) (Size, error) {
	if _, err := s.RegionOf(w, h); err != nil {
		return Size{}, err
	}
	f, err := s.frame(w, h)
	return Size{f.out.Dx(), f.out.Dy()}, err
}

// ToSource maps a point of the input, in input pixels (the centre of the
// first is 0.5, 0.5) of a size x input, to picture pixels.
func (r Region) ToSource(x, y float64, input Size) (float64, float64) {
	return r.X0 + (r.X1-r.X0)*x/float64(input.Width), r.Y0 + (r.Y1-r.Y0)*y/float64(input.Height)
}

// FromSource is the inverse of ToSource.
func (r Region) FromSource(x, y float64, input Size) (float64, float64) {
	return (x - r.X0) / (r.X1 - r.X0) * float64(input.Width), (y - r.Y0) / (r.Y1 - r.Y0) * float64(input.Height)
}
