package grad

import "seewhy/models/onnx"

// rectifies says that a node is a ReLU or one of its relatives: a function
// that passes positive values and holds negative ones back, whole or in part.
// GELU, SiLU, Hardswish and Mish are none: they are products of the value and
// a soft gate, and not monotonic.
func (s *scope) rectifies(n *onnx.Node) bool {
	switch n.Op {
	case "Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Elu", "Selu", "Celu":
		return n.Domain == ""
	case "Clip":
		// ReLU6 and its like start at zero.
		lo := s.graph.Init[n.Input(1)]
		if lo == nil || n.Domain != "" {
			return false
		}
		v, err := lo.Floats()
		return err == nil && len(v) == 1 && v[0] == 0
	case "Max":
		// max(x, 0), as some exporters write a ReLU.
		return n.Domain == "" && len(n.In) == 2 && (s.zero(n.In[0]) || s.zero(n.In[1]))
	}
	return false
}

// zero says that a value is the constant 0.
func (s *scope) zero(v string) bool {
	t := s.graph.Init[v]
	if t == nil || t.Type != onnx.Float32 || t.Len() != 1 {
		return false
	}
	return floatsOf(t)[0] == 0
}

// withoutRectifier is what keeps the methods that change the ReLU's rule from
// a model.
func withoutRectifier(s *scope) string {
	for _, n := range s.path.nodes {
		if s.rectifies(n) {
			return ""
		}
	}
	return "The model has no ReLU, whose rule this method changes."
}
