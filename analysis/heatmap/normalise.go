package heatmap

import (
	"fmt"
	"math"
	"slices"

	"seewhy/analysis/task"
)

// MaxCells bounds a map's size; larger ones are refused.
const MaxCells = 1 << 26

// Field is a map made ready for colouring.
type Field struct {
	Width, Height int
	// Values are row-major: 0..1, or -1..1 with zero kept where Signed.
	Values []float32
	Signed bool
	// Range holds the map's own numbers at the two ends of Values' scale.
	Range Range
	// Flat says that the map has no structure (all values equal); Values are
	// then all zero, and a caller does well to say "the map is empty".
	Flat bool
}

// Range gives the units of a colour bar.
type Range struct {
	Min, Max float64
	// Clipped says that values beyond the ends exist (Style.Clip).
	Clipped bool
}

// flatness is the spread, relative to the greatest magnitude, under which a
// map is float32 rounding and no picture.
const flatness = 1e-6

// Normalise scales a raw map at its own resolution, as CAM implementations
// do: negative values are dropped if the map asks for it, the minimum is
// taken off and the rest divided by its maximum. A signed map is divided by
// its greatest magnitude, so that zero stays zero.
//
// clip (0..0.5) is the share of the strongest values that saturate; see
// Style.Clip. Where pytorch-grad-cam divides by max + 1e-7, this divides by
// max: the two agree within 1e-4 for maxima over 1e-3, and maps in small
// units (the gradient of a saturated probability) keep their contrast.
//
// It fails on NaN and Inf, and where sizes do not fit.
func Normalise(m task.Map, clip float64) (Field, error) {
	if m.Width < 1 || m.Height < 1 || m.Width > MaxCells/m.Height || len(m.Values) != m.Width*m.Height {
		return Field{}, fmt.Errorf("heatmap: a map of %d x %d cells with %d values cannot be drawn", m.Width, m.Height, len(m.Values))
	}
	if !(clip >= 0 && clip <= 0.5) {
		return Field{}, fmt.Errorf("heatmap: clip is %v, outside 0..0.5", clip)
	}
	f := Field{Width: m.Width, Height: m.Height, Signed: m.Signed && !m.ClampNegative, Values: make([]float32, len(m.Values))}
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range m.Values {
		if v != v || math.IsInf(float64(v), 0) {
			return Field{}, fmt.Errorf("heatmap: the map holds %v at column %d, row %d", v, i%m.Width, i/m.Width)
		}
		if m.ClampNegative && v < 0 {
			v = 0
		}
		f.Values[i] = v
		low, high = min(low, float64(v)), max(high, float64(v))
	}
	largest := max(math.Abs(low), math.Abs(high))
	if f.Signed {
		low, high = 0, largest
	}
	f.Range = Range{Min: low, Max: high}
	if f.Signed {
		f.Range.Min = -largest
	}
	if high-low <= flatness*largest {
		f.Flat = true
		clear(f.Values)
		return f, nil
	}
	if top := quantile(f.Values, f.Signed, 1-clip); clip > 0 && top > low && top < high {
		high = top
		f.Range = Range{Min: low, Max: high, Clipped: true}
		if f.Signed {
			f.Range.Min = -high
		}
	}
	for i, v := range f.Values {
		t := (float64(v) - low) / (high - low)
		f.Values[i] = float32(min(max(t, -1), 1))
	}
	return f, nil
}

// quantile is the value (magnitude where signed) under which the share q of
// all values lies.
func quantile(values []float32, signed bool, q float64) float64 {
	if q >= 1 {
		return math.Inf(1)
	}
	sorted := slices.Clone(values)
	if signed {
		for i, v := range sorted {
			sorted[i] = float32(math.Abs(float64(v)))
		}
	}
	slices.Sort(sorted)
	return float64(sorted[int(q*float64(len(sorted)-1))])
}
