package prep

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/disintegration/imaging"
)

// flatten makes an opaque RGBA picture of frame, which img may fill in part
// (the first frame of a GIF); what is see-through shows white. The second
// result says whether anything was. c converts what is stored as luma and
// chroma.
func flatten(img image.Image, frame image.Rectangle, c *colours) (*image.RGBA, bool) {
	covers := img.Bounds() == frame
	switch m := img.(type) {
	case *image.YCbCr:
		if covers {
			return fromYCbCr(m, c), false
		}
	case *image.NYCbCrA:
		if covers {
			return fromNYCbCrA(m, c), !m.Opaque()
		}
	case *image.CMYK:
		if covers {
			return fromCMYK(m), false
		}
	}
	if o, ok := img.(interface{ Opaque() bool }); covers && ok && o.Opaque() {
		out := image.NewRGBA(image.Rect(0, 0, frame.Dx(), frame.Dy()))
		draw.Draw(out, out.Bounds(), img, frame.Min, draw.Src)
		return out, false
	}
	white := imaging.New(frame.Dx(), frame.Dy(), color.White)
	over := imaging.Overlay(white, img, img.Bounds().Min.Sub(frame.Min), 1)
	return &image.RGBA{Pix: over.Pix, Stride: over.Stride, Rect: over.Rect}, true
}

// fromCMYK uses Pillow's formula: R = (255-K) - C*(255-K)/255, rounded.
func fromCMYK(m *image.CMYK) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		src := m.Pix[y*m.Stride:][:4*w]
		dst := out.Pix[y*out.Stride:][:4*w]
		for i := 0; i < len(src); i += 4 {
			light := 255 - int(src[i+3])
			for c := range 3 {
				t := int(src[i+c])*light + 128
				dst[i+c] = uint8(max(light-(t>>8+t)>>8, 0))
			}
			dst[i+3] = 255
		}
	}
	return out
}

// pixels gives the packed 8-bit RGB rows of any picture: row(y) returns 4
// bytes a pixel. Opaque RGBA and NRGBA are read in place.
type pixels struct {
	w, h, stride int
	pix          []uint8
}

func pixelsOf(img image.Image) pixels {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.RGBA:
		if m.Opaque() {
			return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix[m.PixOffset(b.Min.X, b.Min.Y):]}
		}
	case *image.NRGBA:
		if m.Opaque() {
			return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix[m.PixOffset(b.Min.X, b.Min.Y):]}
		}
	}
	m, _ := flatten(img, b, jpegColours)
	return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix}
}

func (p pixels) row(y int) []uint8 { return p.pix[y*p.stride:][: 4*p.w : 4*p.w] }
