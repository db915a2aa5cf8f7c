package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// responses is a local response normalisation, across channels:
// D_c = bias + alpha/size sum_{j in win(c)} x_j^2,  y = x D^-beta.
type responses struct {
	alpha, beta, bias float64
	// mean is 1/size times the sum of v over each channel's window; across is its
	// adjoint, over the windows that each channel lies in.
	mean, across func(v Value) (Value, error)
}

func (b *Builder) responses(n *onnx.Node) (r responses, err error) {
	size := n.AttrInt("size", 0)
	if size < 1 {
		return r, fmt.Errorf("attribute size is %d; it must be positive", size)
	}
	shape, err := b.Shape(n.In[0])
	if err != nil {
		return r, err
	}
	if len(shape) != 4 {
		return r, fmt.Errorf("input has shape %v; four dimensions are expected", shape)
	}
	r.alpha, r.beta, r.bias = float64(n.AttrFloat("alpha", 0.0001)), float64(n.AttrFloat("beta", 0.75)), float64(n.AttrFloat("bias", 1))
	before, after := (size-1)/2, size-1-(size-1)/2
	// The window runs over channels: with channels in the place of height, a
	// padded average pool of height size is that sum over size.
	rows := b.Ints(0, 1, int64(shape[1]), -1)
	window := func(lo, hi int64) func(v Value) (Value, error) {
		return func(v Value) (Value, error) {
			p := b.Node("AveragePool", A{
				"kernel_shape": onnx.Ints(size, 1), "pads": onnx.Ints(lo, 0, hi, 0), "count_include_pad": onnx.Int(1),
			}, b.Op("Reshape", b.Op("Unsqueeze", v, b.Ints(1)), rows))
			return b.ReshapeLike(p, n.In[0])
		}
	}
	r.mean, r.across = window(before, after), window(after, before)
	return r, nil
}

// under is D, of the squares of x.
func (r responses) under(b *Builder, x Value) (Value, error) {
	m, err := r.mean(b.Mul(x, x))
	return b.Add(b.Scale(m, r.alpha), b.Scalar(r.bias)), err
}

// vjpLRN: dx_i = dy_i D_i^-beta - 2 alpha beta/size x_i sum_{c: i in win(c)} dy_c y_c / D_c
func vjpLRN(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	r, err := b.responses(n)
	if err != nil {
		return nil, err
	}
	x, y := Value(n.In[0]), Value(n.Out[0])
	D, err := r.under(b, x)
	if err != nil {
		return nil, err
	}
	direct := b.Mul(d[0], b.Op("Pow", D, b.Scalar(-r.beta)))
	through, err := r.across(b.Div(b.Mul(d[0], y), D))
	if err != nil {
		return nil, err
	}
	return []Value{b.Sub(direct, b.Mul(x, b.Scale(through, 2*r.alpha*r.beta)))}, nil
}
