package grad

import "seewhy/models/onnx"

func init() { register(Rule{Op: "Mod", Broadcasts: true, VJP: vjpMod}) }

// vjpMod: y = a - q b with a whole q that is constant almost everywhere:
// da = dy, db = -q dy, q = (a - y) / b.
func vjpMod(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	out := []Value{d[0], ""}
	if b.Wants(n, 1) {
		q := b.Op("Round", b.Div(b.Sub(Value(n.In[0]), Value(n.Out[0])), Value(n.In[1])))
		out[1] = b.Neg(b.Mul(d[0], q))
	}
	return out, nil
}
