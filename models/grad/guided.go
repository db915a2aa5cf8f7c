package grad

import "seewhy/models/onnx"

// Guided backpropagation (Springenberg et al., Striving for Simplicity, ICLR
// 2015 workshop, section 3.4): at a ReLU, what comes back passes only where
// both it and the ReLU's input are positive.
//
//	dx = relu(dy) y'
//
// The same for the ReLU's relatives (rectifier.go); Captum and Zennit's composite
// change ReLU alone. GELU, SiLU and the like keep their gradient.
func init() {
	registerComposite(recipe{
		id: "guided", hinders: withoutRectifier,
		choose: func(s *scope, n *onnx.Node) (Rule, bool) {
			plain, ok := rules[opKey{n.Domain, n.Op}]
			if !ok || !s.rectifies(n) {
				return Rule{}, false
			}
			return Rule{Op: n.Op, Broadcasts: plain.Broadcasts, VJP: func(b *Builder, n *onnx.Node, d []Value) ([]Value, error) {
				return plain.VJP(b, n, []Value{b.Op("Relu", d[0])})
			}}, true
		},
	})
}
