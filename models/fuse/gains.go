package fuse

import "seewhy/models/onnx"

// costly are the operators that a fused program runs faster than the runtime's
// own kernels, or together with what is around them.
var costly = set("LayerNormalization", "Gelu", "BiasGelu", "Erf", "Sigmoid", "Tanh", "HardSwish", "HardSigmoid", "Swish")

// Gains tells whether a forward pass may have something to gain by Fuse: what a
// convolution does not take along.
func Gains(m *onnx.Model) bool {
	for _, n := range m.Graph.Nodes {
		if costly[n.Op] {
			return true
		}
	}
	return false
}
