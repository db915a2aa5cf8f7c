package edit

import (
	"image"
	"math"
)

// blurSigma is the deviation of the Gaussian of FillBlur, as a fraction of the
// picture's longer side: 11 pixels of 224, by which little of what a model
// looks for is left.
const blurSigma = 0.05

// blurSide is the longer side on which the blur is computed: its deviation is
// 13 pixels there, so that nothing of the blurred picture is lost.
const blurSide = 256

// blurred is a picture blurred, on a grid of w x h.
type blurred struct {
	w, h   int
	planes [3][]float32
	// across and down are what the pixels of the picture read.
	across, down []sample
}

// sample is between which two cells a pixel lies: (1-f) of a and f of b.
type sample struct {
	a, b int32
	f    float32
}

// blurOf averages blocks of pixels down to at most blurSide, blurs those by the
// Gaussian, which is cut off at 4 deviations and, at the border, weighs what
// lies inside alone. Pixels read it bilinearly.
func blurOf(img *image.RGBA) blurred {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	long := max(width, height)
	side := min(long, blurSide)
	b := blurred{w: max(1, (width*side+long/2)/long), h: max(1, (height*side+long/2)/long)}
	b.across, b.down = samples(b.w, width), samples(b.h, height)
	small := reduced(img, b.w, b.h)
	k := kernel(blurSigma * float64(side))
	for c := range small {
		b.planes[c] = transposed(convolved(transposed(convolved(small[c], b.w, b.h, k), b.w, b.h), b.h, b.w, k), b.h, b.w)
	}
	return b
}

// reduced is the mean of each of w x h blocks of pixels.
func reduced(img *image.RGBA, w, h int) (planes [3][]float32) {
	width, height := img.Rect.Dx(), img.Rect.Dy()
	for c := range planes {
		planes[c] = make([]float32, w*h)
	}
	bands(h, func(from, to int) {
		sums := make([][3]uint64, w)
		for y := from; y < to; y++ {
			clear(sums)
			top, bottom := y*height/h, (y+1)*height/h
			for line := top; line < bottom; line++ {
				pixels := img.Pix[line*img.Stride:][:4*width]
				for x := range w {
					s := &sums[x]
					for i := 4 * (x * width / w); i < 4*((x+1)*width/w); i += 4 {
						s[0] += uint64(pixels[i])
						s[1] += uint64(pixels[i+1])
						s[2] += uint64(pixels[i+2])
					}
				}
			}
			for x, s := range sums {
				n := float64(((x+1)*width/w - x*width/w) * (bottom - top))
				for c := range planes {
					planes[c][y*w+x] = float32(float64(s[c]) / n)
				}
			}
		}
	})
	return planes
}

// kernel is the right half of a Gaussian, from the middle.
func kernel(sigma float64) []float32 {
	out := make([]float32, int(math.Ceil(4*sigma))+1)
	for i := range out {
		out[i] = float32(math.Exp(-0.5 * float64(i) * float64(i) / (sigma * sigma)))
	}
	return out
}

// convolved blurs each line; weights outside of it are left out.
func convolved(v []float32, w, h int, k []float32) []float32 {
	out := make([]float32, len(v))
	bands(h, func(from, to int) {
		for y := from; y < to; y++ {
			line := v[y*w : (y+1)*w]
			for x := range line {
				lo, hi := max(0, x-len(k)+1), min(w-1, x+len(k)-1)
				var sum, weights float32
				for i := lo; i <= hi; i++ {
					g := k[max(i-x, x-i)]
					sum += g * line[i]
					weights += g
				}
				out[y*w+x] = sum / weights
			}
		}
	})
	return out
}

func transposed(v []float32, w, h int) []float32 {
	out := make([]float32, len(v))
	for y := range h {
		for x := range w {
			out[x*h+y] = v[y*w+x]
		}
	}
	return out
}

// samples tells for each of n pixels where its centre lies among the centres
// of cells.
func samples(cells, n int) []sample {
	out := make([]sample, n)
	for i := range out {
		at := min(max((float64(i)+0.5)*float64(cells)/float64(n)-0.5, 0), float64(cells-1))
		a := int(at)
		out[i] = sample{int32(a), int32(min(a+1, cells-1)), float32(at - float64(a))}
	}
	return out
}

func (b blurred) fill(dst *image.RGBA, cover *image.Alpha) {
	blend(dst, cover, func(y int) func(int) [3]uint8 {
		down := b.down[y]
		top, bottom := int(down.a)*b.w, int(down.b)*b.w
		return func(x int) (out [3]uint8) {
			across := b.across[x]
			for c, p := range b.planes {
				u := p[top+int(across.a)] + across.f*(p[top+int(across.b)]-p[top+int(across.a)])
				v := p[bottom+int(across.a)] + across.f*(p[bottom+int(across.b)]-p[bottom+int(across.a)])
				out[c] = uint8(u + down.f*(v-u) + 0.5)
			}
			return out
		}
	})
}
