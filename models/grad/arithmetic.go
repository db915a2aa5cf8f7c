package grad

import (
	"seewhy/models/onnx"
)

// Elementwise arithmetic. With Broadcasts the builder sums each gradient back
// to its input's shape.
func init() {
	register(
		// y = a + b:  da = dy, db = dy
		Rule{Op: "Add", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return []Value{d[0], d[0]}, nil
		}},
		// y = a - b:  da = dy, db = -dy
		Rule{Op: "Sub", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			out := []Value{d[0], ""}
			if b.Wants(n, 1) {
				out[1] = b.Neg(d[0])
			}
			return out, nil
		}},
		// y = a b:  da = dy b, db = dy a
		Rule{Op: "Mul", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			out := []Value{"", ""}
			for i := range 2 {
				if b.Wants(n, i) {
					out[i] = b.Mul(d[0], Value(n.In[1-i]))
				}
			}
			return out, nil
		}},
		// y = a / b:  da = dy / b, db = -dy y / b
		Rule{Op: "Div", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			y, den := Value(n.Out[0]), Value(n.In[1])
			out := []Value{"", ""}
			if b.Wants(n, 0) {
				out[0] = b.Div(d[0], den)
			}
			if b.Wants(n, 1) {
				out[1] = b.Neg(b.Div(b.Mul(d[0], y), den))
			}
			return out, nil
		}},
		// y = a^p:  da = dy p a^(p-1), dp = dy y ln a
		Rule{Op: "Pow", Broadcasts: true, VJP: vjpPow},
		Rule{Op: "Sum", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return repeat(d[0], len(n.In)), nil
		}},
		Rule{Op: "Mean", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			return repeat(b.Scale(d[0], 1/float64(len(n.In))), len(n.In)), nil
		}},
		// A tie gives each equal input its share, as PyTorch's maximum does.
		Rule{Op: "Max", Broadcasts: true, VJP: vjpExtremum},
		Rule{Op: "Min", Broadcasts: true, VJP: vjpExtremum},
		// y = c ? a : b:  da = c ? dy : 0, db = c ? 0 : dy
		Rule{Op: "Where", Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			c, zero := Value(n.In[0]), b.Scalar(0)
			out := []Value{"", "", ""}
			if b.Wants(n, 1) {
				out[1] = b.Op("Where", c, d[0], zero)
			}
			if b.Wants(n, 2) {
				out[2] = b.Op("Where", c, zero, d[0])
			}
			return out, nil
		}},
	)
}

func repeat(v Value, n int) []Value {
	out := make([]Value, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func vjpPow(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	a, p, y := Value(n.In[0]), Value(n.In[1]), Value(n.Out[0])
	out := []Value{"", ""}
	if t := b.facts.Types[n.In[1]]; t != onnx.Float32 && t != onnx.Undefined {
		p = b.toFloat(p)
	}
	if b.Wants(n, 0) {
		if c := b.Const(n.In[1]); c != nil && c.Len() == 1 {
			v, err := b.ConstFloat(n, 1, 1)
			if err != nil {
				return nil, err
			}
			// The common square and cube need no Pow.
			switch v {
			case 1:
				out[0] = d[0]
			case 2:
				out[0] = b.Mul(d[0], b.Scale(a, 2))
			default:
				out[0] = b.Mul(d[0], b.Scale(b.Op("Pow", a, b.Scalar(v-1)), v))
			}
		} else {
			out[0] = b.Mul(d[0], b.Mul(p, b.Op("Pow", a, b.Sub(p, b.Scalar(1)))))
		}
	}
	if b.Wants(n, 1) {
		out[1] = b.Mul(d[0], b.Mul(y, b.Op("Log", a)))
	}
	return out, nil
}

// vjpExtremum: m_i = [x_i = y];  dx_i = dy m_i / sum_j m_j
func vjpExtremum(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if len(n.In) == 1 {
		return d, nil
	}
	y := Value(n.Out[0])
	m := make([]Value, len(n.In))
	var count Value
	for i, x := range n.In {
		m[i] = b.toFloat(b.Op("Equal", Value(x), y))
		if count == "" {
			count = m[i]
		} else {
			count = b.Add(count, m[i])
		}
	}
	share := b.Div(d[0], count)
	out := make([]Value, len(n.In))
	for i := range n.In {
		if b.Wants(n, i) {
			out[i] = b.Mul(share, m[i])
		}
	}
	return out, nil
}

func (b *Builder) toFloat(x Value) Value {
	return b.Node("Cast", A{"to": onnx.Int(int64(onnx.Float32))}, x)
}
