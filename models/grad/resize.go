package grad

import (
	"fmt"
	"math"

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
		exclude: n.AttrInt("exclude_outside", 0) == 1,
	}
	if n.AttrInt("antialias", 0) != 0 {
		return nil, fmt.Errorf("antialias has no gradient rule")
	}
	g := d[0]
	for ax := range in {
		if in[ax] == out[ax] && scales[ax] == 1 {
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

// resizeScales reads the scales of all axes, from input 2 or from the sizes.
func (b *Builder) resizeScales(n *onnx.Node, in, out []int) ([]float64, error) {
	scales := make([]float64, len(in))
	for i := range in {
		scales[i] = 1
		if in[i] > 0 {
			scales[i] = float64(out[i]) / float64(in[i])
		}
	}
	t := b.Const(n.Input(2))
	if t == nil || t.Len() == 0 {
		return scales, nil
	}
	given, err := t.Floats()
	if err != nil {
		return nil, err
	}
	axes := n.AttrInts("axes")
	if axes == nil {
		for i := range in {
			axes = append(axes, int64(i))
		}
	}
	if len(axes) != len(given) {
		return nil, fmt.Errorf("%d scales for %d axes", len(given), len(axes))
	}
	for i, a := range axes {
		if a, err = axis(a, len(in)); err != nil {
			return nil, err
		}
		scales[a] = float64(given[i])
	}
	return scales, nil
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
	exclude                    bool
}

// weights is R for one axis.
func (r resampling) weights(in, out int, scale float64) ([]float32, error) {
	R := make([]float32, out*in)
	for o := range out {
		x, err := r.source(float32(o), in, out, float32(scale))
		if err != nil {
			return nil, err
		}
		taps, first, err := r.taps(float64(x))
		if err != nil {
			return nil, err
		}
		sum := 0.0
		for i := range taps {
			if p := first + i; r.exclude && r.mode == "cubic" && (p < 0 || p >= in) {
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
		return offset + (o+0.5)/scale - 0.5, nil
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
	}
	return 0, fmt.Errorf("coordinate_transformation_mode %q has no gradient rule", r.coordinates)
}

// taps gives the weights of consecutive input places from first on.
func (r resampling) taps(x float64) (w []float64, first int, err error) {
	switch r.mode {
	case "nearest":
		switch r.nearest {
		case "round_prefer_floor":
			first = int(math.Ceil(x - 0.5))
		case "round_prefer_ceil":
			first = int(math.Floor(x + 0.5))
		case "floor":
			first = int(math.Floor(x))
		case "ceil":
			first = int(math.Ceil(x))
		default:
			return nil, 0, fmt.Errorf("nearest_mode %q is not defined", r.nearest)
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
	return nil, 0, fmt.Errorf("mode %q has no gradient rule", r.mode)
}

// kernel is Keys' cubic (IEEE Trans. ASSP 1981, eq. 4) at distance s >= 0.
func (r resampling) kernel(s float64) float64 {
	a := r.a
	if s <= 1 {
		return (a+2)*s*s*s - (a+3)*s*s + 1
	}
	return a*s*s*s - 5*a*s*s + 8*a*s - 4*a
}
