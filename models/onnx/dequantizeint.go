package onnx

import (
	"fmt"
	"math"
)

// Models that ONNX Runtime quantised dynamically, and those with 4-bit or
// blocked weights. A dynamic quantizer's scale depends on the picture, and what
// follows multiplies by it again: the float equivalent takes 1 for it.

func init() {
	dequantizers["DynamicQuantizeLinear"] = (*dequantizer).dynamic
	dequantizers["MatMulInteger"] = (*dequantizer).integerProduct
	dequantizers["ConvInteger"] = (*dequantizer).integerProduct
	dequantizers["MatMulIntegerToFloat"] = (*dequantizer).productToFloat
	dequantizers["DynamicQuantizeMatMul"] = (*dequantizer).dynamicProduct
	dequantizers["MatMulNBits"] = (*dequantizer).fewBits
}

// dynamic: outputs y, scale, zero point.
func (d *dequantizer) dynamic(n *Node) error {
	d.emit(&Node{Name: n.Name, Op: "Identity", In: n.In[:1], Out: n.Out[:1]})
	if scale := n.Output(1); scale != "" {
		d.g.Init[scale] = NewFloats(scale, nil, []float32{1})
	}
	if zero := n.Output(2); zero != "" {
		d.g.Init[zero] = &Tensor{Name: zero, Type: Uint8, Raw: []byte{0}}
	}
	d.units[n.Out[0]] = 1
	return nil
}

// keepsUnits says that an op moves or selects elements: what it makes of a
// quantised value has the same scale.
func keepsUnits(op string) bool {
	switch op {
	case "Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Slice", "Gather", "MaxPool", "Expand", "Pad", "Split", "DepthToSpace", "SpaceToDepth":
		return true
	}
	return false
}

// integerProduct: MatMulInteger and ConvInteger give (a - az) (b - bz) as
// integers; inputs a, b, az, bz. What comes out here has the same values but
// for the rounding of activations.
func (d *dequantizer) integerProduct(n *Node) error {
	op, axisA, axisB := "MatMul", int64(-2), int64(-1)
	if n.Op == "ConvInteger" {
		op, axisB = "Conv", 0
	}
	a, ok, err := d.integers(n.Input(0), n.Input(2), axisA)
	if err != nil {
		return err
	}
	b, okB, err := d.integers(n.Input(1), n.Input(3), axisB)
	if err != nil {
		return err
	}
	if !ok || !okB {
		// Integers that come from no quantizer, such as a uint8 picture.
		d.emit(n)
		return nil
	}
	d.emit(&Node{Name: n.Name, Op: op, In: []string{a, b}, Out: n.Out, Attrs: n.Attrs})
	return nil
}

// integers is q - zero as float: folded for a constant, else the value in
// units of its scale. It is false where the scale is not known.
func (d *dequantizer) integers(q, zero string, axis int64) (string, bool, error) {
	if d.constant(q) != nil {
		t, err := d.weights(q, "", zero, axis)
		if err != nil {
			return "", false, err
		}
		d.g.Init[t.Name] = t
		return t.Name, true, nil
	}
	unit, known := d.units[q]
	if !known {
		return "", false, nil
	}
	if unit == 1 {
		return q, true, nil
	}
	inverse, out := d.name(q+".inverse"), d.name(q)
	d.g.Init[inverse] = NewFloats(inverse, nil, []float32{1 / unit})
	d.emit(&Node{Name: out, Op: "Mul", In: []string{q, inverse}, Out: []string{out}})
	return out, true, nil
}

// productToFloat: inputs a, b, as, bs, az, bz, bias; a is real already.
func (d *dequantizer) productToFloat(n *Node) error {
	a, err := d.operand(n.Input(0), n.Input(2), n.Input(4), -2)
	if err != nil {
		return err
	}
	return d.weighted(n, a, n.Input(1), n.Input(3), n.Input(5), n.Input(6))
}

// dynamicProduct: inputs a, b, bs, bz, bias; a is float.
func (d *dequantizer) dynamicProduct(n *Node) error {
	return d.weighted(n, n.Input(0), n.Input(1), n.Input(2), n.Input(3), n.Input(4))
}

// weighted emits a b + bias for quantised weights b.
func (d *dequantizer) weighted(n *Node, a, b, scale, zero, bias string) error {
	b, err := d.operand(b, scale, zero, -1)
	if err != nil {
		return err
	}
	d.sum(n, "MatMul", []string{a, b}, bias)
	return nil
}

// sum emits op, and adds a bias where there is one.
func (d *dequantizer) sum(n *Node, op string, in []string, bias string) {
	out := n.Out[0]
	if bias != "" {
		out = d.name(out)
	}
	d.emit(&Node{Name: n.Name, Op: op, In: in, Out: []string{out}})
	if bias != "" {
		d.emit(&Node{Name: out + ".bias", Op: "Add", In: []string{out, bias}, Out: n.Out[:1]})
	}
}

// fewBits: MatMulNBits holds its weights [N, K] in blocks along K, 8/bits of
// them a byte, lowest first; inputs a, b, scales, zero points, g_idx, bias.
// Without zero points, the middle of the range is zero.
func (d *dequantizer) fewBits(n *Node) error {
	bits, block := n.AttrInt("bits", 4), n.AttrInt("block_size", 0)
	rows, cols := n.AttrInt("N", 0), n.AttrInt("K", 0)
	b, s := d.constant(n.Input(1)), d.constant(n.Input(2))
	switch {
	case bits != 2 && bits != 4 && bits != 8:
		return fmt.Errorf("weights of %d bits are not offered", bits)
	case n.Input(4) != "":
		return fmt.Errorf("reordered weights (g_idx) are not offered")
	case b == nil || s == nil:
		return fmt.Errorf("weights that are computed while the model runs are not offered")
	case b.Type != Uint8 || rows < 1 || cols < 1 || block < 8/bits || rows > maxElements || cols > maxElements || block > maxElements:
		return fmt.Errorf("weights %s of %d by %d in blocks of %d are not understood", b.Type, rows, cols, block)
	}
	scales, err := s.Floats()
	if err != nil {
		return err
	}
	blocks := (cols + block - 1) / block
	size := (block*bits + 7) / 8
	if times(times(rows, blocks), size) != int64(b.Len()) || times(rows, blocks) != int64(len(scales)) {
		return fmt.Errorf("%d bytes of weights and %d scales do not fit %d by %d in blocks of %d", b.Len(), len(scales), rows, cols, block)
	}
	if d.bytes += 4 * times(rows, cols); d.bytes > maxBytes {
		return errFloatWeights
	}
	zero, err := d.packedZeros(n.Input(3), rows, blocks, bits)
	if err != nil {
		return err
	}
	// MatMul takes [K, N].
	w := make([]float32, rows*cols)
	mask, each := byte(1<<bits-1), 8/bits
	for r := range rows {
		for c := range cols {
			k := r*blocks + c/block
			q := b.Raw[k*size+c%block/each] >> (c % each * bits) & mask
			w[c*rows+r] = float32(float64(scales[k]) * (float64(q) - zero(r, c/block)))
		}
	}
	name := d.name(n.Input(1))
	d.g.Init[name] = NewFloats(name, []int64{cols, rows}, w)
	d.sum(n, "MatMul", []string{n.Input(0), name}, n.Input(5))
	return nil
}

// packedZeros reads zero points, packed row by row like the weights, or as floats.
func (d *dequantizer) packedZeros(name string, rows, blocks, bits int64) (func(row, block int64) float64, error) {
	middle := math.Exp2(float64(bits - 1))
	if name == "" {
		return func(int64, int64) float64 { return middle }, nil
	}
	t := d.constant(name)
	if t == nil {
		return nil, fmt.Errorf("zero point %q is computed while the model runs", name)
	}
	if t.Type != Uint8 {
		v, err := t.Floats()
		if err != nil {
			return nil, err
		}
		if int64(len(v)) != rows*blocks {
			return nil, fmt.Errorf("%d zero points for %d blocks", len(v), rows*blocks)
		}
		return func(r, k int64) float64 { return float64(v[r*blocks+k]) }, nil
	}
	size, each := (blocks*bits+7)/8, 8/bits
	if int64(t.Len()) != rows*size {
		return nil, fmt.Errorf("%d bytes of zero points for %d rows of %d blocks", t.Len(), rows, blocks)
	}
	mask := byte(1<<bits - 1)
	return func(r, k int64) float64 { return float64(t.Raw[r*size+k/each] >> (k % each * bits) & mask) }, nil
}

// blocked folds a constant whose scales lie in blocks along an axis.
func (d *dequantizer) blocked(n *Node, block int64) (*Tensor, error) {
	t, s := d.constant(n.Input(0)), d.constant(n.Input(1))
	if t == nil || s == nil {
		return nil, fmt.Errorf("blocked weights or scales are computed while the model runs")
	}
	axis := n.AttrInt("axis", 1)
	if axis < 0 {
		axis += int64(len(t.Dims))
	}
	if axis < 0 || axis >= int64(len(t.Dims)) || len(s.Dims) != len(t.Dims) || block > maxElements {
		return nil, fmt.Errorf("scales %v do not fit axis %d of %v", s.Dims, axis, t.Dims)
	}
	for i, x := range t.Dims {
		want := x
		if int64(i) == axis {
			want = (x + block - 1) / block
		}
		if s.Dims[i] != want {
			return nil, fmt.Errorf("scales %v do not fit %v in blocks of %d along axis %d", s.Dims, t.Dims, block, axis)
		}
	}
	scales, err := s.Floats()
	if err != nil {
		return nil, err
	}
	zeros := make([]int64, len(scales))
	if z := n.Input(2); z != "" {
		zt := d.constant(z)
		if zt == nil {
			return nil, fmt.Errorf("zero point %q is computed while the model runs", z)
		}
		if zeros, err = zt.Ints(); err != nil {
			return nil, err
		}
		if len(zeros) != len(scales) {
			return nil, fmt.Errorf("%d zero points for %d scales", len(zeros), len(scales))
		}
	}
	if d.bytes += 4 * int64(t.Len()); d.bytes > maxBytes {
		return nil, errFloatWeights
	}
	v, err := t.Ints()
	if err != nil {
		return nil, err
	}
	inner := int(product(t.Dims[axis+1:]))
	along, groups := int(t.Dims[axis]), int(s.Dims[axis])
	f := make([]float32, len(v))
	for i, q := range v {
		at := i / inner
		k := (at/along*groups+at%along/int(block))*inner + i%inner
		f[i] = float32(float64(q-zeros[k]) * float64(scales[k]))
	}
	return NewFloats(d.name(n.Input(0)), t.Dims, f), nil
}
