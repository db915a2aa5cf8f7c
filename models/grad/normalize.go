package grad

import (
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "BatchNormalization", VJP: vjpBatchNorm},
		Rule{Op: "InstanceNormalization", VJP: vjpInstanceNorm},
		Rule{Op: "LayerNormalization", VJP: vjpLayerNorm},
		Rule{Op: "GroupNormalization", VJP: vjpGroupNorm},
		Rule{Op: "RMSNormalization", VJP: vjpRMSNorm},
		Rule{Op: "LRN", VJP: vjpLRN},
		Rule{Op: "LpNormalization", VJP: vjpLpNorm},
	)
}

// vjpBatchNorm: y = s (x - mu) / sqrt(var + eps) + b:  dx = dy s / sqrt(var + eps)
func vjpBatchNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if b.Wants(n, 1) || b.Wants(n, 2) || b.Wants(n, 3) || b.Wants(n, 4) {
		return nil, fmt.Errorf("its statistics are computed from the input; a gradient through them is not offered")
	}
	if n.AttrInt("training_mode", 0) != 0 {
		return nil, fmt.Errorf("training mode is not offered; export the model for inference")
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	eps := float64(n.AttrFloat("epsilon", 1e-5))
	dims := slices.Repeat([]int{1}, len(shape))
	dims[1] = -1
	s, v := b.Const(n.Input(1)), b.Const(n.Input(4))
	if s != nil && v != nil && s.Type == onnx.Float32 && v.Type == onnx.Float32 && s.Len() == v.Len() {
		f, vf := floatsOf(s), floatsOf(v)
		for i := range f {
			f[i] = float32(float64(f[i]) / math.Sqrt(float64(vf[i])+eps))
		}
		dims[1] = len(f)
		return []Value{b.Mul(d[0], b.Floats(dims, f...))}, nil
	}
	f := b.Div(Value(n.In[1]), b.Op("Sqrt", b.Add(Value(n.In[4]), b.Scalar(eps))))
	to := make([]int64, len(dims))
	for i, x := range dims {
		to[i] = int64(x)
	}
	return []Value{b.Mul(d[0], b.Op("Reshape", f, b.Ints(to...)))}, nil
}

// normalized gives dx for y = h = (x - mean) r, r = 1/sqrt(var + eps) over
// axes, and g = dy.
func (b *Builder) normalized(x, g Value, axes []int64, eps float64) Value {
	h, r := b.normalize(x, axes, eps)
	return b.denormalized(h, r, g, axes)
}

// normalize is h = (x - mean) r and r = 1/sqrt(var + eps) over axes.
func (b *Builder) normalize(x Value, axes []int64, eps float64) (h, r Value) {
	c := b.Sub(x, b.mean(x, axes))
	r = b.Op("Reciprocal", b.Op("Sqrt", b.Add(b.mean(b.Mul(c, c), axes), b.Scalar(eps))))
	return b.Mul(c, r), r
}

// denormalized: dx = r (g - mean(g) - h mean(g h)).
func (b *Builder) denormalized(h, r, g Value, axes []int64) Value {
	return b.Mul(r, b.Sub(b.Sub(g, b.mean(g, axes)), b.Mul(h, b.mean(b.Mul(g, h), axes))))
}

// mean is the mean over axes, which stay as 1.
func (b *Builder) mean(x Value, axes []int64) Value {
	if b.m.Opset() < 18 {
		return b.Node("ReduceMean", A{"axes": onnx.Ints(axes...)}, x)
	}
	return b.Op("ReduceMean", x, b.Ints(axes...))
}

func vjpInstanceNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, err := b.Spatial(n.In[0])
	if err != nil {
		return nil, err
	}
	axes, dims := make([]int64, len(in)), []int64{1, -1}
	for i := range in {
		axes[i] = int64(i + 2)
		dims = append(dims, 1)
	}
	scale := b.Op("Reshape", Value(n.In[1]), b.Ints(dims...))
	return []Value{b.normalized(Value(n.In[0]), b.Mul(d[0], scale), axes, float64(n.AttrFloat("epsilon", 1e-5)))}, nil
}

// vjpLayerNorm writes the forward op out in parts, which share h and r with
// the gradient. The runtime's own kernel gains nothing over the parts: it took
// three times as long on two CPU cores.
func vjpLayerNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	axes, _, err := b.tailAxes(n)
	if err != nil {
		return nil, err
	}
	out := make([]Value, len(n.In))
	x, s, eps := Value(n.In[0]), Value(n.In[1]), float64(n.AttrFloat("epsilon", 1e-5))
	rows, back := b.asRows(n, axes)
	var h, r Value
	b.instead(n, func() Value {
		h, r = b.normalize(rows(x), axes, eps)
		y := b.Mul(h, s)
		if bias := n.Input(2); bias != "" {
			y = b.Add(y, Value(bias))
		}
		return back(y)
	})
	if b.Wants(n, 0) {
		out[0] = back(b.denormalized(h, r, b.Mul(rows(d[0]), s), axes))
	}
	if b.Wants(n, 1) {
		if out[1], err = b.sumTo(b.Mul(d[0], h), n.Out[0], n.In[1]); err != nil {
			return nil, err
		}
	}
	if b.Wants(n, 2) {
		if out[2], err = b.sumTo(d[0], n.Out[0], n.In[2]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// asRows brings the values of a norm over the last axis of a feature map's
// transpose into rows, and back; other norms' stay as they are. The runtime would
// move the transpose behind the norm, whose means then run over channels that lie
// far apart, where no kernel of ours takes them; it moves none past a Reshape.
func (b *Builder) asRows(n *onnx.Node, axes []int64) (rows, back func(Value) Value) {
	shape, err := b.Shape(n.In[0])
	if err != nil || !b.kernels || len(shape) != 4 || len(axes) != 1 || axes[0] != -1 || slices.Min(shape[1:]) < 1 || b.Wants(n, 1) || b.Wants(n, 2) {
		same := func(v Value) Value { return v }
		return same, same
	}
	into := func(dims ...int64) func(Value) Value {
		return func(v Value) Value { return b.Op("Reshape", v, b.Ints(dims...)) }
	}
	width := int64(shape[3])
	return into(-1, width), into(int64(max(shape[0], -1)), int64(shape[1]), int64(shape[2]), width)
}

// vjpGroupNorm normalises each group of channels of a sample. The scale is one
// a group before opset 21, one a channel since.
func vjpGroupNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	groups := int(n.AttrInt("num_groups", 1))
	if len(shape) < 3 || slices.Min(shape[1:]) < 1 || groups < 1 || shape[1]%groups != 0 {
		return nil, fmt.Errorf("%d groups do not divide the channels of an input of shape %v", groups, shape)
	}
	per := shape[1] / groups
	space := product(shape[2:])
	four := b.Ints(-1, int64(groups), int64(per), int64(space))
	scale := b.Ints(1, int64(groups), int64(per), 1)
	if b.m.Opset() < 21 {
		scale = b.Ints(1, int64(groups), 1, 1)
	}
	g := b.Mul(b.Op("Reshape", d[0], four), b.Op("Reshape", Value(n.In[1]), scale))
	x := b.Op("Reshape", Value(n.In[0]), four)
	dx, err := b.ReshapeLike(b.normalized(x, g, []int64{2, 3}, float64(n.AttrFloat("epsilon", 1e-5))), n.In[0])
	return []Value{dx}, err
}

// vjpRMSNorm: h = x r, r = 1/sqrt(mean(x^2) + eps), y = s h:
// dx = r (g - h mean(g h)) with g = dy s.
func vjpRMSNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	axes, _, err := b.tailAxes(n)
	if err != nil {
		return nil, err
	}
	x, g := Value(n.In[0]), b.Mul(d[0], Value(n.In[1]))
	r := b.Op("Reciprocal", b.Op("Sqrt", b.Add(b.mean(b.Mul(x, x), axes), b.Scalar(float64(n.AttrFloat("epsilon", 1e-5))))))
	h := b.Mul(x, r)
	out := []Value{b.Mul(r, b.Sub(g, b.Mul(h, b.mean(b.Mul(g, h), axes)))), ""}
	if b.Wants(n, 1) {
		out[1], err = b.sumTo(b.Mul(d[0], h), n.Out[0], n.In[1])
	}
	return out, err
}

// tailAxes are the axes from the attribute axis to the last, counted from the
// end, and how many elements they hold.
func (b *Builder) tailAxes(n *onnx.Node) (axes []int64, count int, err error) {
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, 0, err
	}
	first, err := axis(n.AttrInt("axis", -1), len(shape))
	if err != nil {
		return nil, 0, err
	}
	if slices.Min(shape[first:]) < 0 {
		return nil, 0, fmt.Errorf("the dimensions %v, over which it normalises, must be known", shape[first:])
	}
	for i := first; i < int64(len(shape)); i++ {
		axes = append(axes, i-int64(len(shape)))
	}
	return axes, product(shape[first:]), nil
}

// vjpLpNorm: p = 2: y = x / |x|:  dx = (dy - y sum(dy y)) / |x|;
// p = 1: dx = (dy - sign(x) sum(dy y)) / |x|_1
func vjpLpNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	x, y, ax := Value(n.In[0]), Value(n.Out[0]), n.AttrInt("axis", -1)
	s := b.SumAxes(b.Mul(d[0], y), true, ax)
	if n.AttrInt("p", 2) == 1 {
		norm := b.SumAxes(b.Op("Abs", x), true, ax)
		return []Value{b.Div(b.Sub(d[0], b.Mul(b.Op("Sign", x), s)), norm)}, nil
	}
	norm := b.Op("Sqrt", b.SumAxes(b.Mul(x, x), true, ax))
	return []Value{b.Div(b.Sub(d[0], b.Mul(y, s)), norm)}, nil
}
