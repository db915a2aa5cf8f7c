package grad

import "seewhy/models/onnx"

// AttnLRP (Achtibat et al., AttnLRP: Attention-Aware Layer-Wise Relevance
// Propagation for Transformers, ICML 2024): relevance through attention.
//
//   - Linear layers: the epsilon rule, or gamma where a gamma is set.
//   - Products of two computed values, MatMul too: half to each (3.2, 3.3).
//   - Softmax s of x: R_in = x (R - s sum(R)) (3.1).
//   - Normalisations: the deviation is held constant (3.4; lrpheld.go).
//   - Activations pass relevance on; so do GELU and SiLU written as products.
//
// With values = 1 attention's values get all relevance and its queries and keys
// none (CP-LRP, Ali et al. 2022), which the paper prefers for vision
// transformers together with gamma (A.2.3), because the way through the
// Softmax is noisy.
func init() {
	registerComposite(recipe{
		id: "attnlrp", defaults: map[string]float64{"epsilon": stabiliser, "gamma": 0, "convgamma": 0, "values": 0},
		rewrite: mergeNorms, start: scoreTimesSeed, choose: attnRule, hinders: withoutAttention,
	})
}

func attnRule(s *scope, n *onnx.Node) (Rule, bool) {
	if l, ok := s.linearAt(n); ok {
		gamma := s.params["gamma"]
		if l.convolves() {
			gamma = s.params["convgamma"]
		}
		if gamma != 0 && s.constantWeights(l) {
			return gammaRule(gamma, s.params["epsilon"]).as(s, l), true
		}
		return epsilonRule(s.params["epsilon"]).as(s, l), true
	}
	if n.Domain == "" && s.flows(n, 0) {
		both := s.flows(n, 1)
		switch {
		case n.Op == "Softmax":
			return softmaxRule, true
		case n.Op == "Mul" && both:
			for i := range 2 {
				if s.gatesItself(n.In[i], n.In[1-i]) {
					return passRule(s, i), true
				}
			}
			return s.uniformRule(n), true
		case (n.Op == "MatMul" || n.Op == "Einsum") && both && (s.params["values"] == 0 || !s.softmaxed(n.In[0]) && !s.softmaxed(n.In[1])):
			return s.uniformRule(n), true
		}
	}
	return s.relevanceRule(n)
}

// softmaxRule: R_in = x (R - s sum(R)). Masked places hold -infinity, and s is
// zero there.
var softmaxRule = Rule{Op: "Softmax", VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
	y := Value(n.Out[0])
	x := b.Op("Max", Value(n.In[0]), b.Scalar(-1e30))
	return []Value{b.Mul(x, b.Sub(d[0], b.Mul(y, b.SumAxes(d[0], true, n.AttrInt("axis", -1)))))}, nil
}}

// withoutAttention is what keeps AttnLRP from a model.
func withoutAttention(s *scope) string {
	for _, n := range s.path.nodes {
		if (n.Op == "MatMul" || n.Op == "Einsum") && s.flows(n, 0) && s.flows(n, 1) && (s.softmaxed(n.In[0]) || s.softmaxed(n.In[1])) {
			return ""
		}
	}
	return "The model has no attention; LRP is the same for it."
}

// softmaxed says that a value is the output of a Softmax, perhaps rearranged.
func (s *scope) softmaxed(v string) bool {
	for range reach {
		n := s.producers[v]
		if n == nil || n.Domain != "" {
			return false
		}
		switch n.Op {
		case "Softmax":
			return true
		case "Identity", "Dropout", "Cast", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice":
			v = n.In[0]
		default:
			return false
		}
	}
	return false
}

// gatesItself says that a product of signal and gate is an activation function
// written out: the gate is computed element by element from the signal alone
// (GELU, SiLU, Mish, Hardswish).
func (s *scope) gatesItself(signal, gate string) bool {
	// A factor may stand before or behind the gate: go up through a few.
	for range 4 {
		if gate != signal && s.elementwiseFrom(gate, signal, map[string]bool{}) {
			return true
		}
		n := s.producers[signal]
		if n == nil || n.Domain != "" || n.Op != "Mul" && n.Op != "Div" || !s.flows(n, 0) && !s.flows(n, 1) || s.flows(n, 0) && s.flows(n, 1) {
			return false
		}
		i := 0
		if !s.flows(n, 0) {
			i = 1
		}
		signal = n.In[i]
	}
	return false
}

// elementwiseFrom says that v is computed from x and constants alone, element
// by element; known holds what was found to be so.
func (s *scope) elementwiseFrom(v, x string, known map[string]bool) bool {
	if yes, seen := known[v]; v == x || seen {
		return v == x || yes
	}
	n := s.producers[v]
	if n == nil || n.Domain != "" || len(known) > reach {
		return false
	}
	known[v] = false
	switch n.Op {
	case "Add", "Sub", "Mul", "Div", "Pow", "Neg", "Abs", "Exp", "Log", "Sqrt", "Erf", "Tanh", "Sigmoid", "HardSigmoid", "Softplus", "Clip", "Identity", "Cast":
	default:
		return false
	}
	any := false
	for i, in := range n.In {
		if !s.flows(n, i) {
			continue
		}
		if !s.elementwiseFrom(in, x, known) {
			return false
		}
		any = true
	}
	known[v] = any
	return any
}
