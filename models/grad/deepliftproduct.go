package grad

import "seewhy/models/onnx"

// Products under DeepLIFT: with a~ the mean of a and its partner a',
//
//	D(a b) = b~ Da + a~ Db
//
// exactly, which is also the mean of the two orders in which the factors can
// change (SHAP's rule for products).

// differenceMul: m_a = m b~, m_b = m a~
func differenceMul(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	out := []Value{"", ""}
	for i := range 2 {
		if !b.Wants(n, i) {
			continue
		}
		out[i] = b.Mul(d[0], b.middle(n.In[1-i]))
	}
	return out, nil
}

// differenceMatMul is the same for matrices: the gradient's rule on the means.
func differenceMatMul(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	means := n.Clone()
	for i := range 2 {
		m := b.middle(n.In[i])
		shape, err := b.Shape(n.In[i])
		if err != nil {
			return nil, err
		}
		// The rule asks for their shapes, and whether their gradients are wanted.
		b.facts.Shapes[string(m)], b.path.on[string(m)] = shape, true
		means.In[i] = string(m)
	}
	return vjpMatMul(b, means, d)
}

// differenceDiv: a / c = a r with r = 1/c, and Dr = -Dc / (c c'). Of the two
// ways to split D(a r) it takes the one with the smaller r, as for
// normalisations (deepliftnorm.go), of which many quotients are a part: with c*
// the larger in magnitude of c and c', and a^ the a that goes with the other,
//
//	m_a = m / c*,  m_c = -m a^ / (c c')
func differenceDiv(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	a, c := Value(n.In[0]), Value(n.In[1])
	c2 := b.twin(n.In[1])
	smaller := b.Op("Less", b.Op("Abs", c), b.Op("Abs", c2))
	out := []Value{"", ""}
	if b.Wants(n, 0) {
		out[0] = b.Div(d[0], b.Op("Where", smaller, c2, c))
		a = b.Op("Where", smaller, a, b.twin(n.In[0]))
	}
	out[1] = b.Neg(b.Div(b.Mul(d[0], a), b.Mul(c, c2)))
	return out, nil
}
