package prep

import (
	"fmt"
	"image"
	"math"
	"slices"

	"seewhy/models/tensor"
)

// Renew is Apply for a picture that differs from another, of the same size,
// inside of changed alone: x is what Apply made of that other one, and stays as
// it is. The result equals Apply's bit for bit; where little changed of a large
// photograph, it costs a fraction. The picture must be opaque, as Decode's are.
func Renew(x tensor.Tensor, img *image.RGBA, s Spec, layout Layout, changed image.Rectangle) (tensor.Tensor, error) {
	b := img.Bounds()
	f, err := s.frame(b.Dx(), b.Dy())
	if err != nil {
		return tensor.Tensor{}, err
	}
	if n := f.out.Dx() * f.out.Dy() * s.Channels.Count(); x.Len() != n {
		return tensor.Tensor{}, fmt.Errorf("preprocessing: an input of %d values is not the %d of this picture", x.Len(), n)
	}
	win := f.touched(changed.Sub(b.Min).Intersect(image.Rect(0, 0, b.Dx(), b.Dy())), b.Dx(), b.Dy(), s.Resize)
	if s.Channels == Gray && !win.Empty() {
		// Grey is made of all of the picture before it is scaled.
		x, _, err := Apply(img, s, layout)
		return x, err
	}
	out := tensor.Tensor{Shape: slices.Clone(x.Shape), Data: slices.Clone(x.Data)}
	if !win.Empty() {
		src := pixels{b.Dx(), b.Dy(), img.Stride, img.Pix[img.PixOffset(b.Min.X, b.Min.Y):]}
		s.put(out.Data, layout, f, win, resample(src, f.scaled.X, f.scaled.Y, win, s.Resize.filter(), s.Resize.Antialias))
	}
	return out, nil
}

// touched is the part of inside that may read the source's rectangle r, with a
// margin for rounding.
func (f frame) touched(r image.Rectangle, w, h int, how Resize) image.Rectangle {
	if r.Empty() {
		return image.Rectangle{}
	}
	axis := func(from, to, src, dst int) (int, int) {
		scale := float64(src) / float64(dst)
		reach := 1.0
		if k, ok := filters[how.filter()]; ok {
			reach = k.support
		}
		if how.Antialias {
			reach *= max(scale, 1)
		}
		return int(math.Floor((float64(from)-reach-1)/scale)) - 1, int(math.Ceil((float64(to)+reach+1)/scale)) + 1
	}
	x0, x1 := axis(r.Min.X, r.Max.X, w, f.scaled.X)
	y0, y1 := axis(r.Min.Y, r.Max.Y, h, f.scaled.Y)
	return image.Rect(x0, y0, x1, y1).Intersect(f.inside())
}
