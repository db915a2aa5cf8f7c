package heatmap

import (
	"image"
	"math"
	"strconv"
	"strings"
)

// ColorBar draws the colours of s as a gradient of w x h pixels along the
// longer side: lowest value left or at the bottom. signed is Field.Signed;
// unsigned values use only the upper half of a diverging map, as Overlay does.
func ColorBar(s Style, signed bool, w, h int) *image.RGBA {
	w, h = min(max(w, 1), 1<<14), min(max(h, 1), 1<<14)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	c := s.colormap(signed)
	scale, offset := 1.0, 0.0
	if c.Kind == Diverging && !signed {
		scale, offset = 0.5, 0.5
	}
	for y := range h {
		for x := range w {
			t := (float64(x) + 0.5) / float64(w)
			if h > w {
				t = 1 - (float64(y)+0.5)/float64(h)
			}
			v := c.At(t*scale + offset)
			copy(out.Pix[out.PixOffset(x, y):], []byte{v.R, v.G, v.B, v.A})
		}
	}
	return out
}

// Tick is a mark on a colour bar. At is its place, 0..1 from Min to Max.
type Tick struct {
	Value, At float64
	Label     string
}

// Ticks picks about n round numbers (1, 2 or 5 times a power of ten apart)
// between low and high, ends included where they are round. An empty or
// broken range gives no ticks.
func Ticks(low, high float64, n int) []Tick {
	span := high - low
	if !(span > 0) || math.IsInf(span, 0) || n < 1 {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, k := range []float64{1, 2, 5, 10} {
		if step*k*float64(n) >= span*(1-1e-9) {
			step *= k
			break
		}
	}
	if step == 0 || math.IsInf(low/step, 0) || math.Abs(low/step) > 1e15 {
		return nil
	}
	var out []Tick
	last := math.Floor(high/step + 1e-9)
	for k := math.Ceil(low/step - 1e-9); k <= last && len(out) < 1000; k++ {
		value := k * step
		out = append(out, Tick{Value: value, At: min(max((value-low)/span, 0), 1), Label: label(value, step)})
	}
	return out
}

// FormatValue writes a number of a map in four significant digits.
func FormatValue(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return strings.Replace(strconv.FormatFloat(v, 'g', -1, 64), "-", minus, 1)
	}
	digits := math.Floor(math.Log10(math.Abs(v)))
	return label(v, math.Pow(10, digits-3))
}

const minus = "\u2212"

// label writes value with the decimals that step needs.
func label(value, step float64) string {
	if value == 0 {
		return "0"
	}
	if size := math.Abs(value); size >= 1e5 || size < 1e-3 {
		digits := max(0, int(math.Floor(math.Log10(size)+1e-9))-int(math.Floor(math.Log10(step)+1e-9)))
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', digits, 64), "e")
		power, _ := strconv.Atoi(exponent)
		return strings.ReplaceAll(trim(mantissa)+"e"+strconv.Itoa(power), "-", minus)
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return strings.Replace(strconv.FormatFloat(value, 'f', decimals, 64), "-", minus, 1)
}

func trim(mantissa string) string {
	if !strings.Contains(mantissa, ".") {
		return mantissa
	}
	return strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
}
