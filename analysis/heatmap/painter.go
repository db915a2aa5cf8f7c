package heatmap

import (
	"fmt"
	"image"
	"math"

	"seewhy/models/prep"
)

// painter holds what each row of an overlay needs.
type painter struct {
	values         []float32
	width          int
	columns, lines []tap
	lut            [256][4]byte
	scale, offset  float32

	mode    Mode
	cut     float32
	blurred *image.RGBA
	// levels is the number of contour lines, reach how many pixels one is wide.
	levels, reach int
	signed        bool
}

// cover is what the mode Mask lays over the rest of the photograph.
var cover = [4]byte{0x10, 0x11, 0x12, 0xff}

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
	r = whole(r, size)
	if !(r.X1 > r.X0 && r.Y1 > r.Y0) || math.IsInf(r.X1-r.X0, 0) || math.IsInf(r.Y1-r.Y0, 0) {
		return nil, fmt.Errorf("heatmap: the map's region %v..%v, %v..%v is empty", r.X0, r.X1, r.Y0, r.Y1)
	}
	switch s.Mode {
	case Colours, Lines, Mask:
	case Blur:
		if p.Blurred == nil || p.Blurred.Rect != image.Rect(0, 0, w, h) {
			return nil, fmt.Errorf("heatmap: the mode %q needs the blurred picture at %d x %d pixels", s.Mode, w, h)
		}
	default:
		return nil, fmt.Errorf("heatmap: the mode %q is unknown; there are: colours (empty), %s, %s, %s", s.Mode, Lines, Mask, Blur)
	}
	sx, sy := float64(w)/float64(size.Width), float64(h)/float64(size.Height)
	out := &painter{
		values: f.Values, width: f.Width, scale: 1, mode: s.Mode, cut: float32(f.Cut(s)), blurred: p.Blurred,
		levels: s.contours(), reach: max(1, min(w, h)/300), signed: f.Signed,
	}
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

// whole is the region, or all of the picture where it is not told.
func whole(r prep.Region, size prep.Size) prep.Region {
	if r == (prep.Region{}) {
		return prep.Region{X1: float64(size.Width), Y1: float64(size.Height)}
	}
	return r
}

// brush is what one goroutine needs to paint rows.
type brush struct {
	*painter
	mixed, here, below []float32
}

func (p *painter) brush(w int) *brush {
	b := &brush{painter: p, mixed: make([]float32, p.width), here: make([]float32, w)}
	if p.levels > 0 {
		b.below = make([]float32, w)
	}
	return b
}

// row writes the overlay's row y into dst, leaving bare pixels alone.
func (b *brush) row(dst []byte, y int) {
	inside := b.sample(b.here, y)
	if !inside && b.mode != Mask && b.mode != Blur {
		return
	}
	for x := range b.columns {
		// Left out: too weak, or outside of the map.
		weak := !inside || b.columns[x].a < 0
		v := b.here[x]
		if !weak && b.cut > 0 {
			weak = v < b.cut && -v < b.cut
		}
		at := dst[4*x : 4*x+4]
		switch {
		case b.mode == Mask && weak:
			copy(at, cover[:])
		case b.mode == Blur && weak:
			copy(at, b.blurred.Pix[y*b.blurred.Stride+4*x:][:4])
		case b.mode == Colours && !weak:
			copy(at, b.lut[index(v*b.scale+b.offset)][:])
		}
	}
	if b.levels > 0 && inside && b.sample(b.below, min(y+b.reach, len(b.lines)-1)) {
		b.contour(dst)
	}
}

// sample is the map along row y; false where the row lies outside.
func (b *brush) sample(dst []float32, y int) bool {
	line := b.lines[y]
	if line.a < 0 {
		return false
	}
	mix(b.mixed, b.values, b.width, line)
	for x, t := range b.columns {
		if t.a >= 0 {
			v := b.mixed[t.a]
			dst[x] = v + t.f*(b.mixed[t.b]-v)
		}
	}
	return true
}

// contour draws white where the map passes a level between a pixel and the one
// reach to the right of it or below; black where the level is negative.
func (b *brush) contour(dst []byte) {
	step := 1 / float32(b.levels+1)
	level := func(v float32) int { return int(math.Floor(float64(v / step))) }
	for x, t := range b.columns {
		right := min(x+b.reach, len(b.columns)-1)
		if t.a < 0 || b.columns[right].a < 0 {
			continue
		}
		here, beside, under := level(b.here[x]), level(b.here[right]), level(b.below[x])
		if here == beside && here == under {
			continue
		}
		high := max(here, beside, under)
		// Between the levels high-1 and high lies the line at high.
		switch {
		case high > 0 && high <= b.levels:
			copy(dst[4*x:4*x+4], []byte{255, 255, 255, 255})
		case high < 0 && b.signed:
			copy(dst[4*x:4*x+4], []byte{0, 0, 0, 255})
		}
	}
}

// cutBins is the precision to which the area of Style.Percentile is measured.
const cutBins = 1 << 12

// Cut is the strength, 0..1 of full scale, under which s leaves places out; 0
// where it leaves out none. Of signed maps the magnitude counts. Places of no
// strength at all are left out by any threshold.
func (f Field) Cut(s Style) float64 {
	if !(s.Threshold > 0) && !(s.Percentile > 0) {
		return 0
	}
	cut := math.SmallestNonzeroFloat32
	if s.Threshold > 0 {
		cut = max(cut, min(s.Threshold, 1))
	}
	if s.Percentile > 0 && len(f.Values) > 0 {
		var counts [cutBins + 1]int
		for _, v := range f.Values {
			counts[int(min(math.Abs(float64(v)), 1)*cutBins)]++
		}
		left := int(min(s.Percentile, 1) * float64(len(f.Values)))
		for bin, n := range counts {
			if left -= n; left < 0 {
				cut = max(cut, float64(bin)/cutBins)
				break
			}
			if left == 0 {
				cut = max(cut, float64(bin+1)/cutBins)
				break
			}
		}
	}
	return cut
}
