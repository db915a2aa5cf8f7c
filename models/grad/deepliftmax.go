package grad

import "seewhy/models/onnx"

// maximumRule, as Captum: the difference of the maxima Dy is what the sample's
// maximum rises by, t - y', and what the partner's falls by, y - t, with
// t = max(y, y'). Each goes to the places of that half's own maximum:
//
//	m_x = (scatter(m (t - y')) + scatter'(m (y - t))) / Dx
//
// by the gradient where Dx is none. Where windows overlap the shares add up,
// as the sum over the pixels needs (Captum keeps one of them).
func maximumRule(plain Rule) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		x, y := n.In[0], n.Out[0]
		top, top2, err := b.halves(Value(y), y)
		if err != nil {
			return nil, err
		}
		turn := "Max"
		if n.Op == "ReduceMin" {
			turn = "Min"
		}
		t := b.Op(turn, top, top2)
		parts, err := b.joined(b.Sub(t, top2), b.Sub(top, t), y)
		if err != nil {
			return nil, err
		}
		g, err := plain.VJP(b, n, d)
		if err != nil {
			return nil, err
		}
		back, err := plain.VJP(b, n, []Value{b.Mul(d[0], parts)})
		if err != nil {
			return nil, err
		}
		one, other, err := b.halves(back[0], x)
		if err != nil {
			return nil, err
		}
		of, partner, err := b.halves(Value(x), x)
		if err != nil {
			return nil, err
		}
		dx := b.Sub(of, partner)
		m := b.Div(b.Add(one, other), dx)
		whole, err := b.joined(m, m, x)
		if err != nil {
			return nil, err
		}
		near, err := b.joined(b.near(dx), b.near(dx), x)
		return []Value{b.Op("Where", near, g[0], whole)}, err
	}}
}
