package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// withWeights adds, to a rule for the input of a convolution, the gradients of
// weights and bias that the model computes from its input (dynamic and
// conditional convolutions). Constant weights get none and cost nothing.
func withWeights(input func(b *Builder, n *onnx.Node, d []Value) ([]Value, error)) func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	return func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		out := make([]Value, len(n.In))
		if b.Wants(n, 0) {
			dx, err := input(b, n, d)
			if err != nil {
				return nil, err
			}
			out[0] = dx[0]
		}
		if b.Wants(n, 1) {
			var err error
			if out[1], err = b.weightGradient(n, d[0]); err != nil {
				return nil, err
			}
		}
		if b.Wants(n, 2) {
			size, err := b.Spatial(n.Out[0])
			if err != nil {
				return nil, err
			}
			axes := []int64{0}
			for i := range size {
				axes = append(axes, int64(i+2))
			}
			out[2] = b.SumAxes(d[0], false, axes...)
		}
		return out, nil
	}
}

// weightGradient: with x padded, dW[m, c, k] = sum over n and o of
// dy[n, m, o] x[n, c, o stride + k dilation]. That is a convolution of x by dy
// in which samples are the channels, and stride and dilation change places. A
// transposed convolution is the same with x and dy exchanged.
func (b *Builder) weightGradient(n *onnx.Node, dy Value) (Value, error) {
	in, out, weight, err := b.convolved(n)
	if err != nil {
		return "", err
	}
	wide, narrow, from := Value(n.In[0]), dy, in
	if n.Op == "ConvTranspose" {
		wide, narrow, from = dy, Value(n.In[0]), out
	}
	w, err := windowOf(n, from, weight)
	if err != nil {
		return "", err
	}
	to := out
	if n.Op == "ConvTranspose" {
		to = in
		if n.AttrString("auto_pad", "NOTSET") != "NOTSET" || n.AttrInts("output_shape") != nil {
			if err := w.padsFor(n, in, out); err != nil {
				return "", err
			}
		}
	}
	group := n.AttrInt("group", 1)
	rank := len(from)
	shape := func(lead []int64, size []int) Value {
		for _, s := range size {
			lead = append(lead, int64(s))
		}
		return b.Ints(lead...)
	}
	// Samples and channels of x change places within each group: [C/g, g N, ...].
	each := int64(weight[1])
	x := b.Op("Reshape", wide, shape([]int64{-1, group, each}, from))
	x = b.Op("Reshape", b.Node("Transpose", A{"perm": onnx.Ints(permuted(rank+1, 2, 1, 0)...)}, x), shape([]int64{each, -1}, from))
	g := b.Node("Transpose", A{"perm": onnx.Ints(permuted(rank, 1, 0)...)}, narrow)
	y := b.Node("Conv", A{
		"strides": onnx.Ints(w.dilation...), "dilations": onnx.Ints(w.stride...), "pads": w.pads(), "group": onnx.Int(group),
	}, x, g)
	for i := range rank {
		reach := int64(from[i]) + w.begin[i] + w.end[i] - w.stride[i]*int64(to[i]-1) - 1
		if reach/w.dilation[i]+1 > w.kernel[i] {
			// Places behind the last that a window reaches.
			y = b.slice(y, int64(i+2), 0, w.kernel[i])
		}
	}
	return b.Node("Transpose", A{"perm": onnx.Ints(permuted(rank, 1, 0)...)}, y), nil
}

// permuted is a permutation: first as given, then the rest in order, of rank
// axes behind the first two (or as many as are given).
func permuted(rank int, first ...int64) []int64 {
	perm := slices.Clone(first)
	for len(perm) < rank+2 {
		perm = append(perm, int64(len(perm)))
	}
	return perm
}
