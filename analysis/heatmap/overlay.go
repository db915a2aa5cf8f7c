package heatmap

import (
	"fmt"
	"image"
	"image/draw"
	"runtime"
	"sync"

	"seewhy/models/prep"
)

// MaxPixels bounds the pictures that are made here.
const MaxPixels = 1 << 28

// Place says where a map lies in its picture.
type Place struct {
	// Region is in pixels of Picture and may reach outside; the zero Region
	// means all of it.
	Region prep.Region
	// Picture is the size of the upright source picture in pixels.
	Picture prep.Size
	// Blurred is what Overlay shows of the rest in the mode Blur, at the
	// overlay's size; see Blurred. Compose makes its own.
	Blurred *image.RGBA
}

// Overlay colours the field at w x h pixels, which stand for the whole
// upright picture: premultiplied, fully opaque inside the region (less where
// Style.Fade applies), transparent outside and where the map is left out. The
// modes Mask and Blur are opaque exactly there instead. Style.Alpha is left to
// whoever stacks it over the photograph.
func (f Field) Overlay(p Place, w, h int, s Style) (*image.RGBA, error) {
	paint, err := f.painter(p, w, h, s)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	bands(h, func(from, to int) {
		brush := paint.brush(w)
		for y := from; y < to; y++ {
			brush.row(out.Pix[y*out.Stride:][:4*w], y)
		}
	})
	return out, nil
}

// Compose lays the field over photo, at photo's own resolution and with
// Style.Alpha: each channel is (1-a)*photo + a*colour, rounded. The photo may
// be a scaled copy of the picture that p speaks of. Transparent photos are
// put on white.
func (f Field) Compose(photo image.Image, p Place, s Style) (*image.RGBA, error) {
	b := photo.Bounds()
	w, h := b.Dx(), b.Dy()
	if !(s.Alpha >= 0 && s.Alpha <= 1) {
		return nil, fmt.Errorf("heatmap: opacity is %v, outside 0..1", s.Alpha)
	}
	if w < 1 || h < 1 || w > MaxPixels/h {
		return nil, fmt.Errorf("heatmap: cannot draw a picture of %d x %d pixels", w, h)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), photo, b.Min, draw.Over)
	if s.Mode == Blur {
		p.Blurred = Blurred(out, w, h)
	}
	paint, err := f.painter(p, w, h, s)
	if err != nil {
		return nil, err
	}
	alpha := float32(s.Alpha)
	bands(h, func(from, to int) {
		brush, over := paint.brush(w), make([]byte, 4*w)
		for y := from; y < to; y++ {
			clear(over)
			brush.row(over, y)
			row := out.Pix[y*out.Stride:][:4*w]
			for i := 0; i < len(row); i += 4 {
				keep := 1 - alpha*float32(over[i+3])/255
				for c := i; c < i+3; c++ {
					row[c] = uint8(keep*float32(row[c]) + alpha*float32(over[c]) + 0.5)
				}
			}
		}
	})
	return out, nil
}

// bands runs f over 0..n in a few contiguous parts at once.
func bands(n int, f func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n/64+1)
	var wait sync.WaitGroup
	for i := range parts {
		wait.Go(func() { f(i*n/parts, (i+1)*n/parts) })
	}
	wait.Wait()
}
