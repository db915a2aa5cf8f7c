package grad

import "seewhy/models/onnx"

// DeepLIFT (Shrikumar et al., Learning Important Features Through Propagating
// Activation Differences, ICML 2017), rescale rule. The graph runs forward
// twice, on the samples and on what they are compared with (twin.go); D v is a
// value's difference between the two, and what is carried back are multipliers
// m with sum(m_x D x) = sum(m_y D y) at every node, so that they add up to the
// difference of the scores. They are the same for both, so one copy goes back.
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
	registerComposite(recipe{id: "deeplift", paired: true, rewrite: twins, choose: differenceRule, hinders: withoutTwin})
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
	case "Relu":
		return Rule{VJP: differenceRelu}, true
	case "LeakyRelu", "ThresholdedRelu", "PRelu", "Elu", "Selu", "Celu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Gelu",
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

// middle is the mean of a forward value and its twin.
func (b *Builder) middle(v string) Value { return b.Scale(b.Add(Value(v), b.twin(v)), 0.5) }

// difference is D of a forward value, made once.
func (b *Builder) difference(v string) Value {
	key := "difference:" + v
	if d, ok := b.consts[key]; ok {
		return d
	}
	d := b.Sub(Value(v), b.twin(v))
	b.consts[key] = d
	return d
}

// near says where a difference is too small to divide by.
func (b *Builder) near(d Value) Value { return b.Op("Less", b.Op("Abs", d), b.Scalar(sameValue)) }

// quotient is dy/dx, or the derivative where dx is none.
func (b *Builder) quotient(dy, dx, derivative Value) Value {
	return b.Op("Where", b.near(dx), derivative, b.Div(dy, dx))
}

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
		dx, dy := b.difference(n.In[at]), b.difference(n.Out[0])
		out := make([]Value, len(n.In))
		out[at] = b.Op("Where", b.near(dx), g[at], b.Mul(d[0], b.Div(dy, dx)))
		return out, nil
	}}
}

// differenceRelu is that rule without a mask: with y* the larger of y and y',
//
//	Dy/Dx = y* / max(|Dx|, y*)
//
// which is 1 where both are positive, 0 where neither is, and where x and x' lie
// on two sides of 0 the one that passes over the distance. Two zeros give 0.
func differenceRelu(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	larger := b.Op("Max", Value(n.Out[0]), b.twin(n.Out[0]))
	under := b.Op("Max", b.Op("Abs", b.difference(n.In[0])), b.Op("Max", larger, b.Scalar(smallest)))
	return []Value{b.Mul(d[0], b.Div(larger, under))}, nil
}

// smallest stands under a division in the place of 0.
const smallest = 1e-30
