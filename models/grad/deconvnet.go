package grad

import "seewhy/models/onnx"

// Deconvnet (Zeiler and Fergus, Visualizing and Understanding Convolutional
// Networks, ECCV 2014, section 2.1): what comes back is rectified in place of
// the activation; where the activation was zero plays no part.
//
//	dx = relu(dy)
//
// For the ReLU and its relatives (rectifier.go). GELU, SiLU and the like keep
// their gradient.
func init() {
	registerComposite(recipe{
		id: "deconvnet", hinders: withoutRectifier,
		choose: func(s *scope, n *onnx.Node) (Rule, bool) {
			if !s.rectifies(n) {
				return Rule{}, false
			}
			return Rule{Op: n.Op, Broadcasts: true, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
				g := b.Op("Relu", d[0])
				out := make([]Value, len(n.In))
				for i := range n.In {
					if b.Wants(n, i) {
						out[i] = g
					}
				}
				return out, nil
			}}, true
		},
	})
}
