package grad

import (
	"fmt"
	"slices"

	"seewhy/models/onnx"
)

func init() {
	register(
		Rule{Op: "LpPool", VJP: vjpLpPool},
		Rule{Op: "GlobalLpPool", VJP: vjpGlobalLpPool},
	)
}

// vjpLpPool: y = (sum over the window |x|^p)^(1/p):
// dx = sign(x) |x|^(p-1) A(dy y^(1-p)), A the adjoint of the window sum.
// A window of zeros gets nothing.
func vjpLpPool(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	in, out, err := b.ends(n)
	if err != nil {
		return nil, err
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return nil, err
	}
	if shape[1] < 1 {
		return nil, fmt.Errorf("%q has an unknown number of channels", n.In[0])
	}
	w, err := windowOf(n, in, nil)
	if err != nil {
		return nil, err
	}
	channels := shape[1]
	dims := append([]int{channels, 1}, toInts(w.kernel)...)
	ones := b.Floats(dims, slices.Repeat([]float32{1}, product(dims))...)
	end, extra := w.transposed(in, out)
	spread := b.Node("ConvTranspose", A{
		"kernel_shape": onnx.Ints(w.kernel...), "strides": onnx.Ints(w.stride...), "dilations": onnx.Ints(w.dilation...),
		"pads": onnx.Ints(slices.Concat(w.begin, end)...), "output_padding": onnx.Ints(extra...), "group": onnx.Int(int64(channels)),
	}, b.lpShare(n, d[0]), ones)
	return []Value{b.Mul(spread, b.lpFactor(n))}, nil
}

func vjpGlobalLpPool(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	return []Value{b.Mul(b.lpFactor(n), b.lpShare(n, d[0]))}, nil
}

// lpFactor is sign(x) |x|^(p-1).
func (b *Builder) lpFactor(n *onnx.Node) Value {
	x, p := Value(n.In[0]), n.AttrInt("p", 2)
	switch p {
	case 1:
		return b.Op("Sign", x)
	case 2:
		return x
	}
	return b.Mul(b.Op("Sign", x), b.Op("Pow", b.Op("Abs", x), b.Scalar(float64(p-1))))
}

// lpShare is dy y^(1-p), 0 where y is.
func (b *Builder) lpShare(n *onnx.Node, dy Value) Value {
	y, p := Value(n.Out[0]), n.AttrInt("p", 2)
	if p == 1 {
		return dy
	}
	share := b.Mul(dy, b.Op("Pow", y, b.Scalar(float64(1-p))))
	return b.choose(y, share, b.Scalar(0))
}
