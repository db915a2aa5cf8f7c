package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

func init() { register(Rule{Op: "RoiAlign", VJP: vjpRoiAlign}) }

// vjpRoiAlign: averaging bilinear samples is linear and works axis by axis:
// y[r] = U_r x[n(r)] V_r^T with U [rows, H] and V [columns, W] of each box, so
// that dx[n] = sum over the boxes of n of U_r^T dy[r] V_r. Boxes get no gradient.
func vjpRoiAlign(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if mode := n.AttrString("mode", "avg"); mode != "avg" {
		return nil, fmt.Errorf("attribute mode is %q; a gradient is offered for avg", mode)
	}
	in, out, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	if len(in) != 2 || shape[1] < 1 {
		return nil, fmt.Errorf("its input has shape %v; [N, C, H, W] with a known C is needed", shape)
	}
	// Each sample weighs every element of both axes, for each bin of a box.
	if ratio := n.AttrInt("sampling_ratio", 0); ratio > maxMatrix/int64(max(in[0]*out[0], in[1]*out[1], 1)) {
		return nil, fmt.Errorf("the weights of %d samples a bin (attribute sampling_ratio) are above 256 MB", ratio)
	}
	boxes := boxSampling{b: b, n: n, half: n.AttrString("coordinate_transformation_mode", "half_pixel") == "half_pixel"}
	U, V := boxes.weights(1, in[0], out[0]), boxes.weights(0, in[1], out[1])
	// t = dy V of [R, C, rows, W], as [C, R rows, W].
	t := b.Op("MatMul", d[0], b.Unsqueeze(V, 1))
	t = b.Node("Transpose", A{"perm": onnx.Ints(1, 0, 2, 3)}, t)
	t = b.Op("Reshape", t, b.Ints(int64(shape[1]), -1, int64(in[1])))
	// U of the boxes of sample n alone, as [N, 1, H, R rows].
	samples := b.slice(b.Op("Shape", Value(n.In[0])), 0, 0, 1)
	each := b.Op("Expand", b.Ints(1), samples)
	number := b.Op("Unsqueeze", b.Node("CumSum", A{"exclusive": onnx.Int(1)}, each, b.scalarInt(0)), b.Ints(1))
	batch := b.Node("Cast", A{"to": onnx.Int(int64(onnx.Int64))}, Value(n.In[2]))
	mine := b.toFloat(b.Op("Equal", number, b.Unsqueeze(batch, 0))) // [N, R]
	own := b.Mul(b.Unsqueeze(U, 0), b.Unsqueeze(mine, 2, 3))        // [N, R, rows, H]
	own = b.Op("Reshape", own, b.Ints(0, 1, -1, int64(in[0])))
	own = b.Node("Transpose", A{"perm": onnx.Ints(0, 1, 3, 2)}, own)
	return []Value{b.Op("MatMul", own, t)}, nil
}

// boxSampling writes out where the samples of each box lie.
type boxSampling struct {
	b    *Builder
	n    *onnx.Node
	half bool
}

// weights is [R, bins, size]: the share that each element of an axis has in
// each bin. first is the column of the boxes where the axis begins (0: x, 1: y).
func (s boxSampling) weights(first int64, size, bins int) Value {
	b := s.b
	edge := func(column int64) Value {
		v := b.Scale(b.slice(Value(s.n.In[1]), 1, column, column+1), float64(s.n.AttrFloat("spatial_scale", 1)))
		if s.half {
			v = b.Sub(v, b.Scalar(0.5))
		}
		return b.Unsqueeze(v, 2, 3) // [R, 1, 1, 1]
	}
	start := edge(first)
	length := b.Sub(edge(first+2), start)
	if !s.half {
		length = b.Op("Max", length, b.Scalar(1))
	}
	bin := b.Scale(length, 1/float64(bins))
	one := b.Scalar(1)
	// The samples of a bin: a fixed number, or one for each element of the box's bin.
	count, number := b.Scalar(float64(s.n.AttrInt("sampling_ratio", 0))), Value("")
	if ratio := int(s.n.AttrInt("sampling_ratio", 0)); ratio > 0 {
		number = b.Floats([]int{ratio, 1}, ramp(ratio)...)
	} else {
		count = b.Op("Ceil", bin)
		most := b.Node("ReduceMax", A{"keepdims": onnx.Int(0)}, b.Op("Max", count, one))
		number = b.Unsqueeze(b.Op("Range", b.Scalar(0), most, one), 1)
	}
	divisor := b.Op("Max", count, one)
	step := b.Div(b.Mul(b.Add(number, b.Scalar(0.5)), bin), divisor)
	ordinal := b.Floats([]int{bins, 1, 1}, ramp(bins)...)
	at := b.Add(b.Add(start, b.Mul(ordinal, bin)), step) // [R, bins, samples, 1]
	valid := b.Op("And", b.Op("GreaterOrEqual", at, b.Scalar(-1)), b.Op("LessOrEqual", at, b.Scalar(float64(size))))
	valid = b.Op("And", valid, b.Op("Less", number, count))
	kept := b.Op("Clip", at, b.Scalar(0), b.Scalar(float64(size-1)))
	hat := b.Op("Relu", b.Sub(one, b.Op("Abs", b.Sub(kept, b.Floats([]int{size}, ramp(size)...)))))
	share := b.Div(b.Mul(hat, b.toFloat(valid)), divisor)
	return b.SumAxes(share, false, 2)
}

// ramp is 0, 1, ... n-1.
func ramp(n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(i)
	}
	return out
}
