package prep

import (
	"fmt"
	"image"
	"math"

	"seewhy/models/tensor"
)

// Apply turns a picture into the model's input: a tensor [1,C,H,W] (NCHW) or
// [1,H,W,C] (NHWC), and the rectangle of the picture that it shows. Grey is
// taken before resizing, as Image.convert("L") on opening does. A crop larger
// than the resized picture is filled with black before normalising
// (torchvision's CenterCrop); the border of ResizePad is the mean colour,
// which is 0 in the tensor.
//
// The picture may be any image; what is see-through shows white. An error is
// returned for a Spec that Check refuses, for an empty picture, and for an
// input of more than 64 million values a channel.
func Apply(img image.Image, s Spec, layout Layout) (tensor.Tensor, Region, error) {
	none := func(err error) (tensor.Tensor, Region, error) { return tensor.Tensor{}, Region{}, err }
	if err := s.Check(); err != nil {
		return none(err)
	}
	if layout != NCHW && layout != NHWC {
		return none(fmt.Errorf("preprocessing: layout %q is neither NCHW nor NHWC", layout))
	}
	b := img.Bounds()
	if b.Empty() {
		return none(fmt.Errorf("preprocessing: the picture has no pixels"))
	}
	if b.Dx() > maxSide || b.Dy() > maxSide {
		return none(fmt.Errorf("preprocessing: a picture of %d x %d pixels; the limit is %d on a side", b.Dx(), b.Dy(), maxSide))
	}
	f, err := s.frame(b.Dx(), b.Dy())
	if err != nil {
		return none(err)
	}
	src := pixelsOf(img)
	if s.Channels == Gray {
		src = src.grey()
	}
	win := f.inside()
	packed := resample(src, f.scaled.X, f.scaled.Y, win, s.Resize.filter(), s.Resize.Antialias)
	shape := []int{1, s.Channels.Count(), f.out.Dy(), f.out.Dx()}
	if layout == NHWC {
		shape = []int{1, f.out.Dy(), f.out.Dx(), s.Channels.Count()}
	}
	x := tensor.New(shape...)
	s.fill(x.Data, layout, f, win, packed)
	return x, f.region(b.Dx(), b.Dy()), nil
}

// fill normalises the packed pixels of win into the places of f.out.
func (s Spec) fill(dst []float32, layout Layout, f frame, win image.Rectangle, packed []uint8) {
	if !f.pad && win != f.out {
		colStep, chanStep := s.steps(layout, f)
		for c := range s.Channels.Count() {
			black := s.table(c)[0]
			for i := range f.out.Dx() * f.out.Dy() {
				dst[i*colStep+c*chanStep] = black
			}
		}
	}
	s.put(dst, layout, f, win, packed)
}

// steps: the value at the i-th place, row by row, of channel c stands at
// i*colStep + c*chanStep.
func (s Spec) steps(layout Layout, f frame) (colStep, chanStep int) {
	if layout == NHWC {
		return s.Channels.Count(), 1
	}
	return 1, f.out.Dx() * f.out.Dy()
}

// put is fill that leaves alone what lies outside of win.
func (s Spec) put(dst []float32, layout Layout, f frame, win image.Rectangle, packed []uint8) {
	colStep, chanStep := s.steps(layout, f)
	for c := range s.Channels.Count() {
		table := s.table(c)
		from := c
		if s.Channels == BGR {
			from = 2 - c
		}
		at := from
		for y := win.Min.Y - f.out.Min.Y; y < win.Max.Y-f.out.Min.Y; y++ {
			i := (y*f.out.Dx()+win.Min.X-f.out.Min.X)*colStep + c*chanStep
			for range win.Dx() {
				dst[i] = table[packed[at]]
				i += colStep
				at += 3
			}
		}
	}
}

// table maps a pixel 0..255 to the value of channel c, in the float32 steps
// that torchvision takes: ToTensor divides by 255, Normalize subtracts the
// mean and divides by the deviation.
func (s Spec) table(c int) [256]float32 {
	mean, std := s.stats(c)
	var t [256]float32
	whole := math.Round(1 / s.Scale)
	divide := whole >= 1 && whole < 1<<24 && math.Abs(1/s.Scale-whole) < 1e-6*whole
	for i := range t {
		p := float32(i)
		if s.Invert {
			p = 255 - p
		}
		v := p * float32(s.Scale)
		if divide {
			v = p / float32(whole)
		}
		// The conversions keep the compiler from fusing the steps.
		v = float32(v - float32(mean))
		t[i] = float32(v / float32(std))
	}
	return t
}

// stats are the mean and deviation of channel c.
func (s Spec) stats(c int) (mean, std float64) {
	std = 1
	if len(s.Mean) > 0 {
		mean = s.Mean[c]
	}
	if len(s.Std) > 0 {
		std = s.Std[c]
	}
	return mean, std
}

// grey is a copy whose three channels all hold the luma.
func (p pixels) grey() pixels {
	out := pixels{p.w, p.h, 4 * p.w, make([]uint8, 4*p.w*p.h)}
	for y := range p.h {
		src, dst := p.row(y), out.row(y)
		for i := 0; i < len(src); i += 4 {
			l := grey(src[i], src[i+1], src[i+2])
			dst[i], dst[i+1], dst[i+2], dst[i+3] = l, l, l, 255
		}
	}
	return out
}

func (r Resize) filter() string {
	if r.Filter == "" {
		return "bilinear"
	}
	return r.Filter
}
