package grad

import "seewhy/models/onnx"

// differenceNorm takes a normalisation apart: y = w c r + b with c = x - mean(x)
// and r = 1/sqrt(v), v = mean(c^2) + eps over count elements.
//
//	m_c = m w r~ + sum(m w c~) Dr/Dv 2 c~ / count,  m_x = m_c - mean(m_c)
//
// (RMS normalisation has no mean). Dr/Dv = -r r' / (1/r + 1/r') needs no bound.
func differenceNorm(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	v, err := b.normView(n)
	if err != nil {
		return nil, err
	}
	c := v.centre(b, v.shaped(Value(n.In[0])))
	root := v.root(b, n, c)
	c2, err := b.swapped(c, n.In[0])
	if err != nil {
		return nil, err
	}
	root2, err := b.swapped(root, n.In[0])
	if err != nil {
		return nil, err
	}
	one := b.Scalar(1)
	r, r2 := b.Div(one, root), b.Div(one, root2)
	middle := b.Scale(b.Add(c, c2), 0.5)
	slope := b.Neg(b.Div(b.Mul(r, r2), b.Add(root, root2)))
	m := b.Mul(v.shaped(d[0]), v.weight)
	through := b.Mul(b.Mul(v.mean(b, b.Mul(m, middle)), slope), b.Scale(middle, 2))
	m = b.Add(b.Mul(m, b.Scale(b.Add(r, r2), 0.5)), through)
	out, err := v.back(v.centre(b, m))
	return []Value{out}, err
}
