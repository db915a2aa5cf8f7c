package grad

import (
	"fmt"
	"math"

	"seewhy/models/onnx"
)

// unary makes the rule of an elementwise function from its derivative,
// written in terms of the input x and the output y.
func unary(op string, derivative func(b *Builder, n *onnx.Node, x, y Value) (Value, error)) Rule {
	return Rule{Op: op, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		dydx, err := derivative(b, n, Value(n.In[0]), Value(n.Out[0]))
		if err != nil {
			return nil, err
		}
		return []Value{b.Mul(d[0], dydx)}, nil
	}}
}

// simple is unary for derivatives that need no attribute and cannot fail.
func simple(op string, derivative func(b *Builder, x, y Value) Value) Rule {
	return unary(op, func(b *Builder, _ *onnx.Node, x, y Value) (Value, error) { return derivative(b, x, y), nil })
}

func init() {
	register(
		Rule{Op: "Neg", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) { return []Value{b.Neg(d[0])}, nil }},
		Rule{Op: "Identity", VJP: pass},
		Rule{Op: "Dropout", VJP: vjpDropout},
		Rule{Op: "Cast", VJP: pass},
		simple("Exp", func(b *Builder, x, y Value) Value { return y }),
		simple("Log", func(b *Builder, x, y Value) Value { return b.Op("Reciprocal", x) }),
		simple("Sqrt", func(b *Builder, x, y Value) Value { return b.Div(b.Scalar(0.5), y) }),
		// y = 1/x:  y' = -y^2
		simple("Reciprocal", func(b *Builder, x, y Value) Value { return b.Neg(b.Mul(y, y)) }),
		simple("Abs", func(b *Builder, x, y Value) Value { return b.Op("Sign", x) }),
		simple("Sin", func(b *Builder, x, y Value) Value { return b.Op("Cos", x) }),
		simple("Cos", func(b *Builder, x, y Value) Value { return b.Neg(b.Op("Sin", x)) }),
		// erf'(x) = 2/sqrt(pi) exp(-x^2)
		simple("Erf", func(b *Builder, x, y Value) Value {
			return b.Scale(b.Op("Exp", b.Neg(b.Mul(x, x))), 2/math.Sqrt(math.Pi))
		}),
	)
	registerNoFlow("its output is constant almost everywhere", "Floor", "Ceil", "Round", "Sign")
}

// vjpDropout: in a model for inference it passes its input on, and so it does
// in training where it drops nothing, as MMDeploy's attention has it.
func vjpDropout(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	if n.Input(1) != "" && b.Const(n.In[1]) != nil {
		if ratio, err := b.ConstFloat(n, 1, 0.5); err != nil {
			return nil, err
		} else if ratio == 0 {
			return []Value{d[0]}, nil
		}
	}
	if n.Input(2) != "" {
		t := b.Const(n.In[2])
		if t == nil {
			return nil, fmt.Errorf("whether it drops elements is computed while the model runs; a gradient through that is not offered")
		}
		if v, err := t.Ints(); err != nil || len(v) != 1 || v[0] != 0 {
			return nil, fmt.Errorf("training mode is not offered; export the model for inference")
		}
	}
	return []Value{d[0]}, nil
}

func pass(b *Builder, n *onnx.Node, d []Value) ([]Value, error) { return []Value{d[0]}, nil }
