package grad

import "seewhy/models/onnx"

// differenceNorm takes a normalisation apart: y = w c r + b with c = x - mean(x)
// and r = 1/sqrt(v), v = mean(c^2) + eps over count elements. Of the ways to
// split D(c r) it takes the one with the smaller r, since a baseline without
// structure has r in the hundreds, and its large terms would have to cancel:
// with r* the smaller and c^ the c of the other,
//
//	D(c r) = r* Dc + c^ Dr
//	m_c = m w r* + sum(m w c^) Dr/Dv 2 c~ / count,  m_x = m_c - mean(m_c)
//
// (RMS normalisation has no mean). Dr/Dv = -r r' / (1/r + 1/r') needs no bound.
func differenceNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	v, err := b.normView(n)
	if err != nil {
		return nil, err
	}
	c, c2 := v.centre(b, v.shaped(Value(n.In[0]))), v.centre(b, v.shaped(b.twin(n.In[0])))
	root, root2 := v.root(b, n, c), v.root(b, n, c2)
	one := b.Scalar(1)
	r, r2 := b.Div(one, root), b.Div(one, root2)
	other := b.Op("Where", b.Op("Greater", r, r2), c, c2)
	slope := b.Neg(b.Div(b.Mul(r, r2), b.Add(root, root2)))
	m := b.Mul(v.shaped(d[0]), v.weight)
	through := b.Mul(b.Mul(v.mean(b, b.Mul(m, other)), slope), b.Add(c, c2))
	m = b.Add(b.Mul(m, b.Op("Min", r, r2)), through)
	out, err := v.back(v.centre(b, m))
	return []Value{out}, err
}

// differenceLRN takes y = x f, f = D^-beta, apart in the same way: D is a
// window's sum of squares.
//
//	m_x = m f~ + sum over windows(m x~ Df/DD) alpha/size 2 x~
func differenceLRN(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	r, err := b.responses(n)
	if err != nil {
		return nil, err
	}
	x := n.In[0]
	D, err := r.under(b, Value(x))
	if err != nil {
		return nil, err
	}
	D2, err := r.under(b, b.twin(x))
	if err != nil {
		return nil, err
	}
	f, f2 := b.Op("Pow", D, b.Scalar(-r.beta)), b.Op("Pow", D2, b.Scalar(-r.beta))
	slope := b.quotient(b.Sub(f, f2), b.Sub(D, D2), b.Scale(b.Div(f, D), -r.beta))
	middle := b.middle(x)
	through, err := r.across(b.Mul(b.Mul(d[0], middle), slope))
	if err != nil {
		return nil, err
	}
	direct := b.Mul(d[0], b.Scale(b.Add(f, f2), 0.5))
	return []Value{b.Add(direct, b.Mul(through, b.Scale(middle, 2*r.alpha)))}, nil
}
