package grad

import "seewhy/models/onnx"

// maximumRule, as Captum: the difference of the maxima Dy is what the sample's
// maximum rises by, t - y', and what the partner's falls by, y - t, with
// t = max(y, y'). Each goes to the places of its own maximum:
//
//	m_x = (scatter(m (t - y')) + scatter'(m (y - t))) / Dx
//
// by the gradient where Dx is none. Where windows overlap the shares add up,
// as the sum over the pixels needs (Captum keeps one of them).
func maximumRule(plain Rule) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		y, y2 := Value(n.Out[0]), b.twin(n.Out[0])
		turn := "Max"
		if n.Op == "ReduceMin" {
			turn = "Min"
		}
		t := b.Op(turn, y, y2)
		g, err := plain.VJP(b, n, d)
		if err != nil {
			return nil, err
		}
		of, err := plain.VJP(b, n, []Value{b.Mul(d[0], b.Sub(t, y2))})
		if err != nil {
			return nil, err
		}
		partner, err := plain.VJP(b, b.twinNode(n), []Value{b.Mul(d[0], b.Sub(y, t))})
		if err != nil {
			return nil, err
		}
		return []Value{b.quotient(b.Add(of[0], partner[0]), b.difference(n.In[0]), g[0])}, nil
	}}
}
