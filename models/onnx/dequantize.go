package onnx

import (
	"errors"
	"fmt"
	"slices"
)

// Dequantize turns an int8 model (QuantizeLinear and DequantizeLinear pairs,
// QLinear operators) into its float equivalent: the same weights times their
// scales, without rounding of activations, which keep the range that their
// quantised form has (that range often stands for a ReLU). A model without
// quantised operators comes back unchanged, and changed says so.
//
// The equivalent differs from the model by its rounding; a caller states by
// how much. An operator that has no float form here is left as it is.
func Dequantize(m *Model) (out *Model, changed bool, err error) {
	quantised := false
	for _, n := range m.Graph.Nodes {
		quantised = quantised || n.Op == "QuantizeLinear" || n.Op == "DequantizeLinear" || dequantizers[n.Op] != nil
	}
	if !quantised {
		return m, false, nil
	}
	out = m.Shallow()
	d := &dequantizer{g: out.Graph, alias: map[string]string{}, units: map[string]float32{}}
	nodes := d.g.Nodes
	d.g.Nodes = nil
	for _, n := range nodes {
		if err := d.node(n); err != nil {
			return nil, false, fmt.Errorf("%s: float equivalent: %w", n.Label(), err)
		}
	}
	dropUnused(d.g)
	// Declared inner types were those of integers.
	d.g.Values = map[string]Value{}
	return out, true, nil
}

type dequantizer struct {
	g *Graph
	// alias maps the output of an Identity of a constant to that constant.
	alias map[string]string
	// units is the scale of what was an integer and is now real.
	units map[string]float32
	made  int
	// bytes is the size of the weights folded so far: one constant may serve many nodes.
	bytes int64
}

var dequantizers = map[string]func(*dequantizer, *Node) error{
	"QLinearConv": (*dequantizer).conv, "QLinearMatMul": (*dequantizer).matmul, "QGemm": (*dequantizer).gemm,
	"QLinearAdd": (*dequantizer).binary, "QLinearMul": (*dequantizer).binary,
	"QLinearGlobalAveragePool": (*dequantizer).unary, "QLinearAveragePool": (*dequantizer).unary,
	"QLinearLeakyRelu": (*dequantizer).unary, "QLinearSigmoid": (*dequantizer).unary, "QLinearSoftmax": (*dequantizer).unary,
	"QLinearConcat": (*dequantizer).concat,
}

func (d *dequantizer) node(n *Node) error {
	switch {
	case n.Input(0) == "" || n.Output(0) == "":
		// Nothing to rewrite, or a node that a runtime will refuse.
		d.emit(n)
	case n.Op == "Identity" && d.constant(n.Input(0)) != nil:
		d.alias[n.Out[0]] = d.resolve(n.In[0])
		d.emit(n)
	case n.Op == "QuantizeLinear":
		d.clip(n.Input(0), n.Input(1), n.Input(2), n.Out[0])
	case n.Op == "DequantizeLinear":
		if d.constant(n.Input(0)) == nil {
			d.emit(&Node{Name: n.Name, Op: "Identity", In: n.In[:1], Out: n.Out})
			return nil
		}
		var t *Tensor
		var err error
		if block := n.AttrInt("block_size", 0); block > 0 {
			t, err = d.blocked(n, block)
		} else {
			t, err = d.weights(n.Input(0), n.Input(1), n.Input(2), n.AttrInt("axis", 1))
		}
		if err != nil {
			return err
		}
		d.g.Init[n.Out[0]] = t
	case n.Op == "Cast" && isSmallInt(Type(n.AttrInt("to", 1))):
		// Between a quantizer and its inverse, a cast to the type it has.
		d.emit(&Node{Name: n.Name, Op: "Identity", In: n.In, Out: n.Out})
	case dequantizers[n.Op] != nil:
		return dequantizers[n.Op](d, n)
	default:
		d.emit(n)
		if unit, ok := d.units[n.In[0]]; ok && keepsUnits(n.Op) {
			for _, v := range n.Out {
				d.units[v] = unit
			}
		}
	}
	return nil
}

var errFloatWeights = errors.New("the weights in float32 are above 2 GB together, more than ONNX Runtime takes from one model")

func isSmallInt(t Type) bool { return t == Int8 || t == Uint8 || t == Int4 || t == Uint4 }

func (d *dequantizer) emit(n *Node) {
	if n.Attrs == nil {
		n = n.Clone()
	}
	d.g.Nodes = append(d.g.Nodes, n)
}

func (d *dequantizer) name(like string) string {
	d.made++
	return fmt.Sprintf("seewhy.float%d.%s", d.made, like)
}

func (d *dequantizer) resolve(v string) string {
	if to, ok := d.alias[v]; ok {
		return to
	}
	return v
}

func (d *dequantizer) constant(v string) *Tensor { return d.g.Init[d.resolve(v)] }

// scalars reads scale and zero point of one tensor; the zero point's type
// gives the range. Without a scale it is 1.
func (d *dequantizer) scalars(scale, zero string) (s []float32, z []int64, of Type, err error) {
	if scale == "" {
		s = []float32{1}
		if t := d.constant(zero); t != nil && t.Len() > 1 {
			s = slices.Repeat(s, t.Len())
		}
		return d.zeros(s, zero)
	}
	st := d.constant(scale)
	if st == nil {
		return nil, nil, 0, fmt.Errorf("scale %q is computed while the model runs", scale)
	}
	if s, err = st.Floats(); err != nil {
		return nil, nil, 0, err
	}
	if len(s) == 0 {
		return nil, nil, 0, fmt.Errorf("scale %q is empty", scale)
	}
	return d.zeros(s, zero)
}

// zeros reads a zero point for each scale.
func (d *dequantizer) zeros(s []float32, zero string) (_ []float32, z []int64, of Type, err error) {
	of, z = Uint8, make([]int64, len(s))
	if zero == "" {
		return s, z, of, nil
	}
	zt := d.constant(zero)
	if zt == nil {
		return nil, nil, 0, fmt.Errorf("zero point %q is computed while the model runs", zero)
	}
	given, err := zt.Ints()
	if err != nil {
		return nil, nil, 0, err
	}
	for i := range z {
		if len(given) > 0 {
			z[i] = given[i%len(given)]
		}
	}
	return s, z, zt.Type, nil
}

// weights folds a constant: (q - zero) * scale, one scale or one along an axis.
func (d *dequantizer) weights(q, scale, zero string, axis int64) (*Tensor, error) {
	t := d.constant(q)
	if t == nil {
		return nil, fmt.Errorf("%q is computed while the model runs", q)
	}
	s, z, _, err := d.scalars(scale, zero)
	if err != nil {
		return nil, err
	}
	if d.bytes += 4 * int64(t.Len()); d.bytes > maxBytes {
		return nil, errFloatWeights
	}
	v, err := t.Ints()
	if err != nil {
		return nil, err
	}
	inner := int64(1)
	if len(s) > 1 {
		if axis < 0 {
			axis += int64(len(t.Dims))
		}
		if axis < 0 || axis >= int64(len(t.Dims)) || t.Dims[axis] != int64(len(s)) {
			return nil, fmt.Errorf("%d scales do not fit axis %d of %v", len(s), axis, t.Dims)
		}
		for _, x := range t.Dims[axis+1:] {
			inner *= x
		}
	}
	f := make([]float32, len(v))
	for i := range v {
		k := int(int64(i)/inner) % len(s)
		f[i] = float32(float64(v[i]-z[k]) * float64(s[k]))
	}
	return NewFloats(d.name(q), t.Dims, f), nil
}

// clip emits out = x kept to the range that the quantised form can hold.
func (d *dequantizer) clip(x, scale, zero, out string) {
	s, z, of, err := d.scalars(scale, zero)
	if len(s) == 1 {
		d.units[out] = s[0]
	}
	low, high := 0.0, 255.0
	switch of {
	case Int8:
		low, high = -128, 127
	case Uint8:
	default:
		err = fmt.Errorf("quantisation to %s is not offered; int8 and uint8 are", of)
	}
	if zt := d.constant(zero); zt != nil && zt.four {
		low, high = low/16, float64(int(high)/16)
	}
	if err != nil || len(s) != 1 {
		d.emit(&Node{Name: out, Op: "Identity", In: []string{x}, Out: []string{out}})
		return
	}
	bound := func(what string, q float64) string {
		name := d.name(out + "." + what)
		d.g.Init[name] = NewFloats(name, nil, []float32{float32((q - float64(z[0])) * float64(s[0]))})
		return name
	}
	d.emit(&Node{Name: out + ".range", Op: "Clip", In: []string{x, bound("low", low), bound("high", high)}, Out: []string{out}})
}

// operand is the float form of a quantised operand: a folded constant, or the value itself.
func (d *dequantizer) operand(v, scale, zero string, axis int64) (string, error) {
	if d.constant(v) == nil {
		return v, nil
	}
	t, err := d.weights(v, scale, zero, axis)
	if err != nil {
		return "", err
	}
	d.g.Init[t.Name] = t
	return t.Name, nil
}

// conv: inputs x, xs, xz, w, ws, wz, ys, yz, bias; the bias has scale xs ws.
func (d *dequantizer) conv(n *Node) error {
	w, err := d.operand(n.Input(3), n.Input(4), n.Input(5), 0)
	if err != nil {
		return err
	}
	in := []string{n.Input(0), w}
	if b := n.Input(8); b != "" {
		bias, err := d.bias(b, n.Input(1), n.Input(4))
		if err != nil {
			return err
		}
		in = append(in, bias)
	}
	return d.ranged(n, "Conv", in, n.Input(6), n.Input(7), n.Attrs)
}

// bias folds an int32 bias of scale xs ws.
func (d *dequantizer) bias(b, xs, ws string) (string, error) {
	t := d.constant(b)
	if t == nil {
		return "", fmt.Errorf("bias %q is computed while the model runs", b)
	}
	x, _, _, err := d.scalars(xs, "")
	if err != nil {
		return "", err
	}
	w, _, _, err := d.scalars(ws, "")
	if err != nil {
		return "", err
	}
	v, err := t.Ints()
	if err != nil {
		return "", err
	}
	if d.bytes += 4 * int64(t.Len()); d.bytes > maxBytes {
		return "", errFloatWeights
	}
	f := make([]float32, len(v))
	for i := range v {
		f[i] = float32(float64(v[i]) * float64(x[0]) * float64(w[i%len(w)]))
	}
	name := d.name(b)
	d.g.Init[name] = NewFloats(name, t.Dims, f)
	return name, nil
}

// ranged emits a float op whose result keeps the range of its quantised form.
func (d *dequantizer) ranged(n *Node, op string, in []string, scale, zero string, attrs map[string]Attr) error {
	free := d.name(n.Out[0])
	d.emit(&Node{Name: n.Name, Op: op, In: in, Out: []string{free}, Attrs: attrs})
	d.clip(free, scale, zero, n.Out[0])
	return nil
}

// matmul: inputs a, as, az, b, bs, bz, ys, yz.
func (d *dequantizer) matmul(n *Node) error {
	a, err := d.operand(n.Input(0), n.Input(1), n.Input(2), -1)
	if err != nil {
		return err
	}
	b, err := d.operand(n.Input(3), n.Input(4), n.Input(5), -1)
	if err != nil {
		return err
	}
	return d.ranged(n, "MatMul", []string{a, b}, n.Input(6), n.Input(7), nil)
}

// gemm: inputs a, as, az, b, bs, bz, c, ys, yz; without ys its result is float.
func (d *dequantizer) gemm(n *Node) error {
	axis := int64(1)
	if n.AttrInt("transB", 0) == 1 {
		axis = 0
	}
	b, err := d.operand(n.Input(3), n.Input(4), n.Input(5), axis)
	if err != nil {
		return err
	}
	in := []string{n.Input(0), b}
	if c := n.Input(6); c != "" {
		bias, err := d.bias(c, n.Input(1), n.Input(4))
		if err != nil {
			return err
		}
		in = append(in, bias)
	}
	if n.Input(7) == "" {
		d.emit(&Node{Name: n.Name, Op: "Gemm", In: in, Out: n.Out, Attrs: n.Attrs})
		return nil
	}
	return d.ranged(n, "Gemm", in, n.Input(7), n.Input(8), n.Attrs)
}

// binary: inputs a, as, az, b, bs, bz, ys, yz.
func (d *dequantizer) binary(n *Node) error {
	a, err := d.operand(n.Input(0), n.Input(1), n.Input(2), 0)
	if err != nil {
		return err
	}
	b, err := d.operand(n.Input(3), n.Input(4), n.Input(5), 0)
	if err != nil {
		return err
	}
	return d.ranged(n, n.Op[len("QLinear"):], []string{a, b}, n.Input(6), n.Input(7), nil)
}

// unary: inputs x, xs, xz, ys, yz. Pools of ONNX Runtime may have the channels
// last; they are run with the channels where the float op has them.
func (d *dequantizer) unary(n *Node) error {
	attrs := map[string]Attr{}
	for k, a := range n.Attrs {
		if k != "channels_last" && k != "opset" {
			attrs[k] = a
		}
	}
	op := n.Op[len("QLinear"):]
	if n.AttrInt("channels_last", 0) == 0 {
		return d.ranged(n, op, n.In[:1], n.Input(3), n.Input(4), attrs)
	}
	turned, pooled, back := d.name(n.In[0]), d.name(n.Out[0]), d.name(n.Out[0])
	d.emit(&Node{Name: turned, Op: "Transpose", In: n.In[:1], Out: []string{turned}, Attrs: map[string]Attr{"perm": Ints(0, 3, 1, 2)}})
	d.emit(&Node{Name: n.Name, Op: op, In: []string{turned}, Out: []string{pooled}, Attrs: attrs})
	d.emit(&Node{Name: back, Op: "Transpose", In: []string{pooled}, Out: []string{back}, Attrs: map[string]Attr{"perm": Ints(0, 2, 3, 1)}})
	d.clip(back, n.Input(3), n.Input(4), n.Out[0])
	return nil
}

// concat: inputs ys, yz, then x, xs, xz of each part.
func (d *dequantizer) concat(n *Node) error {
	var in []string
	for i := 2; i+2 < len(n.In); i += 3 {
		x, err := d.operand(n.In[i], n.In[i+1], n.In[i+2], 0)
		if err != nil {
			return err
		}
		in = append(in, x)
	}
	return d.ranged(n, "Concat", in, n.Input(0), n.Input(1), n.Attrs)
}
