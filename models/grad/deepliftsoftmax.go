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
	x, x2, ax := Value(n.In[0]), b.twin(n.In[0]), n.AttrInt("axis", -1)
	largest := func(v Value) Value {
		if b.m.Opset() >= 18 {
			return b.Op("ReduceMax", v, b.Ints(ax))
		}
		return b.Node("ReduceMax", A{"axes": onnx.Ints(ax), "keepdims": onnx.Int(1)}, v)
	}
	k := b.Op("Max", largest(x), largest(x2))
	// parts are x - k, its exponential, the sum of that, and the sum's logarithm.
	parts := func(v Value) (shifted, e, sum, log Value) {
		shifted = b.Sub(v, k)
		e = b.Op("Exp", shifted)
		sum = b.SumAxes(e, true, ax)
		return shifted, e, sum, b.Op("Log", sum)
	}
	shifted, e, sum, log := parts(x)
	shifted2, e2, sum2, log2 := parts(x2)
	m := d[0]
	if n.Op == "Softmax" {
		l, l2 := b.Sub(shifted, log), b.Sub(shifted2, log2)
		m = b.Mul(m, b.quotient(b.difference(n.Out[0]), b.Sub(l, l2), Value(n.Out[0])))
	}
	outer := b.quotient(b.Sub(log, log2), b.Sub(sum, sum2), b.Op("Reciprocal", sum))
	inner := b.quotient(b.Sub(e, e2), b.difference(n.In[0]), e)
	return []Value{b.Sub(m, b.Mul(b.Mul(b.SumAxes(m, true, ax), outer), inner))}, nil
}
