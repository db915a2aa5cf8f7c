package grad

import "seewhy/models/onnx"

// relevanceKind is how relevance passes an op that is no layer with weights.
type relevanceKind int

const (
	// shared: the epsilon rule without weights (Zennit's Norm), which is exact
	// for sums and means, and for whatever else is homogeneous. Every op that
	// the table below does not name is shared (one with several outputs: moved).
	shared relevanceKind = iota
	// passed: a function of one value; relevance goes on as it is.
	passed
	// moved: the op only moves, copies or picks elements; relevance goes where
	// the gradient goes.
	moved
	// held: a normalisation by statistics of its own input: the deviation is
	// held constant, what is left is linear (AttnLRP's reference; Ali et al.
	// 2022).
	held
)

var relevanceKinds = map[string]relevanceKind{}

func init() {
	for kind, ops := range map[relevanceKind][]string{
		passed: {
			"Relu", "LeakyRelu", "ThresholdedRelu", "PRelu", "Elu", "Selu", "Celu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Gelu",
			"Tanh", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg", "Sin", "Cos", "Pow",
			"BatchNormalization", "LRN", "LpNormalization", "Identity", "Dropout", "Cast",
		},
		moved: {
			"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Concat", "Split", "Slice", "Pad", "Gather", "GatherND", "GatherElements",
			"Expand", "Tile", "DepthToSpace", "SpaceToDepth", "Where", "Trilu", "ScatterND", "ScatterElements",
			"MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin", "Max", "Min",
		},
		held: {"LayerNormalization", "InstanceNormalization", "GroupNormalization", "RMSNormalization"},
	} {
		for _, op := range ops {
			relevanceKinds[op] = kind
		}
	}
}

// relevanceRule is the rule of a node that is no linear layer.
//
// A product of two computed values, one of which is a gate (a Softmax, a
// Sigmoid, the erf of a GELU), gives all relevance to the other: Arras et al.
// 2017 for products, Ali et al. 2022 for attention, whose values then get all
// and whose queries and keys none. Without a gate each factor gets half. A
// quotient gives all to what is divided.
func (s *scope) relevanceRule(n *onnx.Node) (Rule, bool) {
	if r, ok := rules[opKey{n.Domain, n.Op}]; !ok || n.Domain != "" {
		return r, false
	}
	e := s.params["epsilon"]
	both := s.flows(n, 0) && s.flows(n, 1)
	switch n.Op {
	case "Add":
		if s.isBias(n) {
			return passRule(s), true
		}
		return normRule(s, e, 1), true
	case "Mul", "MatMul", "Einsum", "Gemm":
		if !both {
			if n.Op == "Mul" {
				return passRule(s), true
			}
			return normRule(s, e, 1), true
		}
		for i := range 2 {
			if s.gates(n.In[1-i]) && !s.gates(n.In[i]) {
				return s.signalRule(n, i), true
			}
		}
		return s.uniformRule(n), true
	case "Div":
		if both {
			return s.signalRule(n, 0), true
		}
		return passRule(s), true
	case "Max", "Min":
		if !both {
			return passRule(s), true
		}
	}
	switch relevanceKinds[n.Op] {
	case passed:
		return passRule(s, 0), true
	case held:
		return heldRule(e), true
	case shared:
		if len(n.Out) == 1 {
			return normRule(s, e, 1), true
		}
	case moved:
	}
	return Rule{}, false
}

// uniformRule gives each of two factors half (AttnLRP, propositions 3.2 and 3.3).
func (s *scope) uniformRule(n *onnx.Node) Rule {
	if n.Op != "Mul" {
		return normRule(s, s.params["epsilon"], 0.5)
	}
	return Rule{Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
		return repeat(b.Scale(d[0], 0.5), 2), nil
	}}
}

// signalRule gives all relevance of a product or quotient to input i.
func (s *scope) signalRule(n *onnx.Node, i int) Rule {
	if n.Op == "Mul" || n.Op == "Div" {
		return passRule(s, i)
	}
	return normRule(s, s.params["epsilon"], 1, i)
}

// reach bounds the nodes that a pattern is followed through: those of real
// models have a handful, and a hostile graph may hold chains of any length.
const reach = 64

// gates says that a value weighs what it is multiplied with: it comes from a
// bounded function by way of constants and rearrangements.
func (s *scope) gates(v string) bool {
	for range reach {
		n := s.producers[v]
		if n == nil || n.Domain != "" {
			return false
		}
		switch n.Op {
		case "Sigmoid", "HardSigmoid", "Softmax", "Tanh", "Erf", "Reciprocal":
			return true
		case "Clip":
			// min(max(x + 3, 0), 6), the gate of an older Hardswish.
			return n.Input(1) != "" && n.Input(2) != "" && s.notNegative(v)
		case "Identity", "Dropout", "Cast", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Expand", "Flatten", "Slice", "Split":
			v = n.In[0]
		case "Add", "Mul", "Div", "Sub":
			i := 0
			if !s.flows(n, 0) {
				i = 1
			}
			if s.flows(n, 1-i) || !s.flows(n, i) {
				return false
			}
			v = n.In[i]
		default:
			return false
		}
	}
	return false
}
