package prep

import "image"

// fromYCbCr turns the planes of a JPEG or WebP into RGB the way libjpeg and
// libwebp do, which is what Python programs see: chroma is interpolated with a
// triangle filter ("fancy upsampling", jdsample.c) and not repeated as
// image/draw does, and the colours follow their tables; for JPEG (JFIF)
//
//	R = Y + 1.40200 Cr,  G = Y - 0.34414 Cb - 0.71414 Cr,  B = Y + 1.77200 Cb
func fromYCbCr(m *image.YCbCr, c *colours) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	sx, sy := subsampling(m.SubsampleRatio)
	cw, ch := (w+sx-1)/sx, (h+sy-1)/sy
	cb := newChroma(m.Cb, m.CStride, cw, ch, sx, sy, c.oddBias)
	cr := newChroma(m.Cr, m.CStride, cw, ch, sx, sy, c.oddBias)
	for y := range h {
		luma := m.Y[y*m.YStride:][:w]
		bs, rs := cb.row(y), cr.row(y)
		dst := out.Pix[y*out.Stride:][:4*w]
		for x, l := range luma {
			t, b, r := c.luma[l], bs[x], rs[x]
			d := dst[4*x:][:4:4]
			d[0] = clip((t + c.crToR[r]) >> c.bits)
			d[1] = clip((t + c.cbToG[b] + c.crToG[r]) >> c.bits)
			d[2] = clip((t + c.cbToB[b]) >> c.bits)
			d[3] = 255
		}
	}
	return out
}

// fromNYCbCrA is a lossy WebP with transparency, laid over white.
func fromNYCbCrA(m *image.NYCbCrA, c *colours) *image.RGBA {
	out := fromYCbCr(&m.YCbCr, c)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for y := range h {
		dst := out.Pix[y*out.Stride:][:4*w]
		for x, a := range m.A[y*m.AStride:][:w] {
			for i := range 3 {
				dst[4*x+i] = uint8((int(dst[4*x+i])*int(a) + 255*(255-int(a)) + 127) / 255)
			}
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

// colours is a conversion in fixed point of bits fraction bits: each channel
// is the sum of table entries, shifted and clipped.
type colours struct {
	luma, crToR, crToG, cbToG, cbToB [256]int32
	bits                             uint
	// oddBias rounds the odd outputs of upsampling in two directions.
	oddBias int32
}

// jpegColours holds the tables of jdcolor.c. Red and blue are rounded by
// themselves there and added to whole luma, which comes to the same.
var jpegColours = func() *colours {
	c := &colours{bits: 16, oddBias: 7}
	fix := func(x float64) int32 { return int32(x*65536 + 0.5) }
	for i := range int32(256) {
		x := i - 128
		c.luma[i] = i << 16
		c.crToR[i] = fix(1.40200)*x + 1<<15
		c.cbToB[i] = fix(1.77200)*x + 1<<15
		c.crToG[i] = -fix(0.71414) * x
		c.cbToG[i] = -fix(0.34414)*x + 1<<15
	}
	return c
}()

// webpColours is libwebp's conversion (yuv.h). WebP's luma runs from 16 to
// 235 (BT.601 "video range"); taken for JPEG's, as image/color does, pictures
// come out pale.
var webpColours = func() *colours {
	c := &colours{bits: 6, oddBias: 8}
	for i := range int32(256) {
		c.luma[i] = i * 19077 >> 8
		c.crToR[i] = i*26149>>8 - 14234
		c.crToG[i] = -(i * 13320 >> 8)
		c.cbToG[i] = 8708 - (i * 6419 >> 8)
		c.cbToB[i] = i*33050>>8 - 17685
	}
	return c
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
	oddBias        int32
	smooth         bool
	sums           []int32
	out            []uint8
}

func newChroma(pix []uint8, stride, cw, ch, sx, sy int, oddBias int32) *chroma {
	// libjpeg interpolates 2:1 only, and not planes of one or two columns.
	return &chroma{
		pix: pix, stride: stride, cw: cw, ch: ch, sx: sx, sy: sy, oddBias: oddBias,
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
	upsample(c.out, c.sums, 8, c.oddBias, 4)
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
