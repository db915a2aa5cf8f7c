package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

func init() { register(Rule{Op: "Resize", VJP: vjpResize}) }

// vjpResize: resizing is linear and works axis by axis, y = R x, with R [out,
// in] the table of weights; so dx = R^T dy along each axis that changes.
func vjpResize(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	out, err := b.Shape(n.Out[0])
	if err != nil {
		return nil, err
	}
	scales, err := b.resizeScales(n, in, out)
	if err != nil {
		return nil, err
	}
	how := resampling{
		mode: n.AttrString("mode", "nearest"), coordinates: n.AttrString("coordinate_transformation_mode", "half_pixel"),
		nearest: n.AttrString("nearest_mode", "round_prefer_floor"), a: float64(n.AttrFloat("cubic_coeff_a", -0.75)),
		exclude: n.AttrInt("exclude_outside", 0) == 1, antialias: n.AttrInt("antialias", 0) == 1,
	}
	if slices.Equal(in, out) {
		// The runtime copies then, whatever the scales.
		return []Value{d[0]}, nil
	}
	rois, err := b.resizeRegions(n, len(in))
	if err != nil {
		return nil, err
	}
	g := d[0]
	for ax := range in {
		how.region = rois[ax]
		if in[ax] == out[ax] && (scales[ax] == 1 || how.antialias) && how.region == whole {
			continue
		}
		if in[ax] < 1 || out[ax] < 1 {
			return nil, fmt.Errorf("axis %d is of unknown size", ax)
		}
		R, err := how.weights(in[ax], out[ax], scales[ax])
		if err != nil {
			return nil, err
		}
		g = b.alongAxis(g, R, out[ax], in[ax], ax, len(in))
	}
	return []Value{g}, nil
}

// maxMatrix bounds the elements of a constant that a rule makes, 256 MB: an
// axis of 8,000 elements to as many.
const maxMatrix = 1 << 26

// newMatrix is a matrix of zeros; an error where a file asks for too large a one.
func newMatrix(rows, cols int) ([]float32, error) {
	if rows < 0 || cols < 0 || cols > 0 && rows > maxMatrix/cols {
		return nil, fmt.Errorf("the matrix of its weights would be %d x %d, above 256 MB: choose a smaller input size", rows, cols)
	}
	return make([]float32, rows*cols), nil
}

// alongAxis multiplies axis ax of g, of size rows, by R [rows, cols].
func (b *Builder) alongAxis(g Value, R []float32, rows, cols, ax, rank int) Value {
	m := b.Floats([]int{rows, cols}, R...)
	switch ax {
	case rank - 1:
		return b.Op("MatMul", g, m)
	case rank - 2:
		return b.Op("MatMul", b.Node("Transpose", A{"perm": onnx.Ints(1, 0)}, m), g)
	}
	perm := make([]int64, rank)
	for i := range perm {
		perm[i] = int64(i)
	}
	perm[ax], perm[rank-1] = perm[rank-1], perm[ax]
	swap := A{"perm": onnx.Ints(perm...)}
	return b.Node("Transpose", swap, b.Op("MatMul", b.Node("Transpose", swap, g), m))
}

// resampling is how Resize finds and weighs its neighbours (ONNX operator
// specification, Resize).
type resampling struct {
	mode, coordinates, nearest string
	a                          float64
	exclude, antialias         bool
	// region is of tf_crop_and_resize.
	region region
}

// weights is R for one axis.
func (r resampling) weights(in, out int, scale float64) ([]float32, error) {
	R, err := newMatrix(out, in)
	if err != nil {
		return nil, err
	}
	for o := range out {
		x, err := r.source(float32(o), in, out, float32(scale))
		if err != nil {
			return nil, err
		}
		if r.coordinates == "tf_crop_and_resize" && (x < 0 || x > float32(in-1)) {
			continue // the extrapolation value, which no element influences
		}
		taps, first, err := r.neighbours(float64(x), scale)
		if err != nil {
			return nil, err
		}
		sum := 0.0
		for i := range taps {
			if p := first + i; r.exclude && (r.mode == "cubic" || r.antialias) && (p < 0 || p >= in) {
				taps[i] = 0
			}
			sum += taps[i]
		}
		for i, w := range taps {
			p := min(max(first+i, 0), in-1)
			R[o*in+p] += float32(w / sum)
		}
	}
	return R, nil
}

// source is where output place o lies in the input's coordinates. It is
// float32 throughout, as in the runtime: at ties of nearest the rounding decides.
func (r resampling) source(o float32, in, out int, scale float32) (float32, error) {
	switch r.coordinates {
	case "half_pixel":
		return (o+0.5)/scale - 0.5, nil
	case "half_pixel_symmetric":
		length := scale * float32(in)
		offset := float32(in) / 2 * (1 - float32(out)/length)
		// In the runtime its constants are of double precision, unlike those above.
		return float32(float64(offset) + (float64(o)+0.5)/float64(scale) - 0.5), nil
	case "pytorch_half_pixel":
		if out == 1 {
			return 0, nil
		}
		return (o+0.5)/scale - 0.5, nil
	case "align_corners":
		if out == 1 {
			return 0, nil
		}
		return o * float32(in-1) / float32(out-1), nil
	case "asymmetric":
		return o / scale, nil
	case "tf_crop_and_resize":
		length := float32(in - 1)
		if out == 1 {
			return 0.5 * (r.region.start + r.region.end) * length, nil
		}
		return r.region.start*length + o*(r.region.end-r.region.start)*length/float32(out-1), nil
	}
	return 0, fmt.Errorf("attribute coordinate_transformation_mode is %q, which has no gradient rule", r.coordinates)
}

// neighbours are the taps of a place; with antialiasing a kernel that is wider
// where an axis shrinks.
func (r resampling) neighbours(x, scale float64) (w []float64, first int, err error) {
	if !r.antialias || r.mode == "nearest" {
		return r.taps(x)
	}
	reach := 1.0
	if r.mode == "cubic" {
		reach = 2
	}
	narrow := min(scale, 1)
	reach /= narrow
	centre := x + 0.5
	first = int(math.Floor(centre - reach + 0.5))
	last := int(math.Floor(centre + reach + 0.5))
	for p := first; p < last; p++ {
		s := math.Abs(float64(p)-centre+0.5) * narrow
		switch {
		case r.mode == "linear":
			w = append(w, max(0, 1-s))
		case r.mode == "cubic" && s < 2:
			w = append(w, r.kernel(s))
		case r.mode == "cubic":
			w = append(w, 0)
		default:
			return nil, 0, fmt.Errorf("attribute mode is %q, which has no gradient rule", r.mode)
		}
	}
	return w, first, nil
}

// halfway is how far from a half a place may lie that the runtime's rounding
// modes (1.27) take for a tie: 7 elements as 4 put the third at 3.4999998.
const halfway = 1e-6

// taps gives the weights of consecutive input places from first on.
func (r resampling) taps(x float64) (w []float64, first int, err error) {
	switch r.mode {
	case "nearest":
		switch r.nearest {
		case "round_prefer_floor":
			first = int(math.Ceil(x - 0.5 - halfway))
		case "round_prefer_ceil":
			first = int(math.Floor(x + 0.5 + halfway))
		case "floor":
			first = int(math.Floor(x))
		case "ceil":
			first = int(math.Ceil(x))
		default:
			return nil, 0, fmt.Errorf("attribute nearest_mode is %q; round_prefer_floor, round_prefer_ceil, floor and ceil are known", r.nearest)
		}
		return []float64{1}, first, nil
	case "linear":
		f := math.Floor(x)
		return []float64{1 - (x - f), x - f}, int(f), nil
	case "cubic":
		f := math.Floor(x)
		t := x - f
		for _, s := range []float64{t + 1, t, 1 - t, 2 - t} {
			w = append(w, r.kernel(s))
		}
		return w, int(f) - 1, nil
	}
	return nil, 0, fmt.Errorf("attribute mode is %q, which has no gradient rule", r.mode)
}

// kernel is Keys' cubic (IEEE Trans. ASSP 1981, eq. 4) at distance s >= 0.
func (r resampling) kernel(s float64) float64 {
	a := r.a
	if s <= 1 {
		return (a+2)*s*s*s - (a+3)*s*s + 1
	}
	return a*s*s*s - 5*a*s*s + 8*a*s - 4*a
}
