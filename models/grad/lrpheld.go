package grad

import "seewhy/models/onnx"

// heldRule is the rule of normalisations by their input's own statistics: with
// the deviation s held constant, y = w (x - mean(x)) / s + b is linear in x, and
//
//	R_in = x J^T g,  g = R / stabilise(y),  J^T g = c - mean(c),  c = w g / s
//
// (RMS normalisation has no mean). It is what lxt, the reference of AttnLRP,
// does; the bias takes its share.
func heldRule(epsilon float64) Rule {
	return Rule{VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		v, err := b.normView(n)
		if err != nil {
			return nil, err
		}
		x, g := v.shaped(Value(n.In[0])), v.shaped(b.share(d[0], Value(n.Out[0]), epsilon))
		c := v.centre(b, b.Div(b.Mul(v.weight, g), v.root(b, n, v.centre(b, x))))
		r, err := v.back(b.Mul(x, c))
		return []Value{r}, err
	}}
}
