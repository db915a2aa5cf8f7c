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
		other, err := b.middle(n.In[1-i])
		if err != nil {
			return nil, err
		}
		out[i] = b.Mul(d[0], other)
	}
	return out, nil
}

// differenceMatMul is the same for matrices: the gradient's rule on the means.
func differenceMatMul(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	means := n.Clone()
	for i := range 2 {
		m, err := b.middle(n.In[i])
		if err != nil {
			return nil, err
		}
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

// differenceDiv: a / c = a r with r = 1/c, and Dr = -Dc / (c c'):
//
//	m_a = m r~,  m_c = -m a~ / (c c')
func differenceDiv(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	a, c := n.In[0], n.In[1]
	out := []Value{"", ""}
	if !b.Wants(n, 1) {
		out[0] = b.Div(d[0], Value(c))
		return out, nil
	}
	other, err := b.swapped(Value(c), c)
	if err != nil {
		return nil, err
	}
	one := b.Scalar(1)
	if b.Wants(n, 0) {
		out[0] = b.Mul(d[0], b.Scale(b.Add(b.Div(one, Value(c)), b.Div(one, other)), 0.5))
	}
	top := Value(a)
	if b.Wants(n, 0) {
		if top, err = b.middle(a); err != nil {
			return nil, err
		}
	}
	out[1] = b.Neg(b.Div(b.Mul(d[0], top), b.Mul(Value(c), other)))
	return out, nil
}
