package onnx

import (
	"fmt"
	"math"
)

func init() {
	lowers(microsoft, func(l *lowerer, n *Node) error { l.gelu(n.Output(0), n.Input(0), false); return nil }, "Gelu")
	lowers(microsoft, func(l *lowerer, n *Node) error {
		l.gelu(n.Output(0), l.plus(n.Input(0), n.Input(1)), false)
		return nil
	}, "BiasGelu")
	lowers(microsoft, func(l *lowerer, n *Node) error {
		l.gelu(n.Output(0), l.plus(n.Input(0), n.Input(1)), true)
		return nil
	}, "FastGelu")
	lowers(microsoft, lowerQuickGelu, "QuickGelu")
	lowers(microsoft, func(l *lowerer, n *Node) error {
		sum := l.op("Add", nil, n.Input(0), n.Input(1))
		l.into("Add", nil, n.Output(0), sum, n.Input(2))
		return nil
	}, "BiasAdd")
}

// plus adds an optional bias.
func (l *lowerer) plus(x, bias string) string {
	if bias == "" {
		return x
	}
	return l.op("Add", nil, x, bias)
}

// gelu: x Phi(x), or with tanh x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))),
// written as PyTorch exports it where the opset has no Gelu.
func (l *lowerer) gelu(out, x string, tanh bool) {
	if l.opset >= 20 {
		how := "none"
		if tanh {
			how = "tanh"
		}
		l.into("Gelu", attrs{"approximate": Str(how)}, out, x)
		return
	}
	var gate string
	if tanh {
		cube := l.op("Mul", nil, l.op("Mul", nil, x, x), x)
		inner := l.op("Add", nil, x, l.op("Mul", nil, cube, l.scalar(0.044715)))
		gate = l.op("Tanh", nil, l.op("Mul", nil, inner, l.scalar(math.Sqrt(2/math.Pi))))
	} else {
		gate = l.op("Erf", nil, l.op("Div", nil, x, l.scalar(math.Sqrt2)))
	}
	twice := l.op("Mul", nil, x, l.op("Add", nil, gate, l.scalar(1)))
	l.into("Mul", nil, out, twice, l.scalar(0.5))
}

// lowerQuickGelu: x sigmoid(alpha x).
func lowerQuickGelu(l *lowerer, n *Node) error {
	x := n.Input(0)
	inner := x
	if alpha := float64(n.AttrFloat("alpha", 1.702)); alpha != 1 {
		inner = l.op("Mul", nil, x, l.scalar(alpha))
	}
	l.into("Mul", nil, n.Output(0), x, l.op("Sigmoid", nil, inner))
	return nil
}

// activated makes out from x by the activation that a fused operator names.
func (l *lowerer) activated(out, x, activation string, p []float32) error {
	param := func(i int, def float32) Attr {
		if i < len(p) {
			return Float(p[i])
		}
		return Float(def)
	}
	switch activation {
	case "":
		l.rename(x, out)
	case "Relu", "Tanh", "Sigmoid", "Softplus", "Softsign":
		l.into(activation, nil, out, x)
	case "LeakyRelu":
		l.into(activation, attrs{"alpha": param(0, 0.01)}, out, x)
	case "Elu":
		l.into(activation, attrs{"alpha": param(0, 1)}, out, x)
	case "HardSigmoid":
		l.into(activation, attrs{"alpha": param(0, 0.2), "beta": param(1, 0.5)}, out, x)
	case "Clip":
		low, high := param(0, -math.MaxFloat32), param(1, math.MaxFloat32)
		l.into(activation, nil, out, x, l.scalar(float64(low.F)), l.scalar(float64(high.F)))
	default:
		return fmt.Errorf("activation %q is not served", activation)
	}
	return nil
}
