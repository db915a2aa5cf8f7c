package grad

import "seewhy/models/onnx"

func init() {
	// y_i is the product of the x_j up to i:  dx_j = (sum of dy_i y_i over the
	// i that x_j is in) / x_j, where no factor is zero.
	register(Rule{Op: "CumProd", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		back := A{"exclusive": onnx.Int(n.AttrInt("exclusive", 0)), "reverse": onnx.Int(1 - n.AttrInt("reverse", 0))}
		sum := b.Node("CumSum", back, b.Mul(d[0], Value(n.Out[0])), Value(n.In[1]))
		return []Value{b.Div(sum, Value(n.In[0]))}, nil
	}})
}
