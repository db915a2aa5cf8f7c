package heatmap

import (
	"fmt"
	"image"
	"image/draw"
	"math"
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
}

// Overlay colours the field at w x h pixels, which stand for the whole
// upright picture: premultiplied, fully opaque inside the region (less where
// Style.Fade applies), transparent outside. Style.Alpha is left to whoever
// stacks it over the photograph.
func (f Field) Overlay(p Place, w, h int, s Style) (*image.RGBA, error) {
	paint, err := f.painter(p, w, h, s)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	bands(h, func(from, to int) {
		mixed := make([]float32, paint.width)
		for y := from; y < to; y++ {
			paint.row(out.Pix[y*out.Stride:][:4*w], mixed, y)
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
	paint, err := f.painter(p, w, h, s)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), photo, b.Min, draw.Over)
	alpha := float32(s.Alpha)
	bands(h, func(from, to int) {
		mixed, over := make([]float32, paint.width), make([]byte, 4*w)
		for y := from; y < to; y++ {
			clear(over)
			paint.row(over, mixed, y)
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

// painter holds what each row of an overlay needs.
type painter struct {
	values         []float32
	width          int
	columns, lines []tap
	lut            [256][4]byte
	scale, offset  float32
}

func (f Field) painter(p Place, w, h int, s Style) (*painter, error) {
	if f.Width < 1 || f.Height < 1 || f.Width > MaxCells/f.Height || len(f.Values) != f.Width*f.Height {
		return nil, fmt.Errorf("heatmap: %d values are not %d x %d", len(f.Values), f.Width, f.Height)
	}
	if w < 1 || h < 1 || w > MaxPixels/h {
		return nil, fmt.Errorf("heatmap: cannot draw a picture of %d x %d pixels", w, h)
	}
	r, size := p.Region, p.Picture
	if size.Width < 1 || size.Height < 1 {
		return nil, fmt.Errorf("heatmap: the picture's size is %d x %d", size.Width, size.Height)
	}
	if r == (prep.Region{}) {
		r = prep.Region{X1: float64(size.Width), Y1: float64(size.Height)}
	}
	if !(r.X1 > r.X0 && r.Y1 > r.Y0) || math.IsInf(r.X1-r.X0, 0) || math.IsInf(r.Y1-r.Y0, 0) {
		return nil, fmt.Errorf("heatmap: the map's region %v..%v, %v..%v is empty", r.X0, r.X1, r.Y0, r.Y1)
	}
	sx, sy := float64(w)/float64(size.Width), float64(h)/float64(size.Height)
	out := &painter{values: f.Values, width: f.Width, scale: 1}
	height := f.Height
	if s.Smooth {
		cells := func(n int, pixels float64) int {
			return max(1, min(n, int(float64(n)/max(pixels, 1))))
		}
		out.values, out.width, height = shrink(f.Values, f.Width, f.Height, cells(f.Width, (r.X1-r.X0)*sx), cells(f.Height, (r.Y1-r.Y0)*sy))
	}
	out.columns = taps(out.width, w, r.X0*sx, r.X1*sx, s.Smooth)
	out.lines = taps(height, h, r.Y0*sy, r.Y1*sy, s.Smooth)
	c := s.colormap(f.Signed)
	if c.Kind == Diverging {
		out.scale, out.offset = 0.5, 0.5
	}
	for i, v := range c.LUT {
		fade := 1.0
		if s.Fade {
			value := (float64(i)/255 - float64(out.offset)) / float64(out.scale)
			fade = min(1, 2*math.Abs(value))
		}
		for j, channel := range [4]uint8{v.R, v.G, v.B, v.A} {
			out.lut[i][j] = uint8(float64(channel)*fade + 0.5)
		}
	}
	return out, nil
}

// row writes the overlay's row y into dst, leaving pixels outside alone.
func (p *painter) row(dst []byte, mixed []float32, y int) {
	line := p.lines[y]
	if line.a < 0 {
		return
	}
	mix(mixed, p.values, p.width, line)
	for x, t := range p.columns {
		if t.a < 0 {
			continue
		}
		v := mixed[t.a]
		v += t.f * (mixed[t.b] - v)
		copy(dst[4*x:4*x+4], p.lut[index(v*p.scale+p.offset)][:])
	}
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
