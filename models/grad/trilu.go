package grad

import "seewhy/models/onnx"

func init() {
	// The part that is kept passes its gradient, the rest is zero: Trilu again.
	register(Rule{Op: "Trilu", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		in := []Value{d[0]}
		if n.Input(1) != "" {
			in = append(in, Value(n.In[1]))
		}
		return []Value{b.Node("Trilu", A{"upper": onnx.Int(n.AttrInt("upper", 1))}, in...)}, nil
	}})
}
