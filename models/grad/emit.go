package grad

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"seewhy/models/onnx"
)

// Nodes emits a node with outs outputs.
func (b *Builder) Nodes(op string, attrs A, outs int, in ...Value) []Value {
	b.made++
	n := &onnx.Node{Name: fmt.Sprintf("seewhy.%d.%s", b.made, op), Op: op, Attrs: attrs}
	for _, v := range in {
		n.In = append(n.In, string(v))
	}
	out := make([]Value, outs)
	for i := range out {
		out[i] = Value(fmt.Sprintf("%s.%d", n.Name, i))
		n.Out = append(n.Out, string(out[i]))
		b.by[out[i]] = n
	}
	b.m.Graph.Nodes = append(b.m.Graph.Nodes, n)
	return out
}

// Node emits a node with attributes and one output.
func (b *Builder) Node(op string, attrs A, in ...Value) Value { return b.Nodes(op, attrs, 1, in...)[0] }

// Op emits a node without attributes.
func (b *Builder) Op(op string, in ...Value) Value { return b.Node(op, nil, in...) }

// Add, Sub, Mul and Div emit the elementwise ops.
func (b *Builder) Add(x, y Value) Value { return b.Op("Add", x, y) }

// Sub emits x - y.
func (b *Builder) Sub(x, y Value) Value { return b.Op("Sub", x, y) }

// Mul emits x * y.
func (b *Builder) Mul(x, y Value) Value { return b.Op("Mul", x, y) }

// Div emits x / y.
func (b *Builder) Div(x, y Value) Value { return b.Op("Div", x, y) }

// Neg emits -x.
func (b *Builder) Neg(x Value) Value { return b.Op("Neg", x) }

// Scale emits x times a number, nothing for 1.
func (b *Builder) Scale(x Value, by float64) Value {
	if by == 1 {
		return x
	}
	return b.Mul(x, b.Scalar(by))
}

// Scalar is a float32 constant of rank 0.
func (b *Builder) Scalar(v float64) Value { return b.Floats(nil, float32(v)) }

// Floats is a float32 constant.
func (b *Builder) Floats(dims []int, v ...float32) Value {
	d := make([]int64, len(dims))
	for i, x := range dims {
		d[i] = int64(x)
	}
	return b.constant(onnx.NewFloats("", d, v))
}

// Ints is an int64 constant of rank 1.
func (b *Builder) Ints(v ...int64) Value { return b.constant(onnx.NewInts("", v...)) }

func (b *Builder) constant(t *onnx.Tensor) Value {
	key := ""
	if len(t.Raw) <= 256 {
		key = fmt.Sprint(t.Type, t.Dims, t.Raw)
		if v, ok := b.consts[key]; ok {
			return v
		}
	}
	b.made++
	t.Name = fmt.Sprintf("seewhy.%d.const", b.made)
	b.m.Graph.Init[t.Name] = t
	if key != "" {
		b.consts[key] = Value(t.Name)
	}
	return Value(t.Name)
}

// Const is the constant behind a forward value, nil where it is computed.
func (b *Builder) Const(v string) *onnx.Tensor { return b.m.Graph.Init[v] }

// ConstInts reads a constant integer input of n; ok is false where the input
// is left out, and a computed one is an error.
func (b *Builder) ConstInts(n *onnx.Node, i int) (v []int64, ok bool, err error) {
	name := n.Input(i)
	if name == "" {
		return nil, false, nil
	}
	t := b.Const(name)
	if t == nil {
		return nil, false, fmt.Errorf("input %d (%q) is computed while the model runs; a constant is needed there", i, name)
	}
	v, err = t.Ints()
	return v, err == nil, err
}

// ConstFloat reads a constant scalar input of n, or gives def where it is left out.
func (b *Builder) ConstFloat(n *onnx.Node, i int, def float64) (float64, error) {
	name := n.Input(i)
	if name == "" {
		return def, nil
	}
	t := b.Const(name)
	if t == nil {
		return 0, fmt.Errorf("input %d (%q) is computed while the model runs; a constant is needed there", i, name)
	}
	v, err := t.Floats()
	if err != nil {
		return 0, err
	}
	if len(v) != 1 {
		return 0, fmt.Errorf("input %d (%q) has %d values instead of one", i, name, len(v))
	}
	return float64(v[0]), nil
}

// Shape is the shape of a forward value at the size at hand; -1 is the batch.
func (b *Builder) Shape(v string) ([]int, error) {
	if s, ok := b.facts.Shapes[v]; ok {
		return s, nil
	}
	if t := b.Const(v); t != nil {
		out := make([]int, len(t.Dims))
		for i, d := range t.Dims {
			out[i] = int(d)
		}
		return out, nil
	}
	return nil, fmt.Errorf("the shape of %q is not known", v)
}

// Spatial is the fixed part of a shape from axis 2 on; an error names what is open.
func (b *Builder) Spatial(v string) ([]int, error) {
	s, err := b.Shape(v)
	if err != nil {
		return nil, err
	}
	if len(s) < 3 || slices.Min(s[2:]) < 0 {
		return nil, fmt.Errorf("%q has shape %v; spatial dimensions must be known", v, s)
	}
	return s[2:], nil
}

// ReshapeLike gives x the shape of the forward value v.
func (b *Builder) ReshapeLike(x Value, v string) (Value, error) {
	s, err := b.Shape(v)
	if err != nil {
		return "", err
	}
	return b.Op("Reshape", x, b.shapeOf(v, s)), nil
}

// shapeOf is v's shape as a tensor: a constant with one -1 if that suffices.
func (b *Builder) shapeOf(v string, s []int) Value {
	open := 0
	dims := make([]int64, len(s))
	for i, d := range s {
		dims[i] = int64(d)
		if d < 0 {
			open++
		}
		if d == 0 {
			open = 2
		}
	}
	if open > 1 {
		return b.Op("Shape", Value(v))
	}
	return b.Ints(dims...)
}

// ZerosLike is a tensor of zeros of the shape of a forward value.
func (b *Builder) ZerosLike(v string) Value { return b.Op("ConstantOfShape", b.Op("Shape", Value(v))) }

// SumAxes emits ReduceSum over axes.
func (b *Builder) SumAxes(x Value, keep bool, axes ...int64) Value {
	k := int64(0)
	if keep {
		k = 1
	}
	return b.Node("ReduceSum", A{"keepdims": onnx.Int(k)}, x, b.Ints(axes...))
}

// sumTo sums a gradient of the shape of from back to the shape of to, the
// adjoint of broadcasting.
func (b *Builder) sumTo(g Value, from, to string) (Value, error) {
	src, err := b.Shape(from)
	if err != nil {
		return "", err
	}
	dst, err := b.Shape(to)
	if err != nil {
		return "", err
	}
	if slices.Equal(src, dst) {
		return g, nil
	}
	lead := len(src) - len(dst)
	if lead < 0 {
		return "", fmt.Errorf("shape %v does not broadcast to %v", dst, src)
	}
	var axes []int64
	for i, d := range src {
		switch {
		case i < lead, dst[i-lead] == 1 && d != 1:
			axes = append(axes, int64(i))
		case dst[i-lead] != d:
			return "", fmt.Errorf("shape %v does not broadcast to %v", dst, src)
		}
	}
	if len(axes) > 0 {
		g = b.SumAxes(g, true, axes...)
	}
	if lead == 0 {
		return g, nil
	}
	return b.ReshapeLike(g, to)
}

// Positive is 1 where x > 0, else 0, by HardSigmoid(2^100 x): one pass, and
// the source of x keeps its fusion. Values in (0, 2^-100) would count in part;
// float32 activations of that size are zero for every purpose.
func (b *Builder) Positive(x Value) Value { return b.step(x, steep, 0) }

// steep is a power of two, so that alpha*x + beta is exact at the edge.
const steep = 1 << 100

func (b *Builder) step(x Value, alpha, beta float64) Value {
	if beta == 0 {
		// OpenVINO takes a zero for the default, 1/2. This one is negative at the
		// edge too, and lost beside any number.
		beta = -0x1p-126
	}
	return b.Node("HardSigmoid", A{"alpha": onnx.Float(float32(alpha)), "beta": onnx.Float(float32(beta))}, x)
}

// Unsqueeze adds dimensions of 1 at axes of the result.
func (b *Builder) Unsqueeze(x Value, axes ...int64) Value {
	return b.Op("Unsqueeze", x, b.Ints(axes...))
}

// floatsOf decodes a float32 tensor quickly; it is of the right size already.
func floatsOf(t *onnx.Tensor) []float32 {
	out := make([]float32, len(t.Raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Raw[4*i:]))
	}
	return out
}

// axis makes an axis non-negative and checks it.
func axis(a int64, rank int) (int64, error) {
	if a < 0 {
		a += int64(rank)
	}
	if a < 0 || a >= int64(rank) {
		return 0, fmt.Errorf("axis %d is outside rank %d", a, rank)
	}
	return a, nil
}
