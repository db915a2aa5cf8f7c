package grad

import "seewhy/models/onnx"

func init() {
	register(
		// dx = y (dy - sum(dy y))
		Rule{Op: "Softmax", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			y := Value(n.Out[0])
			s := b.SumAxes(b.Mul(d[0], y), true, n.AttrInt("axis", -1))
			return []Value{b.Mul(y, b.Sub(d[0], s))}, nil
		}},
		// dx = dy - exp(y) sum(dy)
		Rule{Op: "LogSoftmax", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
			y := Value(n.Out[0])
			s := b.SumAxes(d[0], true, n.AttrInt("axis", -1))
			return []Value{b.Sub(d[0], b.Mul(b.Op("Exp", y), s))}, nil
		}},
	)
	registerNoFlow("its output is an index, a shape or a truth value", "ArgMax", "ArgMin", "Shape", "Size", "Equal", "Greater", "GreaterOrEqual",
		"Less", "LessOrEqual", "And", "Or", "Not", "Xor", "IsNaN", "IsInf", "NonZero", "ConstantOfShape", "Range", "EyeLike", "NonMaxSuppression", "Hardmax", "OneHot")
}
