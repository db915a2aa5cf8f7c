package grad

import (
	"fmt"
	"strings"

	"seewhy/models/onnx"
)

func init() { register(Rule{Op: "GridSample", VJP: vjpGridSample}) }

// vjpGridSample: y[p] = sum over the taps k of w_k(p) x[at_k(p)], where the
// weights are products over axes. Then dx[at_k(p)] += w_k(p) dy[p], and with
// s the slope of a place in its grid value, dgrid_d[p] = s_d sum_k
// (dw_k/dplace_d) <dy[p], x[at_k(p)]>, summed over channels.
func vjpGridSample(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	s := sampling{
		b: b, size: in, align: n.AttrInt("align_corners", 0) != 0, padding: n.AttrString("padding_mode", "zeros"),
		mode: strings.TrimPrefix(n.AttrString("mode", "linear"), "bi"),
	}
	if len(in) != 2 && len(in) != 3 || shape[1] < 1 || len(out) != len(in) {
		return nil, fmt.Errorf("its input has shape %v; [N, C, H, W] or [N, C, D, H, W] with a known C is needed", shape)
	}
	axes, err := s.axes(Value(n.In[1]))
	if err != nil {
		return nil, err
	}
	taps := combine(b, axes)
	at, weight := make([]Value, len(taps)), make([]Value, len(taps))
	for k, t := range taps {
		at[k], weight[k] = t.at, t.weight
	}
	join := func(list []Value) Value { return b.Node("Concat", A{"axis": onnx.Int(1)}, list...) }
	// [N, 1, taps x places], wide over channels for the indices.
	index := b.Op("Expand", b.Unsqueeze(b.Node("Cast", A{"to": onnx.Int(int64(onnx.Int64))}, join(at)), 1), b.Ints(1, int64(shape[1]), 1))
	flat := b.Op("Reshape", Value(n.In[0]), b.Ints(0, 0, -1))
	dy := b.Op("Reshape", d[0], b.Ints(0, 0, -1))
	many := b.Op("Tile", dy, b.Ints(1, 1, int64(len(taps))))
	g := []Value{"", ""}
	if b.Wants(n, 0) {
		zeros := b.Op("ConstantOfShape", b.Op("Shape", flat))
		sum := b.scatterAdd(zeros, index, b.Mul(many, b.Unsqueeze(join(weight), 1)), 2)
		if g[0], err = b.ReshapeLike(sum, n.In[0]); err != nil {
			return nil, err
		}
	}
	if b.Wants(n, 1) && s.mode != "nearest" {
		values := b.Node("GatherElements", A{"axis": onnx.Int(2)}, flat, index)
		met := b.SumAxes(b.Mul(many, values), false, 1) // [N, taps x places]
		parts := make([]Value, len(axes))
		for i, a := range axes {
			// The last axis of the picture comes first in the grid.
			slope := make([]Value, len(taps))
			for k, t := range taps {
				slope[k] = t.slope[i]
			}
			each := b.Op("Reshape", b.Mul(met, join(slope)), b.Ints(0, int64(len(taps)), -1))
			parts[len(axes)-1-i] = b.Unsqueeze(b.Mul(b.SumAxes(each, false, 1), a.rate), 2)
		}
		if g[1], err = b.ReshapeLike(b.Node("Concat", A{"axis": onnx.Int(2)}, parts...), n.In[1]); err != nil {
			return nil, err
		}
	}
	if b.Wants(n, 1) && s.mode == "nearest" {
		g[1] = b.ZerosLike(n.In[1])
	}
	return g, nil
}

// sampling is the geometry of a GridSample. Places along an axis are numbers
// of elements, 0 the centre of the first.
type sampling struct {
	b             *Builder
	size          []int
	align         bool
	padding, mode string
}

// tap is one neighbour along one axis, [N, places]: its element (a whole
// float within the axis), its weight and the slope of that in the place.
type tap struct{ at, weight, slope Value }

type sampledAxis struct {
	size int
	taps []tap
	// rate is the slope of the place in the grid's value.
	rate Value
}

func (s sampling) axes(grid Value) ([]sampledAxis, error) {
	b := s.b
	flat := b.Op("Reshape", grid, b.Ints(0, -1, int64(len(s.size))))
	axes := make([]sampledAxis, len(s.size))
	for i, size := range s.size {
		// [N, places]; the grid names the last axis first.
		one := b.Op("Squeeze", b.slice(flat, 2, int64(len(s.size)-1-i), int64(len(s.size)-i)), b.Ints(2))
		place := b.Add(b.Scale(one, s.scale(size)), b.Scalar((float64(size)-1)/2))
		if s.mode == "nearest" {
			place = b.Op("Round", place)
		}
		axes[i] = sampledAxis{size: size, rate: b.Scalar(s.scale(size))}
		switch s.padding {
		case "zeros", "border":
			// The taps see to what lies outside.
		case "reflection":
			var sign Value
			place, sign = s.reflect(place, size)
			axes[i].rate = b.Mul(axes[i].rate, sign)
		default:
			return nil, fmt.Errorf("attribute padding_mode is %q; zeros, border and reflection are known", s.padding)
		}
		var err error
		if axes[i].taps, err = s.taps(place, size); err != nil {
			return nil, err
		}
	}
	return axes, nil
}

// scale is how many elements the grid's unit spans: -1 and 1 are the centres
// of the outermost elements, or their outer edges.
func (s sampling) scale(size int) float64 {
	if s.align {
		return float64(size-1) / 2
	}
	return float64(size) / 2
}

func (s sampling) bounds(size int) (low, high float64) {
	if s.align {
		return 0, float64(size - 1)
	}
	return -0.5, float64(size) - 0.5
}

// reflect folds places back at both bounds, as often as needed: with t =
// (x - low) mod 2r, x' = low + r - |t - r|, whose slope is the sign of r - t.
func (s sampling) reflect(x Value, size int) (folded, sign Value) {
	b := s.b
	low, high := s.bounds(size)
	r := high - low
	if r == 0 {
		return b.Add(b.Scale(x, 0), b.Scalar(low)), b.Scalar(0)
	}
	t := b.Sub(x, b.Scalar(low))
	t = b.Sub(t, b.Scale(b.Op("Floor", b.Scale(t, 1/(2*r))), 2*r))
	far := b.Sub(b.Scalar(r), t)
	return b.Sub(b.Scalar(low+r), b.Op("Abs", far)), b.Op("Sign", far)
}

// taps gives the neighbours of places along one axis.
func (s sampling) taps(x Value, size int) ([]tap, error) {
	b := s.b
	one := b.Scalar(1)
	if s.mode == "nearest" {
		// Reflected places may be halves again; the runtime cuts them off.
		return []tap{s.tap(b.Op("Floor", x), b.Add(b.Scale(x, 0), one), b.Scale(x, 0), size)}, nil
	}
	first := b.Op("Floor", x)
	t := b.Sub(x, first)
	switch s.mode {
	case "linear":
		minus := b.Sub(b.Scale(t, 0), one)
		return []tap{
			s.tap(first, b.Sub(one, t), minus, size),
			s.tap(b.Add(first, one), t, b.Neg(minus), size),
		}, nil
	case "cubic":
		var out []tap
		for k := -1; k <= 2; k++ {
			w, slope := b.keys(b.Sub(t, b.Scalar(float64(k))), k)
			out = append(out, s.tap(b.Add(first, b.Scalar(float64(k))), w, slope, size))
		}
		return out, nil
	}
	return nil, fmt.Errorf("attribute mode is %q; linear, nearest and cubic are known", s.mode)
}

// tap keeps an element within the axis as the padding says.
func (s sampling) tap(at, weight, slope Value, size int) tap {
	b := s.b
	kept := b.Op("Clip", at, b.Scalar(0), b.Scalar(float64(size-1)))
	switch s.padding {
	case "zeros":
		inside := b.toFloat(b.Op("Equal", kept, at))
		weight, slope = b.Mul(weight, inside), b.Mul(slope, inside)
	case "reflection":
		folded, _ := s.reflect(at, size)
		kept = b.Op("Clip", folded, b.Scalar(0), b.Scalar(float64(size-1)))
	}
	return tap{kept, weight, slope}
}

// keys is Keys' cubic with a = -0.75 and its slope for the distance u = t - k,
// whose sign and range follow from k.
func (b *Builder) keys(u Value, k int) (weight, slope Value) {
	const a = -0.75
	s, sign := u, 1.0
	if k > 0 {
		s, sign = b.Neg(u), -1
	}
	s2 := b.Mul(s, s)
	s3 := b.Mul(s2, s)
	if k == 0 || k == 1 {
		weight = b.Add(b.Sub(b.Scale(s3, a+2), b.Scale(s2, a+3)), b.Scalar(1))
		slope = b.Sub(b.Scale(s2, 3*(a+2)), b.Scale(s, 2*(a+3)))
	} else {
		weight = b.Sub(b.Add(b.Sub(b.Scale(s3, a), b.Scale(s2, 5*a)), b.Scale(s, 8*a)), b.Scalar(4*a))
		slope = b.Add(b.Sub(b.Scale(s2, 3*a), b.Scale(s, 10*a)), b.Scalar(8*a))
	}
	return weight, b.Scale(slope, sign)
}

// combined is one tap of all axes: its flat element, weight, and the slope of
// the weight in each axis' place.
type combined struct {
	at, weight Value
	slope      []Value
}

func combine(b *Builder, axes []sampledAxis) []combined {
	var out []combined
	size := make([]int64, len(axes))
	for i, a := range axes {
		size[i] = int64(len(a.taps))
	}
	walkGrid(size, func(k []int64) {
		c := combined{slope: make([]Value, len(axes))}
		for i, a := range axes {
			t := a.taps[k[i]]
			if i == 0 {
				c.at, c.weight = t.at, t.weight
			} else {
				c.at, c.weight = b.Add(b.Scale(c.at, float64(a.size)), t.at), b.Mul(c.weight, t.weight)
			}
			for j := range axes {
				f := t.weight
				if i == j {
					f = t.slope
				}
				if i > 0 {
					f = b.Mul(c.slope[j], f)
				}
				c.slope[j] = f
			}
		}
		out = append(out, c)
	})
	return out
}
