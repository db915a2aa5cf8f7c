package prep

import (
	"image"
	"math"

	"seewhy/models/tensor"
)

// Unapply turns the first sample of an input [N,C,H,W] or [N,H,W,C] back into
// a picture: what the model sees. It undoes normalising, channel order and
// inversion, rounds and clamps to 0..255; values that are no number show
// black. A tensor of another shape, or a spec that Check refuses, gives a
// picture of one black pixel.
func Unapply(x tensor.Tensor, s Spec, layout Layout) *image.RGBA {
	channels := s.Channels.Count()
	w, h := 1, 1
	fits := len(x.Shape) == 4 && s.Check() == nil
	if fits {
		c := x.Shape[1]
		h, w = x.Shape[2], x.Shape[3]
		if layout == NHWC {
			h, w, c = x.Shape[1], x.Shape[2], x.Shape[3]
		}
		fits = c == channels && h > 0 && w > 0 && len(x.Data) >= c*h*w
	}
	if !fits {
		img := image.NewRGBA(image.Rect(0, 0, 1, 1))
		img.Pix[3] = 255
		return img
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	colStep, chanStep := 1, w*h
	if layout == NHWC {
		colStep, chanStep = channels, 1
	}
	for out := range 3 {
		c := min(out, channels-1)
		if s.Channels == BGR {
			c = 2 - out
		}
		mean, std := s.stats(c)
		for i := range w * h {
			p := (float64(x.Data[i*colStep+c*chanStep])*std + mean) / s.Scale
			if s.Invert {
				p = 255 - p
			}
			if !(p > 0) {
				p = 0
			}
			img.Pix[4*i+out] = uint8(math.Round(min(p, 255)))
		}
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img
}
