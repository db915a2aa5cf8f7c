package prep

import (
	"image"
)

// fromYCbCr turns a JPEG's planes into RGB the way libjpeg does, which is
// what Python programs see: chroma is interpolated with a triangle filter
// ("fancy upsampling", jdsample.c) and not repeated as image/draw does, and
// the colour conversion uses libjpeg's tables (jdcolor.c, JFIF):
//
//	R = Y + 1.40200 Cr,  G = Y - 0.34414 Cb - 0.71414 Cr,  B = Y + 1.77200 Cb
func fromYCbCr(m *image.YCbCr) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	sx, sy := subsampling(m.SubsampleRatio)
	cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
	cb, cr := newChroma(m.Cb, m.CStride, cw, ch, sx, sy), newChroma(m.Cr, m.CStride, cw, ch, sx, sy)
	for y := range h {
		luma := m.Y[y*m.YStride:][:w]
		bs, rs := cb.row(y), cr.row(y)
		dst := out.Pix[y*out.Stride:][:4*w]
		for x, l := range luma {
			t, b, r := int32(l), bs[x], rs[x]
			d := dst[4*x:][:4:4]
			d[0] = clip(t + crToR[r])
			d[1] = clip(t + (cbToG[b]+crToG[r])>>16)
			d[2] = clip(t + cbToB[b])
			d[3] = 255
		}
	}
	return out
}

func clip(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	if v < 0 {
		return 0
	}
	return 255
}

// The tables of jdcolor.c, in 16-bit fixed point with the rounding there.
var crToR, crToG, cbToG, cbToB = func() (rr, rg, bg, bb [256]int32) {
	fix := func(x float64) int32 { return int32(x*65536 + 0.5) }
	for i := range int32(256) {
		x := i - 128
		rr[i] = (fix(1.40200)*x + 1<<15) >> 16
		bb[i] = (fix(1.77200)*x + 1<<15) >> 16
		rg[i] = -fix(0.71414) * x
		bg[i] = -fix(0.34414)*x + 1<<15
	}
	return
}()

func subsampling(r image.YCbCrSubsampleRatio) (sx, sy int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// chroma upsamples one plane of cw x ch samples row by row.
type chroma struct {
	pix            []uint8
	stride, cw, ch int
	sx, sy         int
	smooth         bool
	sums           []int32
	out            []uint8
}

func newChroma(pix []uint8, stride, cw, ch, sx, sy int) *chroma {
	// libjpeg interpolates 2:1 only, and not planes of one or two columns.
	return &chroma{
		pix: pix, stride: stride, cw: cw, ch: ch, sx: sx, sy: sy,
		smooth: sx <= 2 && sy <= 2 && (sx == 1 || cw > 2),
		sums:   make([]int32, cw), out: make([]uint8, cw*sx+sx),
	}
}

func (c *chroma) line(y int) []uint8 { return c.pix[min(max(y, 0), c.ch-1)*c.stride:][:c.cw] }

// row is the plane at full width for picture row y; valid until the next call.
func (c *chroma) row(y int) []uint8 {
	near := c.line(y / c.sy)
	if c.sx == 1 && c.sy == 1 {
		return near
	}
	if !c.smooth {
		for i, v := range near {
			for k := range c.sx {
				c.out[i*c.sx+k] = v
			}
		}
		return c.out
	}
	if c.sy == 1 {
		upsample(c.out, near, 1, 2, 2)
		return c.out
	}
	// An even row lies in the upper half of its sample: the neighbour is above.
	above := y%2 == 0
	far := c.line(y/2 + 1)
	if above {
		far = c.line(y/2 - 1)
	}
	if c.sx == 1 {
		bias := int32(2)
		if above {
			bias = 1
		}
		for i, v := range near {
			c.out[i] = uint8((3*int32(v) + int32(far[i]) + bias) >> 2)
		}
		return c.out
	}
	for i, v := range near {
		c.sums[i] = 3*int32(v) + int32(far[i])
	}
	upsample(c.out, c.sums, 8, 7, 4)
	return c.out
}

// upsample doubles a row with weights 3/4 and 1/4; even and odd outputs round
// with their own bias, so that errors do not add up. shift is 2, or 4 where
// the samples already carry a factor of 4 from the vertical pass.
func upsample[T uint8 | int32](dst []uint8, src []T, even, odd int32, shift uint) {
	last := len(src) - 1
	for i, s := range src {
		v := int32(s)
		left, right := v, v
		if i > 0 {
			left = int32(src[i-1])
		}
		if i < last {
			right = int32(src[i+1])
		}
		dst[2*i] = uint8((3*v + left + even) >> shift)
		dst[2*i+1] = uint8((3*v + right + odd) >> shift)
	}
}
