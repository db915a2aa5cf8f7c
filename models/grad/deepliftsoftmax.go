package grad

import "seewhy/models/onnx"

// differenceSoftmax takes y = exp(l), l = x - k - log S, S = sum(e),
// e = exp(x - k) apart into functions of one value and a sum; k, the larger of
// the two maxima of x, is there for range alone.
//
//	m_l = m Dy/Dl,  m_x = m_l - sum(m_l) Dlog(S)/DS De/Dx
//
// LogSoftmax is l itself. A quotient e / S would be as right in theory; here
// nothing is divided by a small S.
func differenceSoftmax(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	x, ax := n.In[0], n.AttrInt("axis", -1)
	largest := b.Node("ReduceMax", A{"axes": onnx.Ints(ax), "keepdims": onnx.Int(1)}, Value(x))
	if b.m.Opset() >= 18 {
		largest = b.Op("ReduceMax", Value(x), b.Ints(ax))
	}
	other, err := b.swapped(largest, x)
	if err != nil {
		return nil, err
	}
	shifted := b.Sub(Value(x), b.Op("Max", largest, other))
	e := b.Op("Exp", shifted)
	sum := b.SumAxes(e, true, ax)
	log := b.Op("Log", sum)
	m := d[0]
	if n.Op == "Softmax" {
		y := Value(n.Out[0])
		slope, err := b.quotient(y, b.Sub(shifted, log), y, x)
		if err != nil {
			return nil, err
		}
		m = b.Mul(m, slope)
	}
	outer, err := b.quotient(log, sum, b.Op("Reciprocal", sum), x)
	if err != nil {
		return nil, err
	}
	inner, err := b.quotient(e, Value(x), e, x)
	if err != nil {
		return nil, err
	}
	return []Value{b.Sub(m, b.Mul(b.Mul(b.SumAxes(m, true, ax), outer), inner))}, nil
}

// quotient is Dy/Dx, or the derivative where Dx is none; the batch lies as in
// the forward value like.
func (b *Builder) quotient(y, x, derivative Value, like string) (Value, error) {
	dy, err := b.difference(y, like)
	if err != nil {
		return "", err
	}
	dx, err := b.difference(x, like)
	return b.Op("Where", b.near(dx), derivative, b.Div(dy, dx)), err
}
