package grad

import "seewhy/models/onnx"

func init() {
	register(
		// y = x s, s = sigmoid(alpha x):  y' = s + alpha x s (1 - s)
		unary("Swish", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			alpha := float64(n.AttrFloat("alpha", 1))
			s := b.Op("Sigmoid", b.Scale(x, alpha))
			return b.Add(s, b.Scale(b.Mul(y, b.Sub(b.Scalar(1), s)), alpha)), nil
		}),
		// y = x + bias below -lambd, x - bias above lambd, 0 between:  y' = [|x| > lambd]
		unary("Shrink", func(b *Builder, n *onnx.Node, x, y Value) (Value, error) {
			return b.Positive(b.Sub(b.Op("Abs", x), b.Scalar(float64(n.AttrFloat("lambd", 0.5))))), nil
		}),
	)
}
