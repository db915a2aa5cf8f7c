package grad

import (
	"slices"

	"seewhy/models/onnx"
)

// passRule hands relevance down as it is: the identity rule for functions of
// one value each, and Zennit's Pass. Where an input was spread by
// broadcasting, its copies' relevance is summed.
func passRule(s *scope, to ...int) Rule {
	return Rule{Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		out := make([]Value, len(n.In))
		for i := range n.In {
			if s.flows(n, i) && (len(to) == 0 || slices.Contains(to, i)) {
				out[i] = d[0]
			}
		}
		return out, nil
	}}
}

// normRule is Zennit's Norm, the epsilon rule for nodes without weights:
//
//	R_i = part x_i J_i^T(R / stabilise(z))
//
// for the inputs in to (all where none is named). For a product of two inputs,
// which is linear in each, part is 1/2: each gets half (AttnLRP's uniform
// rule).
func normRule(s *scope, epsilon, part float64, to ...int) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		plain := rules[opKey{n.Domain, n.Op}]
		g, err := plain.VJP(b, n, []Value{b.Scale(b.share(d[0], Value(n.Out[0]), epsilon), part)})
		if err != nil {
			return nil, err
		}
		out := make([]Value, len(n.In))
		for i := range g {
			if g[i] == "" || !s.flows(n, i) || len(to) > 0 && !slices.Contains(to, i) {
				continue
			}
			if plain.Broadcasts {
				if g[i], err = b.sumTo(g[i], n.Out[0], n.In[i]); err != nil {
					return nil, err
				}
			}
			out[i] = b.Mul(Value(n.In[i]), g[i])
		}
		return out, nil
	}}
}
