package grad

import (
	"fmt"

	"seewhy/models/onnx"
)

// DeepLIFT (Shrikumar et al., Learning Important Features Through Propagating
// Activation Differences, ICML 2017), rescale rule. The batch holds samples,
// then as many that they are compared with; D v is a value's difference
// between a sample and its partner, and what is carried back are multipliers m
// with sum(m_x D x) = sum(m_y D y) at every node, so that they add up to the
// difference of the scores.
//
//   - Linear nodes: as the gradient.
//   - Functions of one value: m_x = m_y Dy/Dx; the gradient where |Dx| < 1e-10,
//     Captum's bound.
//   - Maxima: deepliftmax.go. Products and quotients of computed values, a
//     Softmax, and normalisations are taken apart: deepliftproduct.go,
//     deepliftnorm.go.
//   - What is left (L1 and L2 norms and few others) keeps its gradient, at the
//     price of a gap in the sum.
func init() {
	registerComposite(recipe{id: "deeplift", paired: true, choose: differenceRule, hinders: withoutHalves})
}

// withoutHalves is the hindrance of models with a value that does not show where
// the samples end and their partners begin. A model for one sample is looked at when it was
// opened for more.
func withoutHalves(s *scope) string {
	if in := s.facts.Shapes[s.wants[0]]; len(in) == 0 || in[0] >= 0 {
		return ""
	}
	for _, n := range s.path.nodes {
		if _, ok := differenceRule(s, n); !ok {
			continue
		}
		for _, v := range n.In {
			open := 0
			for _, d := range s.facts.Shapes[v] {
				if d < 0 {
					open++
				}
			}
			if s.path.on[v] && open != 1 {
				return "The model mixes samples with other dimensions, and this method compares two in one run."
			}
		}
	}
	return ""
}

// sameValue is Captum's bound: differences below it do not divide.
const sameValue = 1e-10

func differenceRule(s *scope, n *onnx.Node) (Rule, bool) {
	plain, ok := rules[opKey{n.Domain, n.Op}]
	if !ok || n.Domain != "" {
		return Rule{}, false
	}
	both := s.flows(n, 0) && s.flows(n, 1)
	switch n.Op {
	case "Relu", "LeakyRelu", "ThresholdedRelu", "PRelu", "Elu", "Selu", "Celu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Gelu",
		"Tanh", "Softplus", "Softsign", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Sin", "Cos":
		return rescaleRule(plain), !s.flows(n, 1)
	case "Pow":
		return rescaleRule(plain), s.flows(n, 0) && !s.flows(n, 1)
	case "Max", "Min":
		return rescaleRule(plain), len(n.In) == 2 && !both
	case "Mul":
		return Rule{Broadcasts: true, VJP: differenceMul}, both
	case "MatMul":
		return Rule{VJP: differenceMatMul}, both
	case "Div":
		return Rule{Broadcasts: true, VJP: differenceDiv}, s.flows(n, 1)
	case "Softmax", "LogSoftmax":
		return Rule{VJP: differenceSoftmax}, true
	case "LayerNormalization", "InstanceNormalization", "GroupNormalization", "RMSNormalization":
		return Rule{VJP: differenceNorm}, true
	case "LRN":
		return Rule{VJP: differenceLRN}, true
	case "MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin":
		return maximumRule(plain), true
	}
	return Rule{}, false
}

// batchAxis is the axis along which a value holds the samples and then their
// partners.
func (b *Builder) batchAxis(v string) (int64, error) {
	shape, err := b.Shape(v)
	if err != nil {
		return 0, err
	}
	at := -1
	for i, d := range shape {
		if d >= 0 {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("%q has shape %v; which dimension is the batch is not known", v, shape)
		}
		at = i
	}
	if at < 0 {
		return 0, fmt.Errorf("%q has shape %v, and no batch in it to compare", v, shape)
	}
	return int64(at), nil
}

// halves are the samples' part of x and their partners', x of the shape of
// the forward value like.
func (b *Builder) halves(x Value, like string) (of, partner Value, err error) {
	ax, err := b.batchAxis(like)
	if err != nil {
		return "", "", err
	}
	attrs := A{"axis": onnx.Int(ax)}
	if b.m.Opset() >= 18 {
		attrs["num_outputs"] = onnx.Int(2)
	}
	h := b.Nodes("Split", attrs, 2, x)
	return h[0], h[1], nil
}

// joined puts two halves together again.
func (b *Builder) joined(of, partner Value, like string) (Value, error) {
	ax, err := b.batchAxis(like)
	return b.Node("Concat", A{"axis": onnx.Int(ax)}, of, partner), err
}

// swapped is x with samples and partners in each other's place, made once.
func (b *Builder) swapped(x Value, like string) (Value, error) {
	key := "swapped:" + string(x)
	if v, ok := b.consts[key]; ok {
		return v, nil
	}
	of, partner, err := b.halves(x, like)
	if err != nil {
		return "", err
	}
	v, err := b.joined(partner, of, like)
	b.consts[key] = v
	return v, err
}

// middle is the mean of a forward value over a sample and its partner.
func (b *Builder) middle(v string) (Value, error) {
	other, err := b.swapped(Value(v), v)
	return b.Scale(b.Add(Value(v), other), 0.5), err
}

// difference is x less its partner; its sign is turned for the partners, which
// cancels in quotients of differences.
func (b *Builder) difference(x Value, like string) (Value, error) {
	other, err := b.swapped(x, like)
	return b.Sub(x, other), err
}

// near says where a difference is too small to divide by.
func (b *Builder) near(d Value) Value { return b.Op("Less", b.Op("Abs", d), b.Scalar(sameValue)) }

// rescaleRule: m_x = m_y Dy/Dx, by the gradient where Dx is none.
func rescaleRule(plain Rule) Rule {
	return Rule{Broadcasts: plain.Broadcasts, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		at := 0
		for i := range n.In {
			if b.Wants(n, i) {
				at = i
			}
		}
		g, err := plain.VJP(b, n, d)
		if err != nil {
			return nil, err
		}
		dx, err := b.difference(Value(n.In[at]), n.In[at])
		if err != nil {
			return nil, err
		}
		dy, err := b.difference(Value(n.Out[0]), n.Out[0])
		if err != nil {
			return nil, err
		}
		out := make([]Value, len(n.In))
		out[at] = b.Op("Where", b.near(dx), g[at], b.Mul(d[0], b.Div(dy, dx)))
		return out, nil
	}}
}
